/**
 * The scheduler's tables: every task, client and worker, and what the step for one task does to
 * the others. Synchronous and free of I/O; what has to leave goes through an `Outlet`.
 *
 * - **G6** A worker's `held` counts exactly the attempts that were dispatched to it and have not ended.
 * - **G7** A task is in the tables until it ends; of one that ended by a confirm a bounded tombstone
 *   stays, of one that ended by a result nothing.
 */
import {
  type Message,
  NumberTable,
  type PeerId,
  SchedulerTask,
  type TaskNumber,
} from "@scaler-ts/protocol"
import { Clients } from "./Clients.ts"
import type { ClientSays, WorkerSays } from "./Connection.ts"
import {
  type Client,
  type Entry,
  hasNumber,
  holderOf,
  newEntry,
  newWorker,
  type Observer,
  type Outlet,
  type Status,
  type Worker,
} from "./entries.ts"
import { Ownership, type TablesSettings } from "./Ownership.ts"
import { Placement } from "./placement/Placement.ts"
import { Recovery } from "./Recovery.ts"
import { statusOf } from "./statusOf.ts"
import {
  arrived,
  confirmed,
  confirmEvent,
  died,
  dispatched,
  forwarded,
  startedBy,
  timedOut,
} from "./taskMessages.ts"

export class Tables {
  readonly clients: Clients
  readonly ownership: Ownership
  readonly workers: Map<string, Worker> = new Map()
  /** Every task that has not ended. */
  readonly entries: NumberTable<Entry> = new NumberTable()
  readonly placement: Placement = new Placement()
  readonly recovery: Recovery
  readonly ignored: Partial<Record<SchedulerTask.IgnoredByScheduler, number>> = {}
  /** The number of the newest task. */
  lastId = 0
  /** Whether tasks that are submitted are cancelled at once, because the scheduler stops. */
  isStopping = false
  private readonly outlet: Outlet
  private readonly observer: Observer | undefined

  constructor(outlet: Outlet, settings: TablesSettings, observer?: Observer) {
    this.outlet = outlet
    this.clients = new Clients(outlet, settings)
    const { toWorker, count } = this
    const { nowMs } = outlet
    this.ownership = new Ownership(this.clients, { nowMs, toWorker, count }, settings.keptMax)
    this.observer = observer
    this.recovery = new Recovery(outlet, this.placement, settings.recoverMs)
  }

  /** A client takes what it is sent too slowly, so that nothing of it is to be started; or it has caught up. */
  setBehind(peer: PeerId, isBehind: boolean): void {
    const client = this.clients.setBehind(peer, isBehind)
    if (client !== undefined) this.placement.setHeldUp(client, isBehind)
    this.placeAll()
  }

  /** A client is gone: of the tasks that nobody else has, the queued ones end, and the running ones are stopped (R22). */
  loseClient(peer: PeerId): void {
    const wasHeldUp = this.clients.get(peer)?.account.isBehind
    const client = this.clients.close(peer)
    if (client === undefined) return
    for (const entry of this.ownership.lose(client)) this.apply(entry, { _tag: "OwnerLost" })
    if (wasHeldUp === true) this.placement.setHeldUp(client, false)
  }

  /** A worker has said hello. */
  addWorker(peer: PeerId, hello: Message.WorkerHello): void {
    const worker = newWorker(peer, hello)
    this.workers.set(worker.name, worker)
    this.recovery.workerHolds(worker.name, hello.holds)
    this.placement.admit(worker, hello)
    this.placeAll()
  }

  /** A worker has no connection, and may still come back; or it has one again. */
  setAway(name: string, away: boolean): void {
    const worker = this.workers.get(name)
    if (worker === undefined) return
    worker.away = away
    this.placement.changed(worker)
    this.placeAll()
  }

  /** A worker is gone, or has said goodbye: whatever it held is lost with it. */
  loseWorker(name: string): void {
    const worker = this.workers.get(name)
    if (worker === undefined) return
    this.workers.delete(name)
    this.placement.dismiss(worker)
    const held = [...worker.entries.values()]
    for (const entry of held) this.apply(entry, { _tag: "WorkerLost", worker: name })
    this.loseClient(worker.peer) // Children end with the worker of their parents.
    this.observer?.workerGone(name, held)
    this.recovery.workerGone(name)
    this.placeAll()
  }

  /** Lets a worker finish what it holds and gives it nothing more. */
  drainWorker(name: string, boundMs: number): void {
    const worker = this.workers.get(name)
    if (worker === undefined || worker.draining) return
    worker.draining = true
    this.placement.changed(worker)
    // The wire carries finite numbers only.
    const finite = Math.min(boundMs, Number.MAX_SAFE_INTEGER)
    this.outlet.toWorker(worker.peer, { _tag: "Drain", boundMs: finite })
    // What it was to give back for others is asked of somebody else.
    this.placeAll()
  }

  /** Takes in what a client says, or in session `parents` a worker for its attempts' children; what it may not say is returned, and nothing is done. */
  fromClient(peer: PeerId, message: ClientSays, parents?: string): string | undefined {
    const client =
      parents === undefined ? this.clients.get(peer) : this.clients.parent(peer, parents)
    if (client === undefined) return undefined
    if (message._tag === "Task") return this.submit(client, message)
    const refusal = this.clients.ask(client, message)
    if (refusal !== undefined) return refusal
    if (message._tag === "TaskCancel") this.cancel(client, message.task)
    else this.ownership.hear(client, message)
    return undefined
  }

