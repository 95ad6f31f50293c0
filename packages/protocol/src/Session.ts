/** The port a client or a worker stands on: typed messages out, typed messages in, the peer lost. */
import type { PeerId, TaskNumber } from "./Ids.ts"
import { FramesLost } from "./FramesLost.ts"
import { Link } from "./Link.ts"
import { Pulse } from "./internal/Pulse.ts"
import { withoutFutileStarts } from "./internal/futileStarts.ts"
import * as Liveness from "./machine/Liveness.ts"
import * as SessionLife from "./machine/SessionLife.ts"
import { asReceived, limitsDefault } from "./Limits.ts"
import type {
  ClientToScheduler,
  Heartbeat,
  Message,
  OperatorToScheduler,
  ProtocolErrorMessage,
  SchedulerToClient,
  SchedulerToOperator,
  SchedulerToWorker,
  WorkerToScheduler,
} from "./Message.ts"
import { ProtocolError } from "./ProtocolError.ts"
import {
  checkedTimes,
  resumeMsDefault,
  type SessionLoop,
  type SessionOptions,
} from "./SessionOptions.ts"
import type { Transport } from "./Transport.ts"
import { type Direction, toClient, toOperator, toWorker } from "./Wire.ts"

/**
 * One conversation with a scheduler.
 *
 * `clientOverWire` and `workerOverWire` are the standard ones, over any `Transport`. An adapter to a foreign cluster
 * implements this port itself.
 */
export interface Session<Out, Receiver> {
  /**
   * Names the one receiver; nothing is received before. Called once, and again to begin another session
   * with the same scheduler: after `lost`, or to leave the one there is without a word.
   */
  readonly open: (receiver: Receiver) => void
  /**
   * Sends a message, in order, exactly once while the session lives; never waits. After the session
   * was lost or closed it does nothing.
   */
  readonly send: (message: Out) => void
  /** Ends the session after what was sent before has been handed over. `lost` is not called for it. */
  readonly close: () => void
}

/** What a session tells the one who opened it. */
export interface Receiver<In> {
  /** Messages in the order the scheduler sent them, as many as have arrived together. */
  readonly receive: (messages: ReadonlyArray<In>) => void
  /** The session has ended and cannot be resumed. Called once, and nothing is received after it. */
  readonly lost: (reason: string) => void
}

/** What a client's session tells the client. */
export interface ClientReceiver extends Receiver<SchedulerToClient> {
  /**
   * For adapters to clusters whose confirm does not say how a task stopped: the task is confirmed
   * stopped, like a `TaskCancelConfirm` of type `canceled` whose `how` is `unknown`.
   */
  readonly setCanceled: (task: TaskNumber) => void
}

/** A client's conversation with a scheduler. */
export type ClientSession = Session<ClientToScheduler, ClientReceiver>

/** A worker's conversation with a scheduler. */
export type WorkerSession = Session<WorkerToScheduler, Receiver<SchedulerToWorker>>

/** An operator's conversation with a scheduler. */
export type OperatorSession = Session<OperatorToScheduler, Receiver<SchedulerToOperator>>

/** A client's session in the standard wire format, with the scheduler that `transport` knows as `scheduler`. */
export const clientOverWire = (
  transport: Transport,
  loop: SessionLoop,
  scheduler: PeerId,
  options: SessionOptions = {},
): ClientSession =>
  new WireSession<ClientToScheduler, SchedulerToClient, ClientReceiver>(
    transport,
    loop,
    scheduler,
    toClient,
    options,
  )

/** A worker's session in the standard wire format, with the scheduler that `transport` knows as `scheduler`. */
export const workerOverWire = (
  transport: Transport,
  loop: SessionLoop,
  scheduler: PeerId,
  options: SessionOptions = {},
): WorkerSession =>
  new WireSession<WorkerToScheduler, SchedulerToWorker, Receiver<SchedulerToWorker>>(
    transport,
    loop,
    scheduler,
    toWorker,
    { ...options, compact: withoutFutileStarts },
  )

/** An operator's session in the standard wire format. It ends with its connection: nothing would be lost with it. */
export const operatorOverWire = (
  transport: Transport,
  loop: SessionLoop,
  scheduler: PeerId,
  options: Omit<SessionOptions, "resumeMs"> = {},
): OperatorSession =>
  new WireSession<OperatorToScheduler, SchedulerToOperator, Receiver<SchedulerToOperator>>(
    transport,
    loop,
    scheduler,
    toOperator,
    { ...options, resumeMs: 0 },
  )

const heartbeat: Heartbeat = { _tag: "Heartbeat" }

interface WireOptions<Out> extends SessionOptions {
  readonly compact?: (
    messages: Array<Out | ProtocolErrorMessage>,
  ) => Array<Out | ProtocolErrorMessage>
}

class WireSession<
  Out extends Message,
  In extends Message,
  R extends Receiver<In>,
