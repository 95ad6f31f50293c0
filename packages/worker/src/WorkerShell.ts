/**
 * The worker's shell: says hello, hands on what it hears, comes back, leaves without leaving anything behind.
 *
 * Plain callbacks between a session and the tables; fibers exist only where tasks are run.
 */
import { type Limits, type Message, schedulerPeer, type WorkerSession } from "@scaler-ts/protocol"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import {
  awaitEcho,
  type ConnectionFailed,
  type Loop,
  Rejoining,
  unguessable,
} from "@scaler-ts/runtime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { TablesSettings } from "./entries.ts"
import type { Executor } from "./Executor.ts"
import { Load } from "./Load.ts"
import { lineMaxOf } from "./lines.ts"
import { Tables } from "./Tables.ts"
import { connectMsDefault, graceMsDefault, type WorkerOptions } from "./WorkerOptions.ts"

/** What a worker says of itself that takes nothing. */
const noRoom = { slots: 0, prefetch: 0 }

/** Beyond the grace period, a kill may take so long to be seen before a closing worker gives up on it. */
const killMsMax = 5_000

export class Shell {
  readonly tables: Tables
  private readonly session: WorkerSession
  private readonly options: WorkerOptions
  private readonly loop: Loop.Loop
  private readonly taskNames: ReadonlyArray<string>
  private readonly accepted = Deferred.makeUnsafe<void, string>()
  private readonly leaving = Deferred.makeUnsafe<string>()
  /** `apart`: its session is gone, and it may begin another one. */
  private life: "greeting" | "open" | "draining" | "apart" | "left" = "greeting"
  private readonly rejoining: Rejoining
  /** Whether its session is there only to say what it still holds of the one before. */
  private isWitness = false
  private lostReason = ""
  private slots = 0
  private readonly resting = Deferred.makeUnsafe<void>()
  /** Whether everything that runs has been asked to stop. */
  private allAskedToStop = false
  private wantsDrain = false
  private readonly load: Load

  constructor(
    session: WorkerSession,
    loop: Loop.Loop,
    tasks: ReadonlyMap<string, AnyTask>,
    options: WorkerOptions & Pick<TablesSettings, "tracing"> & { readonly limits: Limits },
  ) {
    const { graceMs = graceMsDefault, limits, tracing } = options
    this.session = session
    this.options = options
    this.loop = loop
    // More may be added to a map, and no name at all stands for any.
    this.taskNames = options.tasks instanceof Map ? [] : [...tasks.keys()]
    const settings = { graceMs, lineMax: lineMaxOf(limits), tracing }
    this.tables = new Tables(options.name, tasks, settings, {
      // What is said of attempts of a session that is gone would be taken for something else's.
      send: (message) => this.isWitness || session.send(message),
      nowMs: loop.nowMs,
      after: loop.after,
      afterInBackground: loop.afterInBackground,
      moved: () => this.restIfDone(),
    })
    this.load = new Load(loop, (load) => {
      if (this.life !== "apart") session.send({ _tag: "Heartbeat", ...load })
    })
    this.rejoining = new Rejoining(loop, {
      rejoinMs: options.rejoinMs ?? Infinity,
      connectMs: options.connectMs ?? connectMsDefault,
      greet: () => this.loop.fork(this.greet),
      giveUp: () => this.giveUp(),
    })
  }

  /** Says hello and waits for the echo. */
  connect(executor: Executor): Effect.Effect<void, ConnectionFailed> {
    const { scheduler = schedulerPeer, connectMs = connectMsDefault } = this.options
    this.slots = executor.slots
    this.load.start(executor.usage)
    return Effect.andThen(this.greet, awaitEcho(this.accepted, scheduler, connectMs))
  }

  /** Begins a session. */
  private readonly greet: Effect.Effect<void> = Effect.map(unguessable, (random) => {
    const { name, capabilities = {} } = this.options
    if (this.life === "left") return
    // Nobody has answered the hello behind which it asked to leave: there is nothing to leave (G8).
    if (this.wantsDrain) return this.giveUp()
    const holds = this.tables.names
    this.isWitness = holds.length > 0
    // Not one slot, or the scheduler would count one as free that is taken (R46).
    const { slots, prefetch = slots } = this.isWitness
      ? noRoom
      : { ...this.options, slots: this.slots }
    if (!this.isWitness) this.life = "greeting"
    this.session.open({
      receive: (messages) => {
        for (const message of messages) this.hear(message)
      },
      lost: (reason) => this.lose(reason),
    })
    this.session.send({
      _tag: "WorkerHello",
      session: `${name}/${random}`,
      worker: name,
      slots,
      prefetch,
      capabilities,
      tasks: this.taskNames,
      ...(this.isWitness ? { holds } : {}),
    })
  })

  readonly awaitLeft: Effect.Effect<string> = Effect.suspend(() => Deferred.await(this.leaving))

