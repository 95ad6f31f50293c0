/**
 * The scheduler's shell: hears frames, lets the steps decide, sends what they command.
 *
 * Plain callbacks between a transport and the tables; no fiber and no timer per task. Sends never
 * wait, so no peer can hold up the others (R27).
 */
import {
  FramesLost,
  Link,
  type Message,
  type PeerId,
  ProtocolError,
  Pulse,
  type TaskNumber,
  type Transport as TransportPort,
  Wire,
} from "@scaler-ts/protocol"
import { Checked, Loop, Transport } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Connection from "./Connection.ts"
import type { Status } from "./entries.ts"
import { isAway, isBehindNow, newPeer, outletOf, type Peer } from "./Peer.ts"
import { type SchedulerOptions, type Settings, settingsOf } from "./SchedulerOptions.ts"
import { Tables } from "./Tables.ts"

export type { SchedulerOptions } from "./SchedulerOptions.ts"

export interface Scheduler {
  /** How things stand now. */
  readonly status: () => Status
  /**
   * Lets a worker finish what it holds, for at most `boundMs` milliseconds, and gives it nothing
   * more. It leaves when it is done.
   */
  readonly drainWorker: (name: string, boundMs: number) => void
  /**
   * Takes a client's task back from the worker it was sent to, to be placed anew. One that has
   * started, or is not with a worker, stays where it is.
   */
  readonly recall: (client: PeerId, task: TaskNumber) => void
}

/**
 * A scheduler on a transport, for the life of the scope.
 *
 * It accepts every client and worker that says hello in protocol version 1. When the scope closes
 * it tells all of them, and says nothing more.
 */
export const make: (
  transport: TransportPort,
  options?: SchedulerOptions,
) => Effect.Effect<Scheduler, never, Scope.Scope> = Effect.fnUntraced(function* (
  transport: TransportPort,
  options: SchedulerOptions = {},
) {
  const loop = yield* Loop.make
  const shell = new Shell(transport, loop, settingsOf(options))
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      Effect.sync(() => shell.close()),
      loop.turn,
    ),
  )
  return {
    status: () => shell.tables.status(),
    drainWorker: (name: string, boundMs: number) =>
      shell.tables.drainWorker(name, Checked.milliseconds("boundMs", boundMs)),
    recall: (client: PeerId, task: TaskNumber) => shell.tables.recall(client, task),
  }
})

/** Runs a scheduler on the `Transport` service for as long as the layer lives. */
export const layer = (options?: SchedulerOptions): Layer.Layer<never, never, Transport> =>
  Layer.effectDiscard(Effect.flatMap(Transport, (transport) => make(transport, options)))

class Shell {
  readonly tables: Tables
  private readonly peers = new Map<PeerId, Peer>()
  private readonly transport: TransportPort
  private readonly loop: Loop.Loop
  private readonly settings: Settings
  private closed = false

  constructor(transport: TransportPort, loop: Loop.Loop, settings: Settings) {
    this.settings = settings
    this.transport = transport
    this.loop = loop
    this.tables = new Tables(
      {
        toClient: (id, message) => {
          const peer = this.peers.get(id)
          peer?.link.send(message)
          if (peer !== undefined) this.watchBacklog(peer)
        },
        toWorker: (peer, message) => this.peers.get(peer)?.link.send(message),
        after: (delayMs, fire) =>
          loop.after(delayMs, () => {
            fire()
            this.tables.placeAll()
          }),
      },
      settings,
    )
    transport.listen({
      frame: (from, bytes) => this.frame(this.peer(from), bytes),
      gone: (id) => {
        const peer = this.peers.get(id)
        if (peer !== undefined) this.gone(peer)
        this.tables.placeAll()
      },
      writable: (id) => {
        const peer = this.peers.get(id)
        peer?.link.writable()
        if (peer !== undefined) loop.defer(() => this.watchBacklog(peer))
      },
    })
  }

  /** Has nothing started of a client for which too much waits, until it has taken half of it. */
  private watchBacklog(peer: Peer): void {
    if (peer.isWatched || isBehindNow(peer, this.settings) === peer.isBehind) return
    peer.isWatched = true
    // Later: what was sent in this turn may all have been handed over by then.
    this.loop.defer(() => {
      peer.isWatched = false
      const isBehind = isBehindNow(peer, this.settings)
      if (isBehind === peer.isBehind || this.peers.get(peer.id) !== peer) return
      peer.isBehind = isBehind
      this.tables.setBehind(peer.id, isBehind)
    })
  }

  close(): void {
    this.closed = true
    for (const peer of this.peers.values()) {
      peer.pulse.stop()
      peer.stopBound?.()
      // Or they would wait for us to come back.
      peer.link.send({ _tag: "ProtocolError", reason: "the scheduler has stopped" })
      peer.link.close()
    }
  }

  private peer(id: PeerId): Peer {
    const known = this.peers.get(id)
    if (known !== undefined) return known
    const link: Peer["link"] = new Link(
      outletOf(this.transport, () => this.part(peer)),
      this.loop.defer,
      id,
      Wire.toScheduler,
      {
        limits: this.settings.limits,
        resumes: this.settings.resumeMs > 0,
        isMeasured: true,
        overflowed: () => this.giveUp(peer),
        cameBack: (hello, bytes) => this.cameBack(peer, hello, bytes),
      },
    )
    // It asks us, so that we hear of it.
    const pulse = new Pulse(this.loop, this.settings.silenceMs, {
      ask: () => {},
      gone: (reason) => this.breakOff(peer, reason),
    })
    const peer = newPeer(id, link, pulse)
    this.peers.set(id, peer)
    return peer
  }

