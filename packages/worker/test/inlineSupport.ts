/** What the tests of the worker drive by hand: an executor, the tables around it, a scheduler. */
import {
  Link,
  type Message,
  type PeerId,
  ProtocolError,
  type Transport,
  type TransportListener,
  type WorkerSession,
  Wire,
  workerOverWire,
  withinProcess,
} from "@scaler-ts/protocol"
import { type AnyTask, defineTasks } from "@scaler-ts/protocol/tasks"
import type { Attempt, Executor, ExecutorFactory, ExecutorListener } from "@scaler-ts/worker"
import type { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import { Tables } from "../src/Tables.ts"
import { type HandTimer, timersIn } from "./handTimers.ts"
import { sentence } from "./sentence.ts"

/** Lets everything run that was deferred, and what that deferred in turn. */
export const turns: Effect.Effect<void> = Effect.replicateEffect(Effect.yieldNow, 12, {
  discard: true,
})

/** Tasks that are never called: the hand-driven executor runs nothing. */
export const someTasks = defineTasks("file:///tasks.ts", { sqrt: () => 0, render: () => 0 })

/** An executor that does nothing by itself; attempts are known to it by their keys, from 1. */
export class HandExecutor implements Executor {
  readonly slots: number
  readonly canKill: boolean
  readonly nestingMax = 2
  /** What it was told, in order. */
  readonly told: Array<string> = []
  readonly line: Array<number> = []
  readonly holding = new Set<number>()
  listener: ExecutorListener | undefined
  private readonly unreported: Array<() => void> = []

  constructor(slots = 1, canKill = true) {
    this.slots = slots
    this.canKill = canKill
  }

  readonly shutdown: Effect.Effect<void> = Effect.sync(() => void this.told.push("shutdown"))

  start({ key, attempt }: Attempt): boolean {
    this.told.push(`start ${key}.${attempt}`)
    if (this.holding.size < this.slots) this.holding.add(key)
    else this.line.push(key)
    return this.holding.has(key)
  }

  withdraw(key: number): boolean {
    const place = this.line.indexOf(key)
    this.told.push(`withdraw ${key}`)
    if (place >= 0) this.line.splice(place, 1)
    return place >= 0
  }

  interrupt(key: number): void {
    this.told.push(`interrupt ${key}`)
  }

  kill(key: number): void {
    this.told.push(`kill ${key}`)
  }

  holdOutput(key: number): void {
    this.told.push(`hold ${key}`)
  }

  releaseOutput(key: number): void {
    this.told.push(`release ${key}`)
  }

  tellChild(key: number, message: Message.ToSubmitter): void {
    this.told.push(`tell ${key} ${message._tag} ${message.task}`)
  }

  lend(key: number): void {
    this.told.push(`lend ${key}`)
  }

  reclaim(key: number): void {
    this.told.push(`reclaim ${key}`)
  }

  returned(key: number, ok = true): void {
    this.end(key, () => this.listener?.returned(key, ok, Uint8Array.of(key), 2))
  }

  stopped(key: number): void {
    this.end(key, () => this.listener?.stopped(key, () => Uint8Array.of(key), 2))
  }

  exited(key: number): void {
    this.end(key, () => this.listener?.exited(key, "exit code 1", 2))
  }

  /** An attempt ends and the next one gets its slot, and the tables are told neither yet. */
  returnedUnreported(key: number): void {
    this.free(key)
    this.unreported.push(() => this.listener?.returned(key, true, Uint8Array.of(key), 2))
    const next = this.line[0]
    if (this.fill()) this.unreported.push(() => this.listener?.started(next ?? 0))
  }

  report(): void {
    for (const tell of this.unreported.splice(0)) tell()
  }

  private end(key: number, tell: () => void): void {
    this.report()
    this.free(key)
    tell()
    const next = this.line[0]
    if (this.fill()) this.listener?.started(next ?? 0)
  }

  private free(key: number): void {
    if (!this.holding.delete(key)) throw new Error(`attempt ${key} has no slot`)
  }

  private fill(): boolean {
    const next = this.holding.size < this.slots ? this.line.shift() : undefined
    if (next !== undefined) this.holding.add(next)
    return next !== undefined
  }
}

/** A worker's own executor factory around a hand-driven executor. */
export const factoryOf = (executor: HandExecutor): ExecutorFactory => ({
  slots: executor.slots,
  make: (listener) =>
    Effect.sync(() => {
      executor.listener = listener
      return executor
    }),
})

export const taskOf = (task: number, attempt = 1, name = "sqrt"): Message.Task => ({
  _tag: "Task",
  task,
  attempt,
  name,
  input: Uint8Array.of(),
  priority: 0,
  capabilities: {},
  timeoutMs: 0,
  attemptsMax: 3,
  traceparent: "",
  graceMs: undefined,
  wantsOutput: false,
  depth: 0,
})

export const cancelOf = (task: number, force = true, attempt = 1): Message.TaskCancel => ({
  _tag: "TaskCancel",
  task,
  attempt,
  force,
})

/** The worker's tables around a hand-driven executor; what they say comes back as sentences. */
export class TablesRig {
  readonly executor: HandExecutor
  readonly tables: Tables
  readonly sent: Array<Message.WorkerToScheduler> = []
  readonly graces: Array<HandTimer> = []
  /** What looks whether an attempt still stops. */
  readonly looks: Array<HandTimer> = []
  private taken = 0
  nowMs = 0

  constructor(slots = 1, canKill = true, tasks: Readonly<Record<string, AnyTask>> = someTasks) {
    this.executor = new HandExecutor(slots, canKill)
    const settings = { graceMs: 100, lineMax: 10_000 }
    this.tables = new Tables("w", new Map(Object.entries(tasks)), settings, {
      send: (message) => void this.sent.push(message),
      after: timersIn(this.graces),
      afterInBackground: timersIn(this.looks),
      nowMs: () => this.nowMs,
      moved: () => {},
    })
    this.executor.listener = this.tables
    this.tables.use(this.executor)
  }

  take(): ReadonlyArray<string> {
    const news = this.sent.slice(this.taken).map(sentence)
    this.taken = this.sent.length
    return news
  }

  dispatch(...tasks: ReadonlyArray<number>): this {
    for (const task of tasks) this.tables.dispatched(taskOf(task))
    return this
  }

  cancel(task: number, force = true): this {
    this.tables.cancelAsked(cancelOf(task, force))
    return this
  }

  /** The grace periods that still run. */
  grace(): ReadonlyArray<HandTimer> {
    return this.graces.filter(({ stopped }) => !stopped)
  }
}

/** The scheduler at the other end of a worker's transport, with real frames. */
export class HandScheduler implements Transport {
  readonly self = "w"
  /** What it heard, in order, and `gone` when the worker has left. */
  readonly heard: Array<string> = []
  readonly messages: Array<Message.WorkerToScheduler> = []
  listener: TransportListener | undefined
  private readonly answers: ReadonlyArray<Message.SchedulerToWorker>
  /** Whether nothing that is said to it arrives. */
  isDeaf = false
  /** How many frames came while it was deaf. */
  hellosIgnored = 0
  private link = this.newLink()

  /** `answers` is said to whoever says hello. */
  constructor(
    answers: ReadonlyArray<Message.SchedulerToWorker> = [
      { _tag: "HelloEcho", session: "w", scheduler: "scheduler" },
    ],
  ) {
    this.answers = answers
  }

  private newLink(): Link<Message.SchedulerToWorker, Message.ToScheduler> {
    const outlet: Transport = {
      self: "scheduler",
      listen: () => {},
      send: (_, frame) => {
        // A transport never calls its listener from inside a send.
        queueMicrotask(() => this.listener?.frame("scheduler", frame))
        return true
      },
      disconnect: () => {},
      close: () => {},
    }
    return new Link(outlet, (run) => run(), "w", Wire.toScheduler)
  }

  session(loop: Loop.Loop): WorkerSession {
    return workerOverWire(this, loop, "scheduler", withinProcess)
  }

  say(...messages: ReadonlyArray<Message.SchedulerToWorker>): void {
    for (const message of messages) this.link.send(message)
  }

  /** The connection breaks; what comes then comes in another session. */
  vanish(): void {
    this.link = this.newLink()
    this.listener?.gone("scheduler", "its socket closed")
  }

  news(): ReadonlyArray<string> {
    return this.heard.splice(0)
  }

  listen(listener: TransportListener): void {
    this.listener = listener
  }

  send(_: PeerId, frame: Uint8Array): boolean {
    if (this.isDeaf) return ++this.hellosIgnored > 0
    const messages = this.link.receive(frame)
    if (messages instanceof ProtocolError) throw messages
    for (const message of messages) this.hear(message as Message.WorkerToScheduler)
    return true
  }

  disconnect(): void {
    this.link = this.newLink()
    this.heard.push("gone")
  }

  close(): void {}

  private hear(message: Message.WorkerToScheduler): void {
    this.messages.push(message)
    this.heard.push(sentence(message))
    if (message._tag === "WorkerHello") this.say(...this.answers)
  }
}
