/**
 * The worker's tables: every attempt it holds, and the shell around the step for one attempt.
 * Synchronous; what has to happen goes to the executor, the session and the timers it is given.
 *
 * - **G6** The executor owns the slots; an attempt is `running` or `stopping` exactly while it has one.
 * - **G7** An attempt is in the tables until it ends, and nothing of it stays.
 */
import {
  AttemptOutput,
  type Message,
  NumberTable,
  Values,
  WorkerAttempt,
} from "@scaler-ts/protocol"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import { Answers } from "./Answers.ts"
import { Children } from "./Children.ts"
import { Declined } from "./Declined.ts"
import type { Executor, ExecutorListener } from "./Executor.ts"
import {
  type Context,
  type Entry,
  type IgnoredByTables,
  newEntry,
  type Outlet,
  type Status,
  type TablesSettings,
} from "./entries.ts"
import { Grace } from "./Grace.ts"
import { leftBehind, shortened } from "./lines.ts"
import { Runs } from "./Runs.ts"

export class Tables implements ExecutorListener {
  private readonly byTask = new NumberTable<Entry>()
  private readonly byKey = new NumberTable<Entry>()
  private readonly ignored: Partial<Record<IgnoredByTables, number>> = {}
  private lastKey = 0
  private executor: Executor | undefined
  private readonly name: string
  private readonly tasks: ReadonlyMap<string, AnyTask>
  private readonly settings: TablesSettings
  private readonly outlet: Outlet
  private readonly answers: Answers
  readonly declined: Declined
  readonly children: Children
  private readonly grace: Grace
  private readonly runs: Runs

  constructor(
    name: string,
    tasks: ReadonlyMap<string, AnyTask>,
    settings: TablesSettings,
    outlet: Outlet,
  ) {
    this.name = name
    this.tasks = tasks
    this.settings = settings
    this.outlet = outlet
    this.answers = new Answers(name, outlet.send)
    this.declined = new Declined(this.answers)
    this.runs = new Runs(name, settings.tracing)
    this.children = new Children(name, {
      send: outlet.send,
      after: outlet.after,
      tellChild: (key, message) => this.executor?.tellChild(key, message),
      lend: (key) => this.executor?.lend(key),
      reclaim: (key) => this.executor?.reclaim(key),
      nestingMax: () => this.executor?.nestingMax ?? 0,
    })
    this.grace = new Grace(outlet, this.children, {
      over: (entry) => this.apply(entry, { _tag: "GraceOver", canKill: this.canKill }),
      still: (entry) => this.apply(entry, { _tag: "StillStopping" }),
    })
  }

  /** Names the executor; called once, before anything is dispatched. */
  use(executor: Executor): void {
    this.executor = executor
  }

  private get canKill(): boolean {
    return this.executor?.canKill === true
  }

  get size(): number {
    return this.byTask.size
  }

  /** The names of the tasks of which something is held. */
  get names(): ReadonlyArray<string> {
    return [...new Set(Array.from(this.byTask.values(), ({ name }) => name))]
  }

  status(): Status {
    const attempts = { waiting: 0, running: 0, stopping: 0 }
    for (const { state } of this.byTask.values()) {
      if (state._tag !== "absent") attempts[state._tag]++
    }
    return { attempts, ignored: { ...this.ignored } }
  }

  /** The scheduler has sent an attempt. */
  dispatched(message: Message.Task): void {
    const definition = this.tasks.get(message.name)
    if (definition === undefined) return this.answers.unknownTask(message, this.tasks.keys())
    const entry = this.find(message, message)
    // The executor owns the slots: only its answer says whether this attempt has got one.
    const slotFree = entry.state._tag === "absent" && this.start(entry, definition, message)
    this.apply(entry, { _tag: "Dispatched", slotFree })
  }

  /** The scheduler wants an attempt to stop. */
  cancelAsked(message: Message.TaskCancel): void {
    if (this.declined.cancel(message)) return
    const { force } = message
    this.applyToUnstarted(this.find(message), { _tag: "CancelAsked", force })
  }

  /** A client has taken lines of an attempt. */
  outputTaken({ task, attempt, lines }: Message.TaskLogTaken): void {
    const entry = this.byTask.get(task)
    if (entry?.attempt !== attempt || entry.output === undefined) return this.count("creditUnowed") // G9
    entry.output.taken(lines)
  }

  /** No attempt is to start any more. */
  drainAsked(): void {
    for (const entry of this.byTask.values()) {
      this.applyToUnstarted(entry, { _tag: "DrainAsked" })
    }
  }

  /** The attempts that run have had their time. */
  drainBoundPassed(): void {
    for (const entry of this.byTask.values()) this.apply(entry, { _tag: "DrainBoundPassed" })
    this.children.lose("the worker of its parent is leaving") // Or its function fails of it first.
  }

  /** The scheduler is gone for good. */
  sessionGone(): void {
    this.declined.clear()
    this.children.lose("the worker of its parent has lost its scheduler")
    for (const entry of this.byTask.values()) {
      this.applyToUnstarted(entry, { _tag: "SessionGone" })
    }
  }

  returned(key: number, ok: boolean, payload: Uint8Array, runMs: number): void {
    this.ended(key, { _tag: "Returned" }, { ok, payload: () => payload, runMs })
  }

  stopped(key: number, payload: () => Uint8Array, runMs: number): void {
    this.ended(key, { _tag: "Stopped" }, { ok: false, payload, runMs })
  }