  fromWorker(name: string, message: WorkerSays): void {
    const entry = this.entries.get(message.task)
    if (entry === undefined) return this.count("attemptStale")
    const { attempt } = message
    switch (message._tag) {
      case "TaskStarted":
        return this.apply(entry, { _tag: "Started", worker: name, attempt })
      case "TaskResult":
        return this.apply(entry, { _tag: "ResultArrived", worker: name, attempt }, message)
      case "TaskCancelConfirm":
        return this.apply(entry, confirmEvent(message, name))
      case "TaskProgress":
      case "TaskLog":
      case "TaskStopping":
        if (holderOf(entry.state, attempt) !== name) return this.count("attemptStale") // G9
        return this.ownership.hearHolder(entry, message)
      case "TaskWaits":
      case "TaskResumes":
        if (!this.placement.lend(entry, name, message)) this.count("attemptStale") // G9
    }
  }

  /** Gives queued tasks to workers until there are no tasks or no room. Called once per batch of messages. */
  placeAll(): void {
    this.clients.settle()
    this.ownership.evict()
    this.placement.placeAll(this.give, this.takeBack)
  }

  /** Asks that an attempt which has not started come back, to be placed anew. */
  recall(peer: PeerId, task: TaskNumber): void {
    const entry = this.clients.get(peer)?.tasks.get(task)
    if (entry !== undefined) this.takeBack(entry)
  }

  /** Cancels a task, as its client would. */
  cancelEntry(entry: Entry): void {
    this.apply(entry, { _tag: "CancelAsked" })
  }

  status(): Status {
    return statusOf(this)
  }

  private submit(client: Client, task: Message.Task): string | undefined {
    if (hasNumber(client, task.task)) {
      this.count("taskKnown")
      return undefined
    }
    const refusal = this.clients.spend(client, task)
    if (refusal !== undefined) return refusal
    const entry = newEntry(++this.lastId, client, task)
    this.entries.set(entry.id, entry)
    client.tasks.set(task.task, entry)
    this.apply(entry, arrived(task))
    if (this.isStopping) this.cancelEntry(entry)
    return undefined
  }

  private cancel(client: Client, task: TaskNumber): void {
    const entry = client.tasks.get(task)
    if (entry !== undefined) this.cancelEntry(entry)
    else this.clients.answerLate(client, task, this.count)
  }

  private readonly give = (entry: Entry, { name }: Worker): void =>
    this.apply(entry, { _tag: "SlotAvailable", worker: name })

  private readonly takeBack = (entry: Entry): void => this.apply(entry, { _tag: "RecallAsked" })

  private apply(entry: Entry, event: SchedulerTask.Event, result?: Message.TaskResult): void {
    const before = entry.state
    const { state, commands } = SchedulerTask.step(before, event)
    entry.state = state
    for (const command of commands) this.carryOut(entry, command, result)
    if (before._tag === "recalling" && state._tag !== "recalling") this.placement.recallOver(entry)
    if (state._tag === "ended") this.forget(entry, state.confirm)
    if (state !== before) this.observer?.moved(entry, before, commands, result)
  }

  private carryOut(
    entry: Entry,
    command: SchedulerTask.Command,
    result: Message.TaskResult | undefined,
  ): void {
    const { task } = entry
    switch (command._tag) {
      case "Queue":
        return this.recovery.queue(entry)
      case "Unqueue":
        this.recovery.drop(entry)
        return this.placement.remove(entry)
      case "Dispatch":
        return this.dispatch(entry, command.worker, command.attempt)
      case "SendCancel": {
        const { attempt, force } = command
        return this.toWorker(command.worker, { _tag: "TaskCancel", task: entry.id, attempt, force })
      }
      case "FreeSlot": {
        const worker = this.workers.get(command.worker)
        if (worker?.entries.delete(entry.id) === true) this.placement.giveBack(entry, worker) // G6
        return
      }
      case "StartTimeout":
        if (task.timeoutMs > 0) {
          const { attempt } = command
          entry.stopTimeout = this.outlet.after(task.timeoutMs, () =>
            this.apply(entry, { _tag: "TimedOut", attempt }),
          )
        }
        return
      case "StopTimeout":
        entry.stopTimeout?.()
        entry.stopTimeout = undefined
        return
      case "ForwardStarted":
        return this.ownership.tell(entry, startedBy(command, task.task))
      case "ForwardResult":
        if (result !== undefined) this.ownership.tell(entry, forwarded(result, task.task)) // G5
        return
      case "ReportDied":
        return this.ownership.tell(entry, died(task, command.attempt, command.lostWorkers))
      case "ReportTimeout":
        return this.ownership.tell(entry, timedOut(task, command.attempt, command.worker))
      case "Confirm":
        return this.ownership.tell(entry, confirmed(command, task.task))
      case "Ignore":
        return this.count(command.counter)
    }
  }

  private dispatch(entry: Entry, name: string, attempt: number): void {
    const worker = this.workers.get(name)
    if (worker === undefined) return
    this.placement.take(entry, worker) // G6
    worker.entries.set(entry.id, entry)
    entry.isHeard = this.ownership.lines.isWanted(entry)
    this.outlet.toWorker(worker.peer, dispatched(entry, attempt))
  }

  private forget(entry: Entry, confirm: SchedulerTask.Confirm | undefined): void {
    this.entries.delete(entry.id)
    this.clients.giveBack(entry)
    this.ownership.forget(entry, confirm)
  }

  private readonly toWorker = (name: string, message: Message.SchedulerToWorker): void => {
    const worker = this.workers.get(name)
    if (worker !== undefined) this.outlet.toWorker(worker.peer, message)
  }

  private readonly count = (counter: SchedulerTask.IgnoredByScheduler): void => {
    this.ignored[counter] = (this.ignored[counter] ?? 0) + 1
  }
}
