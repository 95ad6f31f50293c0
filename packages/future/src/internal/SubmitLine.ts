/**
 * Where tasks wait that the scheduler takes no more of, between the client's table and its session.
 *
 * First come, first served, and by the credit that the scheduler gives: without any given so far nothing
 * waits. A cancel never waits here, and nothing of what is sent already. Whose task has not left yet is
 * answered on the spot, as the scheduler would answer: it never started, or an attempt of it was lost with
 * the scheduler before. Nobody is told of it.
 */
import {
  type ClientSession,
  Credit,
  type Message,
  NumberTable,
  type TaskNumber,
} from "@scaler-ts/protocol"
import { Checked, type Loop } from "@scaler-ts/runtime"
import type { ClientOptions } from "../Client.ts"
import type { Load } from "../FutureError.ts"
import { type SentTeller, type WaitingTask, WaitingTasks } from "./WaitingTasks.ts"

export class SubmitLine implements Pick<ClientSession, "send"> {
  /** What may still be sent; `undefined` while the scheduler has not said. */
  private credit: Credit.Amount | undefined
  private readonly waiting = new WaitingTasks()
  /** What was sent and has not ended, as it was sent; `undefined` where nothing is ever sent again. */
  private kept: NumberTable<Message.Task> | undefined
  /** Whether there is no scheduler at the moment, so that everything waits. */
  private isSuspended = false
  private isSending = false
  private readonly session: ClientSession
  private readonly loop: Loop.Loop
  private readonly bounds: Credit.Amount
  private readonly confirm: (confirm: Message.TaskCancelConfirm) => void

  /** `confirm` takes the answers to cancels of what waits here. */
  constructor(
    session: ClientSession,
    loop: Loop.Loop,
    bounds: Credit.Amount,
    confirm: (confirm: Message.TaskCancelConfirm) => void,
  ) {
    this.session = session
    this.loop = loop
    this.bounds = bounds
    this.confirm = confirm
  }

  /** How many tasks wait. */
  get size(): number {
    return this.waiting.size
  }

  /** Whether a task that is submitted now is sent now. */
  get isOpen(): boolean {
    if (this.isSuspended || this.waiting.size > 0) return false
    return this.credit === undefined || Credit.maySpend(this.credit)
  }

  /** Whether one more task may be sent, or wait here. */
  get hasPlace(): boolean {
    const { tasks, bytes } = this.bounds
    return this.isOpen || (this.size < tasks && this.waiting.bytes < bytes)
  }

  /** Why a task may have to wait. */
  get load(): Load {
    return { credit: this.credit ?? nothing, waiting: this.size }
  }

  send(message: Message.ClientToScheduler): void {
    if (message._tag === "Task") this.submit(message)
    else if (!this.keeps(message)) this.session.send(message)
  }

  /** The scheduler takes so much more. */
  granted({ tasks, bytes }: Message.TaskCredit): void {
    const { credit = nothing } = this
    this.credit = Credit.plus(credit, { tasks, bytes })
    this.sendWaiting()
  }

  /** From now on a task is kept for as long as it has not ended, so that it may be sent again. */
  keep(): void {
    this.kept = new NumberTable()
  }

  /** The scheduler is gone, and another one may come: until then everything waits. */
  suspend(): void {
    this.isSuspended = true
    // What it gives is its own. One that gave none lets whoever comes after it begin as it began.
    if (this.credit !== undefined) this.credit = nothing
  }

  /** Whether a task may be sent to another scheduler than the first: also when it never was. */
  maySendAgain(task: TaskNumber): boolean {
    return this.isWaiting(task) || this.kept?.get(task) !== undefined
  }

  /** A task waits once more, if it does not wait anyway, to be sent to another scheduler. */
  sendAgain(task: TaskNumber): void {
    const sent = this.kept?.get(task)
    if (sent === undefined) return
    this.kept?.delete(task)
    this.waiting.pushBack({ ...sent, attempt: sent.attempt + 1 })
  }

  /** There is a scheduler again, and it has been seen to what goes to it. */
  resume(): void {
    this.isSuspended = false
    this.sendWaiting()
  }