  /** Its link has said its last word. Somebody else of that name may be here by now. */
  private part(peer: Peer): void {
    if (this.peers.get(peer.id) === peer) this.transport.disconnect(peer.id)
    this.forget(peer)
  }

  private frame(peer: Peer, bytes: Uint8Array): void {
    if (this.closed) return
    peer.pulse.heard()
    const heard = peer.link.receive(bytes)
    if (heard instanceof FramesLost) this.breakOff(peer, heard.message)
    else if (heard instanceof ProtocolError) this.garbled(peer, heard)
    else for (const message of heard) this.apply(peer, { _tag: "Heard", message })
    if (peer.isBehind) this.watchBacklog(peer)
    this.tables.placeAll()
  }

  private garbled(peer: Peer, { message }: ProtocolError): void {
    const { id } = peer
    const isBack = isAway(peer)
    if (isBack) this.giveUp(peer)
    // Who was away is told in the connection in which it came back.
    this.apply(isBack ? this.peer(id) : peer, { _tag: "Garbled", reason: message })
  }

  private gone(peer: Peer): void {
    peer.pulse.stop()
    this.apply(peer, { _tag: "Gone", canResume: this.settings.resumeMs > 0 })
    if (peer.state === "ended") this.forget(peer)
  }

  /** Nothing more can come of this connection; the next one is the peer's to make. */
  private breakOff(peer: Peer, reason: string): void {
    if (this.settings.resumeMs === 0 || peer.state === "new") {
      this.apply(peer, { _tag: "Garbled", reason })
    } else if (!isAway(peer)) {
      this.transport.disconnect(peer.id)
      this.gone(peer)
    }
    this.tables.placeAll()
  }

  private cameBack(peer: Peer, hello: Message.ToScheduler, bytes: Uint8Array): void {
    if ("session" in hello && hello.session === peer.session) {
      return this.apply(peer, { _tag: "CameBack" })
    }
    // Somebody else of that name: whoever had it before is not there any more.
    this.giveUp(peer)
    this.frame(this.peer(peer.id), bytes)
  }

  private giveUp(peer: Peer): void {
    this.apply(peer, { _tag: "GivenUp" })
    this.forget(peer)
    this.tables.placeAll()
  }

  private forget(peer: Peer): void {
    peer.pulse.stop()
    peer.stopBound?.()
    peer.link.end()
    if (this.peers.get(peer.id) === peer) this.peers.delete(peer.id)
  }

  private apply(peer: Peer, event: Connection.Event): void {
    const { state, commands } = Connection.step(peer.state, event, (worker) =>
      this.tables.hasWorker(worker),
    )
    peer.state = state
    for (const command of commands) this.carryOut(peer, command)
  }

  private carryOut(peer: Peer, command: Connection.Command): void {
    switch (command._tag) {
      case "WelcomeClient":
        this.welcome(peer, command.hello.session)
        return this.tables.addClient(peer.id)
      case "WelcomeWorker":
        return this.welcomeWorker(peer, command.hello)
      case "FromClient":
        return this.fromClient(peer, command.message)
      case "FromWorker":
        return this.tables.fromWorker(peer.worker, command.message)
      case "EchoHeartbeat":
        // What waits for one who is behind will do as well, and may not grow by what it asks for.
        if (!peer.isBehind) peer.link.send({ _tag: "HeartbeatEcho" })
        return
      case "EchoDisconnect":
        return peer.link.send({ _tag: "ClientDisconnectEcho" })
      case "LoseClient":
        return this.tables.loseClient(peer.id)
      case "LoseWorker":
        return this.tables.loseWorker(peer.worker)
      case "Suspend":
        peer.link.suspend()
        peer.stopBound = this.loop.after(this.settings.resumeMs, () => this.giveUp(peer))
        return
      case "Resume":
        peer.stopBound?.()
        return peer.link.resume({ answer: true })
      case "ExcuseWorker":
        return this.tables.setAway(peer.worker, true)
      case "ReadmitWorker":
        return this.tables.setAway(peer.worker, false)
      case "Refuse":
        peer.link.send({ _tag: "ProtocolError", reason: command.reason })
        return peer.link.close()
      case "Close":
        // The peer is known until then: what it still sends belongs to the conversation that ends.
        return peer.link.close()
    }
  }

  private fromClient(peer: Peer, message: Connection.ClientSays): void {
    const reason = this.tables.fromClient(peer.id, message)
    if (reason !== undefined) this.apply(peer, { _tag: "Garbled", reason })
  }

  private welcome(peer: Peer, session: string): void {
    peer.session = session
    peer.link.send({ _tag: "HelloEcho", session, scheduler: this.transport.self })
  }

  private welcomeWorker(peer: Peer, hello: Message.WorkerHello): void {
    peer.worker = hello.worker
    this.welcome(peer, hello.session)
    this.tables.addWorker(peer.id, hello)
  }
}
