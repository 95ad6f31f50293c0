/**
 * The worker's tables: every attempt it holds, and the shell around the step for one attempt.
 * Synchronous; what has to happen goes to the executor, the session and the timers it is given.
 *
 * - **G6** The executor owns the slots; an attempt is `running` or `stopping` exactly while it has one.
 * - **G7** An attempt is in the tables until it ends, and nothing of it stays.
 */
import {
  type Message,
  NumberTable,
  type TaskNumber,
  Values,
  WorkerAttempt,
} from "@scaler-ts/protocol"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import { AttemptOutput } from "./AttemptOutput.ts"
import type { Attempt, Executor, ExecutorListener } from "./Executor.ts"
import type { Entry, IgnoredByTables, Outlet, Status, TablesSettings } from "./entries.ts"
import { shortened } from "./lines.ts"

/** What came with an event: how the attempt ended. */
interface Context {
  readonly ok?: boolean
  readonly payload?: () => Uint8Array
  readonly runMs?: number
}

export class Tables implements ExecutorListener {
  private readonly byTask = new NumberTable<Entry>()
  private readonly byKey = new NumberTable<Entry>()
  /** Attempts that came while the worker was leaving, by task. They are never started. */
  private readonly declined = new Map<TaskNumber, number>()
  private readonly ignored: Partial<Record<IgnoredByTables, number>> = {}
  private lastKey = 0
  private executor: Executor | undefined
  private readonly name: string
  private readonly tasks: ReadonlyMap<string, AnyTask>
  private readonly settings: TablesSettings
  private readonly outlet: Outlet

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
  }

  /** Names the executor; called once, before anything is dispatched. */
  use(executor: Executor): void {
    this.executor = executor
  }

  get size(): number {
    return this.byTask.size
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
    const { task, attempt, name, input, graceMs, wantsOutput } = message
    const definition = this.tasks.get(name)
    if (definition === undefined) return this.refuse(message)
    const entry = this.find(task, attempt, graceMs)
    // The executor owns the slots: only its answer says whether this attempt has got one.
    const slotFree =
      entry.state._tag === "absent" && this.start(entry, { task: definition, input, wantsOutput })
    this.apply(entry, { _tag: "Dispatched", slotFree })
  }

  /**
   * The scheduler has sent an attempt to a worker that is leaving.
   *
   * It is given back with the goodbye and not at once: the scheduler, which does not know yet,
   * would only send it again, for as long as the leaving takes.
   */
  decline({ task, attempt }: Message.Task): void {
    this.declined.set(task, attempt)
  }

  /** Gives back what was declined, for another worker to run. */
  giveBackDeclined(): void {
    for (const [task, attempt] of this.declined) this.confirmNeverStarted(task, attempt)
    this.declined.clear()
  }

  /** The scheduler wants an attempt to stop. */
  cancelAsked({ task, attempt, force }: Message.TaskCancel): void {
    if (this.declined.get(task) === attempt) {
      this.declined.delete(task)
      return this.confirmNeverStarted(task, attempt)
    }
    this.applyToUnstarted(this.find(task, attempt), { _tag: "CancelAsked", force })
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
  }

  /** The scheduler is gone for good. */
  sessionGone(): void {
    this.declined.clear()
    for (const entry of this.byTask.values()) {
      this.applyToUnstarted(entry, { _tag: "SessionGone" })
    }
  }

  returned(key: number, ok: boolean, payload: Uint8Array, runMs: number): void {
    this.ofKey(key, { _tag: "Returned" }, { ok, payload: () => payload, runMs })
  }

  stopped(key: number, payload: () => Uint8Array, runMs: number): void {
    this.ofKey(key, { _tag: "Stopped" }, { ok: false, payload, runMs })
  }

  exited(key: number, reason: string, runMs: number): void {
    const payload = (): Uint8Array => Values.encode({ reason, workers: [this.name] })
    this.ofKey(key, { _tag: "Exited" }, { ok: false, payload, runMs })
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

  private ofKey(key: number, event: WorkerAttempt.Event, context: Context): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) this.count("endLate")
    else this.apply(entry, event, context)
  }

  /** The attempt of that number, or one that is absent and enters the tables only if it stays. */
  private find(task: TaskNumber, attempt: number, graceMs = this.settings.graceMs): Entry {
    const known = this.byTask.get(task)
    if (known?.attempt === attempt) return known
    const state = WorkerAttempt.absent
    const key = ++this.lastKey
    const nothing = { stopGrace: undefined, output: undefined }
    return { key, task, attempt, graceMs, state, askedAtMs: 0, ...nothing }
  }

  /** Hands an attempt to the executor; whether it has a slot. */
  private start(entry: Entry, what: Pick<Attempt, "task" | "input" | "wantsOutput">): boolean {
    const { key, attempt } = entry
    if (what.wantsOutput) entry.output = this.outputOf(entry)
    return this.executor?.start({ key, attempt, ...what }) === true
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
        entry.stopGrace = this.outlet.after(entry.graceMs, () => {
          const canKill = this.executor?.canKill === true
          this.apply(entry, { _tag: "GraceOver", canKill })
        })
        return
      case "StopGrace":
        entry.stopGrace?.()
        entry.stopGrace = undefined
        return
      case "Kill":
        return this.executor?.kill(key)
      case "SendResult":
        return this.sendResult(entry, context.ok === true ? "success" : "failed", context)
      case "SendDied":
        return this.sendResult(entry, "failedWorkerDied", context)
      case "Confirm": {
        const { type, how } = command
        const hasStopped = how === "cooperative" || how === "killed"
        const stopMs = hasStopped ? this.outlet.nowMs() - entry.askedAtMs : 0
        return this.sendConfirm(entry, { type, how, stopMs })
      }
      case "Ignore":
        return this.count(command.counter)
    }
  }

  private sendResult(
    { task, attempt }: Pick<Entry, "task" | "attempt">,
    type: Message.TaskResult["type"],
    { payload, runMs = 0 }: Context,
  ): void {
    const worker = this.name
    const bytes = payload === undefined ? nothing : payload()
    this.outlet.send({ _tag: "TaskResult", task, attempt, worker, type, payload: bytes, runMs })
  }

  private confirmNeverStarted(task: TaskNumber, attempt: number): void {
    this.sendConfirm({ task, attempt }, { type: "canceled", how: "neverStarted", stopMs: 0 })
  }

  private sendConfirm(
    { task, attempt }: Pick<Entry, "task" | "attempt">,
    what: Pick<Message.TaskCancelConfirm, "type" | "how" | "stopMs">,
  ): void {
    this.outlet.send({ _tag: "TaskCancelConfirm", task, attempt, worker: this.name, ...what })
  }

  /** A task nobody here has a function for fails at once; it never takes a slot. */
  private refuse(message: Message.Task): void {
    const known = [...this.tasks.keys()].map((name) => `"${name}"`).join(", ")
    const error = new Error(
      `worker "${this.name}" has no task named ${JSON.stringify(message.name.slice(0, 200))}; ` +
        `it has ${known || "none"}. Start a worker with the module that defines it.`,
    )
    error.name = "UnknownTask"
    this.sendResult(message, "failed", { payload: () => Values.encode(error) })
  }

  private count(counter: IgnoredByTables): void {
    this.ignored[counter] = (this.ignored[counter] ?? 0) + 1
  }
}

const nothing = new Uint8Array(0)
