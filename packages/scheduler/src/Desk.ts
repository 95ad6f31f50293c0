/**
 * Where operators are answered, and where it is written down what becomes of tasks so that they can be.
 *
 * - **G9** Only who was let in as an operator gets here, and so at other people's tasks.
 */
import { type Message, type PeerId, type SchedulerTask, TaskId } from "@scaler-ts/protocol"
import type { Loop, Tracing } from "@scaler-ts/runtime"
import type { OperatorSays } from "./Connection.ts"
import type { Entry, Observer } from "./entries.ts"
import { endBy, holderIn, placeOf } from "./Moves.ts"
import { answerOf, answerOfKept, type Asker, Orders, plain, rowsMax } from "./Orders.ts"
import {
  countsOf,
  type LeftTask,
  leftTask,
  pageOf,
  type Row,
  rowOf,
  standing,
  waitingRow,
  withoutZeros,
  workerRow,
} from "./rows.ts"
import { Shutdown } from "./Shutdown.ts"
import { Stages } from "./Stages.ts"
import { waitingOf } from "./statusOf.ts"
import type { Tables } from "./Tables.ts"
import { Tally } from "./Tally.ts"
import { Watches } from "./Watches.ts"

/** What the desk needs of the shell. */
export interface Surroundings {
  readonly tables: () => Tables
  readonly tell: (operator: PeerId, message: Message.SchedulerToOperator) => void
  /** When a peer was last heard, by the same clock as the desk's. */
  readonly heardAtMs: (peer: PeerId) => number
  /** Tells everybody that the scheduler has stopped, and ends all conversations. */
  readonly close: () => void
  /** Where spans of tasks go. */
  readonly tracing?: Tracing.Tracing | undefined
}

export class Desk implements Observer {
  readonly tally: Tally = new Tally()
  /** How many messages were heard, by their kind. */
  readonly heard: Record<string, number> = {}
  readonly operators: Set<PeerId> = new Set()
  readonly shutdown: Shutdown
  /** When the turn that is under way began: one look at the clock for all that is heard in it. */
  private nowMs = 0
  private readonly watches: Watches
  private readonly orders: Orders
  private readonly stages: Stages | undefined
  /** How tasks have ended while somebody waits for an order to be carried out. */
  private readonly ends = new WeakMap<Entry, Message.TaskEnd>()
  private readonly loop: Loop.Loop
  private readonly around: Surroundings

  constructor(loop: Loop.Loop, around: Surroundings) {
    this.loop = loop
    this.around = around
    this.watches = new Watches(around.tell, loop.defer)
    this.orders = new Orders(around.tell)
    this.stages = around.tracing === undefined ? undefined : new Stages(around.tracing)
    this.shutdown = new Shutdown(loop, {
      taskCount: () => this.tables.entries.size,
      closeDoors: () => {
        this.tables.isStopping = true
      },
      cancelAll: () => this.cancelAll(),
      left: () => this.left().map(leftTask),
      leave: () => this.leave(),
    })
  }

  private get tables(): Tables {
    return this.around.tables()
  }

  /** Something is heard, or a time has come. Says when, in milliseconds from an arbitrary point. */
  beginTurn(): number {
    this.nowMs = this.loop.nowMs()
    return this.nowMs
  }

  count(message: string): void {
    this.heard[message] = (this.heard[message] ?? 0) + 1
  }

  /** What it ordered stands; it is told no more. */
  loseOperator(peer: PeerId): void {
    this.operators.delete(peer)
    this.watches.lose(peer)
    this.orders.lose(peer)
  }

  /** Answers an operator. What it returns is why the operator cannot be served any more. */
  fromOperator(peer: PeerId, message: OperatorSays): string | undefined {
    switch (message._tag) {
      case "StatusAsked":
        this.tellStatus(peer, message.request)
        return undefined
      case "TasksAsked":
        this.tellTasks(peer, message)
        return undefined
      case "WatchAsked":
        return this.watches.asked(peer, message, this.tables.lastId)
      case "OrderAsked": {
        const { refusal } = this.orders
        if (refusal === undefined) this.order({ peer, request: message.request }, message)
        return refusal
      }
    }
  }