  /** The future of a task has ended: what waits is sent all the same, and nothing is sent again. */
  ended(task: TaskNumber): void {
    this.kept?.delete(task)
    const one = this.waiting.size > 0 ? this.waiting.get(task) : undefined
    if (one !== undefined) one.isForgotten = true
  }

  isWaiting(task: TaskNumber): boolean {
    return this.waiting.size > 0 && this.waiting.get(task) !== undefined
  }

  /**
   * Calls back when a task has been sent, or never will be, because it was cancelled or nothing more is
   * sent: at once where it does not wait. The returned function takes that back.
   */
  whenSent(task: TaskNumber, teller: SentTeller): () => void {
    const one = this.waiting.get(task)
    if (one === undefined) {
      teller(true)
      return () => {}
    }
    const { tellers = new Set() } = one
    one.tellers = tellers.add(teller)
    return () => void tellers.delete(teller)
  }

  /** Nothing more is sent. */
  clear(): void {
    this.kept = undefined
    for (let one = this.waiting.shift(); one !== undefined; one = this.waiting.shift()) {
      this.tell(one, false)
    }
  }

  private submit(message: Message.Task): void {
    if (this.isOpen) this.sendNow(message, true)
    else this.waiting.push(message)
  }

  private sendNow(message: Message.Task, isWanted: boolean): void {
    if (this.credit !== undefined) this.credit = Credit.spent(this.credit, message.input.length)
    if (isWanted) this.remember(message)
    this.session.send(message)
  }

  private remember(message: Message.Task): void {
    // What may have one attempt alone has had it.
    if (message.attempt + 1 < message.attemptsMax) this.kept?.set(message.task, message)
  }

  private sendWaiting(): void {
    // Within a task a child may end, and give its credit back, while it is sent.
    if (this.isSending) return
    this.isSending = true
    while (!this.isSuspended && (this.credit === undefined || Credit.maySpend(this.credit))) {
      const next = this.waiting.shift()
      if (next === undefined) break
      this.sendNow(next.message, !next.isForgotten)
      if (next.isDetached) this.session.send({ _tag: "TaskDetach", task: next.message.task })
      this.tell(next, true)
    }
    this.isSending = false
  }

  /** Sees to what is said of a task that waits; whether it was. */
  private keeps(message: Message.ClientToScheduler): boolean {
    if (message._tag === "TaskCancel") {
      // Nobody sends again what was to be stopped (R39).
      this.kept?.delete(message.task)
      return this.withdraw(message.task)
    }
    const one = message._tag === "TaskDetach" ? this.waiting.get(message.task) : undefined
    if (one !== undefined) one.isDetached = true
    return one !== undefined
  }

  /** Answers the cancel of a task that waits; whether it did. */
  private withdraw(task: TaskNumber): boolean {
    const one = this.waiting.take(task)
    if (one === undefined) return false
    this.tell(one, false)
    const confirm = one.message.attempt === 0 ? neverStarted : lostBefore
    this.loop.defer(() => this.confirm({ ...confirm, task }))
    return true
  }

  private tell({ tellers }: WaitingTask, isSent: boolean): void {
    if (tellers === undefined) return
    // Read on the later turn: who has given up by then is not told.
    this.loop.defer(() => {
      for (const teller of tellers) teller(isSent)
    })
  }
}

/** How much may wait at a client. Throws a `RangeError` for what nobody can mean. */
export const lineBoundsOf = ({
  waitingTasksMax = 1_000_000,
  waitingBytesMax = 1_073_741_824,
}: Pick<ClientOptions, "waitingTasksMax" | "waitingBytesMax">): Credit.Amount => ({
  tasks: Checked.wholeFromZero("waitingTasksMax", waitingTasksMax),
  bytes: Checked.wholeFromOne("waitingBytesMax", waitingBytesMax),
})

const nothing: Credit.Amount = { tasks: 0, bytes: 0 }

const neverStarted: Omit<Message.TaskCancelConfirm, "task"> = {
  _tag: "TaskCancelConfirm",
  attempt: 0,
  worker: "",
  type: "canceled",
  how: "neverStarted",
  stopMs: 0,
}

/** Code of an attempt that was lost with its scheduler may still run. */
const lostBefore: Omit<Message.TaskCancelConfirm, "task"> = { ...neverStarted, how: "workerLost" }