  exited(key: number, reason: string, runMs: number): void {
    const payload = (): Uint8Array => Values.encode({ reason, workers: [this.name] })
    this.ended(key, { _tag: "Exited" }, { ok: false, payload, runMs })
  }

  started(key: number): void {
    this.ofKey(key, { _tag: "SlotFreed" }, {})
  }

  progress(key: number, fraction: number): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) return this.count("endLate")
    const { task, attempt } = entry
    this.outlet.send({ _tag: "TaskProgress", task, attempt, fraction })
  }

  log(key: number, line: string, from: Message.OutputSource): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) return this.count("endLate")
    entry.output?.came({ line: shortened(line, this.settings.lineMax), from })
  }

  said(key: number, message: Message.OfSubmitter): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) this.count("endLate")
    else this.children.said(entry, message)
  }

  waits(key: number, isWaiting: boolean): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) this.count("endLate")
    else this.children.waits(entry, isWaiting)
  }

  /** What ran is over, and so are its children before anybody is told. */
  private ended(key: number, event: WorkerAttempt.Event, context: Context): void {
    const endedAtMs = this.outlet.nowMs()
    this.children.end(key, (left) => {
      if (left > 0) this.byKey.get(key)?.output?.came(leftBehind(left))
      this.ofKey(key, event, { ...context, endedAtMs })
    })
  }

  private ofKey(key: number, event: WorkerAttempt.Event, context: Context): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) this.count("endLate")
    else this.apply(entry, event, context)
  }

  /** The attempt of that number, or one that is absent and enters the tables only if it stays. */
  private find({ task, attempt }: Pick<Entry, "task" | "attempt">, said?: Message.Task): Entry {
    const known = this.byTask.get(task)
    if (known?.attempt === attempt) return known
    const graceMs = said?.graceMs ?? this.settings.graceMs
    return newEntry(++this.lastKey, { ...said, task, attempt, graceMs })
  }

  /** Hands an attempt to the executor; whether it has a slot. */
  private start(entry: Entry, task: AnyTask, { input, wantsOutput }: Message.Task): boolean {
    const { key, attempt, depth } = entry
    if (wantsOutput) entry.output = this.outputOf(entry)
    const traceparent = this.runs.begin(entry, task.name)
    return (
      this.executor?.start({ key, attempt, task, input, wantsOutput, depth, traceparent }) === true
    )
  }

  private outputOf({ key, task, attempt }: Entry): AttemptOutput {
    return new AttemptOutput({
      send: (line) => this.outlet.send({ _tag: "TaskLog", task, attempt, ...line }),
      hold: () => this.executor?.holdOutput(key),
      release: () => this.executor?.releaseOutput(key),
      count: (counter) => this.count(counter),
    })
  }

  /**
   * An event that ends an attempt which waits. Only the executor knows whether it still does: its
   * slot may have come free before we were told, and then that is what happened first.
   */
  private applyToUnstarted(entry: Entry, event: WorkerAttempt.Event): void {
    if (entry.state._tag === "waiting" && this.executor?.withdraw(entry.key) === false) {
      this.apply(entry, { _tag: "SlotFreed" })
    }
    this.apply(entry, event)
  }

  private apply(entry: Entry, event: WorkerAttempt.Event, context: Context = {}): void {
    const { state, commands } = WorkerAttempt.step(entry.state, event)
    const before = entry.state
    entry.state = state
    if (before._tag === "absent" && state._tag !== "absent") {
      this.byTask.set(entry.task, entry)
      this.byKey.set(entry.key, entry)
    }
    if (before._tag !== "absent" && state._tag === "absent") {
      this.byTask.delete(entry.task)
      this.byKey.delete(entry.key)
      entry.output?.ended() // Before its end is told.
    }
    for (const command of commands) this.carryOut(entry, command, context)
    if (entry.span !== undefined) this.runs.saw(entry, commands, context.ok === true)
    if (state !== before) this.outlet.moved()
  }

  private carryOut(entry: Entry, command: WorkerAttempt.Command, context: Context): void {
    const { key, task, attempt } = entry
    const worker = this.name
    switch (command._tag) {
      case "Start":
        return // Done by `dispatched`, which needed its answer.
      case "SendStarted":
        return this.outlet.send({ _tag: "TaskStarted", task, attempt, worker })
      case "Interrupt":
        entry.askedAtMs = this.outlet.nowMs()
        entry.output?.stopAsked() // What is held cannot hear that it is to stop.
        return this.executor?.interrupt(key)
      case "StartGrace":
        return this.grace.start(entry)
      case "StopGrace":
        return this.grace.stop(entry)
      case "Kill":
        this.grace.killing(entry)
        return this.executor?.kill(key)
      case "SendStopping":
        return this.outlet.send({ _tag: "TaskStopping", task, attempt, rung: entry.rung })
      case "SendResult":
        return this.answers.ended(entry, context.ok === true ? "success" : "failed", context)
      case "SendDied":
        return this.answers.ended(entry, "failedWorkerDied", context)
      case "Confirm": {
        const { endedAtMs = this.outlet.nowMs() } = context
        return this.answers.confirm(entry, command, endedAtMs - entry.askedAtMs)
      }
      case "Ignore":
        return this.count(command.counter)
    }
  }

  private count(counter: IgnoredByTables): void {
    this.ignored[counter] = (this.ignored[counter] ?? 0) + 1
  }
}