  moved(
    entry: Entry,
    before: SchedulerTask.State,
    commands: ReadonlyArray<SchedulerTask.Command>,
    result: Message.TaskResult | undefined,
  ): void {
    const from = placeOf(before)
    const to = placeOf(entry.state)
    if (to === undefined || from === to) return
    const { nowMs } = this
    const heldMs = from === undefined ? 0 : Math.max(0, nowMs - entry.sinceMs)
    const end = to === "ended" ? endBy(commands, result) : "none"
    const isAnswered = before._tag !== "cancelling" || before.asked.client
    const move = { from, to, heldMs, end, isAnswered }
    this.tally.moved(entry, move)
    if (entry.task.traceparent !== "") {
      this.stages?.moved(entry, before, { ...move, atMs: nowMs })
    }
    if (end !== "none" && result !== undefined) this.tally.ran.add(result.runMs)
    entry.sinceMs = nowMs
    entry.rung = to === "cancelling" ? "asked" : "none"
    if (!this.orders.isIdle) {
      if (end !== "none") this.ends.set(entry, end)
      this.orders.moved(entry, before, end)
    }
    if (this.watches.size > 0) {
      const holding = to === "ended" ? before : entry.state
      const row = rowOf(entry, end, holding, heldMs)
      this.watches.moved(entry, from === undefined, this.tables.lastId, row)
    }
    if (to === "ended") this.shutdown.taskEnded()
  }

  workerGone(worker: string, held: ReadonlyArray<Entry>): void {
    this.orders.workerGone(
      worker,
      held.map((entry) => ({
        ...this.standing(entry),
        end: this.ends.get(entry) ?? "none",
        worker,
      })),
    )
  }

  /** Cancels every task there is. */
  private cancelAll(): void {
    this.beginTurn()
    const { tables } = this
    for (const entry of tables.entries.values()) tables.cancelEntry(entry)
    // Who has got room for more by that may have something that waits.
    tables.placeAll()
  }

  /** The scheduler has stopped: tells those who asked what is left, and then everybody. */
  private leave(): ReadonlyArray<LeftTask> {
    this.beginTurn()
    const left = this.left()
    this.orders.stopped(left)
    this.around.close()
    return left.map(leftTask)
  }

  /** The tasks that have not ended. */
  private left(): ReadonlyArray<Row> {
    return pageOf(everything, this.tally).entries.map((entry) => this.standing(entry))
  }

  private standing(entry: Entry): Row {
    return standing(entry, this.nowMs)
  }

  private order(asker: Asker, { order, target, boundMs }: Message.OrderAsked): void {
    const tables = this.tables
    switch (order) {
      case "cancel":
        return this.cancel(asker, target)
      case "drain":
        if (!tables.workers.has(target)) return this.orders.answer(asker, plain("notFound"))
        this.orders.draining(target, asker)
        return tables.drainWorker(target, boundMs)
      case "stop":
        this.orders.stopping(asker)
        return this.shutdown.ask(boundMs)
    }
  }

  private cancel(asker: Asker, target: string): void {
    const tables = this.tables
    const ref = TaskId.parse(target)
    const found = ref && tables.clients.find(ref.session, ref.task)
    const isHere = found !== undefined && !("_tag" in found)
    // What is kept says more than what its client is remembered by.
    const kept = isHere ? undefined : tables.ownership.endOf(target)
    if (kept !== undefined) return this.orders.answer(asker, answerOfKept(kept))
    if (found === undefined) return this.orders.answer(asker, plain("notFound"))
    if ("_tag" in found) {
      const { worker, attempt } = holderIn(found)
      return this.orders.answer(asker, answerOf(found, "none", { worker, attempt }))
    }
    this.orders.cancelling(found.id, asker)
    tables.cancelEntry(found)
  }

  private tellTasks(peer: PeerId, message: Message.TasksAsked): void {
    const { request } = message
    const limit = Math.min(message.limit, rowsMax)
    const { entries, leftOut } = pageOf({ ...message, limit }, this.tally)
    for (const entry of entries) this.around.tell(peer, { ...this.standing(entry), request })
    this.around.tell(peer, { _tag: "TasksTold", request, leftOut, cut: false })
  }

  private tellStatus(peer: PeerId, request: number): void {
    const { workers, clients, ignored } = this.tables
    const { nowMs } = this
    for (const worker of workers.values()) {
      const silentMs = Math.max(0, nowMs - this.around.heardAtMs(worker.peer))
      this.around.tell(peer, workerRow(worker, request, silentMs))
    }
    for (const one of waitingOf(this.tables)) {
      this.around.tell(peer, waitingRow(one, request))
    }
    this.around.tell(peer, {
      _tag: "StatusTold",
      request,
      clients: clients.size,
      operators: this.operators.size,
      stopping: this.shutdown.isUnderWay,
      ...clients.counts(),
      ...countsOf(this.tally, nowMs),
      ended: withoutZeros(this.tally.ended),
      heard: { ...this.heard },
      ignored,
    })
  }
}

const everything: Message.TasksAsked = {
  _tag: "TasksAsked",
  request: 0,
  state: "any",
  name: "",
  worker: "",
  limit: Infinity,
}