  /** Stops what runs, sees it end, says goodbye. Bounded by the grace period and the time a kill may take. */
  readonly stop: Effect.Effect<void> = Effect.suspend(() => {
    const { graceMs = graceMsDefault } = this.options
    this.drain(0)
    return Effect.asVoid(Effect.timeoutOption(Deferred.await(this.resting), graceMs + killMsMax))
  }).pipe(Effect.andThen(Effect.sync(() => this.leave("it was stopped"))))

  private hear(message: Message.SchedulerToWorker): void {
    // What comes behind the message that ended the session is for nobody.
    if (this.life === "left") return
    this.load.heard()
    if (this.life === "apart") return this.isWitness ? this.hearAsWitness(message) : undefined
    switch (message._tag) {
      case "HelloEcho":
        if (this.life === "greeting") this.life = "open"
        this.tables.children.begin()
        this.rejoining.done()
        return void Deferred.doneUnsafe(this.accepted, Effect.void)
      case "Task":
        if (this.life === "draining") return this.tables.declined.add(message)
        return this.tables.dispatched(message)
      case "TaskCancel":
        return this.tables.cancelAsked(message)
      case "TaskLogTaken":
        return this.tables.outputTaken(message)
      case "TaskStarted":
      case "TaskResult":
      case "TaskCancelConfirm":
      case "TaskProgress":
      case "TaskLog":
        return this.tables.children.heard(message)
      case "Drain":
        return this.drain(message.boundMs)
      case "HeartbeatEcho":
        return
      case "ProtocolError":
        return this.lose(message.reason)
    }
  }

  /** Of the scheduler, so that it sends nothing more; of ourselves where there is none. */
  askForDrain(boundMs: number): void {
    if (this.wantsDrain || this.life === "draining" || this.life === "left") return
    this.wantsDrain = true
    if (this.life === "apart") return this.drain(boundMs)
    // The wire carries finite numbers only.
    this.session.send({ _tag: "Drain", boundMs: Math.min(boundMs, Number.MAX_SAFE_INTEGER) })
  }

  private hearAsWitness(message: Message.SchedulerToWorker): void {
    // Whoever has no slots is told nothing else.
    if (message._tag === "HelloEcho") this.rejoining.heard()
    else if (message._tag === "Drain") this.drain(message.boundMs)
    else if (message._tag === "ProtocolError") this.lose(message.reason)
  }

  private drain(boundMs: number): void {
    this.rejoining.end()
    if (this.life === "left") return
    if (this.life === "apart") return this.leftBehind()
    this.life = "draining"
    this.tables.drainAsked()
    const passed = (): void => {
      this.allAskedToStop = true
      this.tables.drainBoundPassed()
      this.restIfDone()
    }
    if (boundMs <= 0) return passed()
    this.loop.after(boundMs, passed)
    // Whoever holds nothing has nothing to finish, and nothing will tell it so.
    this.restIfDone()
  }

  /** A leaving worker is done when it holds nothing, or only what was asked to stop, will not, and cannot be killed. */
  private restIfDone(): void {
    if (this.life === "apart" && this.tables.size === 0) return this.rejoining.tryAgain()
    if (this.life !== "draining" && this.life !== "left") return
    if (this.tables.size === 0) this.endWitness()
    else {
      const { waiting, stopping } = this.tables.status().attempts
      if (!this.allAskedToStop || waiting > 0 || stopping > 0) return
    }
    if (this.life === "draining") this.leave("it was drained")
    Deferred.doneUnsafe(this.resting, Effect.void)
  }

  /** What a worker that does not come back held has ended. */
  private endWitness(): void {
    if (this.isWitness) this.part()
    this.isWitness = false
  }

  /** Takes leave of a scheduler: without a word that would wait for us to come back. */
  private part(): void {
    this.session.send({ _tag: "WorkerGoodbye" })
    this.session.close()
  }

  private leave(reason: string): void {
    if (this.life === "left") return
    this.load.stop()
    this.life = "left"
    this.tables.declined.giveBack()
    this.part()
    Deferred.doneUnsafe(this.leaving, Effect.succeed(reason))
  }

  private lose(reason: string): void {
    if (this.life === "left") return
    this.lostReason = reason
    const isLeaving = this.wantsDrain || this.life === "draining"
    const isKnown = Deferred.isDoneUnsafe(this.accepted) && !isLeaving
    const mayComeBack = isKnown && this.rejoining.begin()
    this.life = mayComeBack ? "apart" : "left"
    this.isWitness = false
    this.tables.sessionGone()
    if (mayComeBack) this.rejoining.tryAgain()
    else this.leftBehind()
  }

  /** No other session is waited for. */
  private giveUp(): void {
    this.rejoining.end()
    // A hello that is under way is taken back, or the scheduler would count on who never answers.
    if (!this.isWitness) this.session.close()
    this.leftBehind()
  }

  /** There is no session, and there will be none. */
  private leftBehind(): void {
    this.load.stop()
    this.life = "left"
    this.allAskedToStop = true
    this.restIfDone()
    Deferred.doneUnsafe(this.accepted, Effect.fail(this.lostReason))
    Deferred.doneUnsafe(this.leaving, Effect.succeed(this.lostReason))
  }
}