> implements Session<Out, R> {
  private life: SessionLife.State = SessionLife.open
  private stopPause: (() => void) | undefined
  private stopBound: (() => void) | undefined
  private readonly resumeMs: number
  private readonly transport: Transport
  private readonly loop: SessionLoop
  private readonly scheduler: PeerId
  private readonly newLink: () => Link<Out | ProtocolErrorMessage, In>
  private link: Link<Out | ProtocolErrorMessage, In>
  private receiver: R | undefined
  private readonly pulse: Pulse

  constructor(
    transport: Transport,
    loop: SessionLoop,
    scheduler: PeerId,
    direction: Direction<In>,
    options: WireOptions<Out>,
  ) {
    const { limits = limitsDefault, resumeMs = resumeMsDefault, compact } = checkedTimes(options)
    this.transport = transport
    this.loop = loop
    this.scheduler = scheduler
    this.resumeMs = resumeMs
    this.newLink = () =>
      new Link(transport, loop.defer, scheduler, direction, {
        limits: asReceived(limits),
        resumes: resumeMs > 0,
        isPatient: true,
        overflowed: () => this.apply({ _tag: "Refused", reason: "too much has to be kept for it" }),
        ...(compact === undefined ? {} : { compact }),
      })
    this.link = this.newLink()
    this.pulse = new Pulse(loop, options.silenceMs ?? Liveness.silenceMsDefault, {
      ask: () => this.link.sendIfIdle(heartbeat as Out),
      gone: (reason) => this.silent(reason),
    })
  }

  open(receiver: R): void {
    const isFirst = this.receiver === undefined
    this.receiver = receiver
    if (isFirst) return this.listen()
    // Whatever is left of the session before belongs to its conversation, and so do its timers.
    this.carryOut({ _tag: "StopTimers" })
    this.pulse.stop()
    this.link.end()
    this.transport.disconnect(this.scheduler)
    this.link = this.newLink()
    this.life = SessionLife.open
  }

  private listen(): void {
    this.transport.listen({
      frame: (from, bytes) => {
        if (from === this.scheduler) this.hear(bytes)
      },
      gone: (peer, reason) => {
        if (peer === this.scheduler) this.broke(reason)
      },
      writable: (peer) => {
        if (peer === this.scheduler) this.link.writable()
      },
    })
  }

  send(message: Out): void {
    this.pulse.said()
    this.link.send(message)
  }

  close(): void {
    this.apply({ _tag: "Closed" })
  }

  private hear(bytes: Uint8Array): void {
    // What comes without a connection is left of the one before.
    if (this.life._tag === "broken") return
    const { progress } = this.link
    const heard = this.link.receive(bytes)
    if (heard instanceof FramesLost) return this.framesLost(heard)
    if (this.life._tag === "ended") return this.link.isLingering ? undefined : this.pulse.stop()
    if (heard instanceof ProtocolError) return this.unreadable(heard)
    if (this.life._tag === "resuming") this.apply({ _tag: "Heard" })
    if (this.link.progress > progress) this.apply({ _tag: "Progressed" })
    this.pulse.heard()
    if (heard.length > 0) this.receiver?.receive(heard)
    const last = heard.find((message) => message._tag === "ProtocolError")
    if (last?._tag === "ProtocolError") this.apply({ _tag: "Refused", reason: last.reason })
  }

  /** Frames that follow no hello of ours were sent by one who has not heard it yet. */
  private framesLost(lost: FramesLost): void {
    if (this.life._tag !== "open") return
    if (this.resumeMs === 0) return this.unreadable(lost)
    this.transport.disconnect(this.scheduler)
    this.broke(lost.message)
  }

  private unreadable({ message }: Error): void {
    this.link.send({ _tag: "ProtocolError", reason: message })
    this.apply({ _tag: "Refused", reason: `what the scheduler sent could not be read: ${message}` })
  }

  private silent(reason: string): void {
    this.transport.disconnect(this.scheduler)
    this.broke(reason)
  }

  private broke(reason: string): void {
    if (this.life._tag === "ended") return this.link.end()
    const canResume = this.resumeMs > 0 && this.link.isAnswered
    this.apply({ _tag: "Broke", reason, canResume })
  }

  private apply(event: SessionLife.Event): void {
    const { state, commands } = SessionLife.step(this.life, event)
    this.life = state
    for (const command of commands) this.carryOut(command)
    // Who has said its last word still has to see whether anybody is there to hear it (G8).
    if (state._tag !== "open" && !this.link.isLingering) this.pulse.stop()
  }

  private pauseFor(delayMs: number): void {
    this.stopPause = this.loop.after(delayMs, () => this.apply({ _tag: "PauseOver" }))
  }

  private carryOut(command: SessionLife.Command): void {
    switch (command._tag) {
      case "StartBound":
        this.stopBound = this.loop.after(this.resumeMs, () => this.apply({ _tag: "BoundPassed" }))
        return
      case "StopTimers":
        this.stopPause?.()
        return this.stopBound?.()
      case "Suspend":
        return this.link.suspend()
      case "Pause": {
        const pauseMs = SessionLife.pauseMs(command.tries, this.loop.random())
        this.stopPause?.()
        if (pauseMs === 0) this.loop.defer(() => this.apply({ _tag: "PauseOver" }))
        else this.pauseFor(pauseMs)
        return
      }
      case "SayHelloAgain":
        this.link.helloAgain()
        return this.pauseFor(SessionLife.answerMs)
      case "Resume":
        return this.link.resume({ answer: false })
      case "Close":
        return this.link.close({ acknowledged: command.acknowledged && this.link.isAnswered })
      case "End":
        return this.link.end()
      case "Disconnect":
        return this.transport.disconnect(this.scheduler)
      case "Lose":
        return this.receiver?.lost(command.reason)
    }
  }
}
