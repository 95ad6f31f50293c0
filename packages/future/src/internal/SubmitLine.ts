/**
 * Where tasks wait that the scheduler takes no more of, between the client's table and its session.
 *
 * First come, first served, and by the credit that the scheduler gives: without any given so far nothing
 * waits. A cancel never waits here, and nothing of what is sent already. Whose task has not left yet is answered on the spot, as the scheduler
 * would answer: it never started, and nobody is told of it.
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

/** Is told, on a turn of its own, whether the task was sent or will never be. */
type Teller = (isSent: boolean) => void

interface Waiting {
  readonly message: Message.Task
  /** Whether it is to be detached as soon as it is sent. */
  isDetached: boolean
  tellers: Set<Teller> | undefined
}

export class SubmitLine implements Pick<ClientSession, "send"> {
  /** What may still be sent; `undefined` while the scheduler has not said. */
  private credit: Credit.Amount | undefined
  /** By the tasks' numbers, which grow. */
  private readonly waiting = new NumberTable<Waiting>()
  private first: TaskNumber = 0
  /** How many bytes of inputs wait. */
  private bytes = 0
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
    return this.waiting.size === 0 && (this.credit === undefined || Credit.maySpend(this.credit))
  }

  /** Whether one more task may be sent, or wait here. */
  get hasPlace(): boolean {
    const { tasks, bytes } = this.bounds
    return this.isOpen || (this.size < tasks && this.bytes < bytes)
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
    // Within a task a child may end, and give its credit back, while it is sent.
    if (this.isSending) return
    this.isSending = true
    while (Credit.maySpend(this.credit) && this.waiting.size > 0) {
      const next = this.take(this.first++)
      if (next === undefined) continue
      this.sendNow(next.message, this.credit)
      if (next.isDetached) this.session.send({ _tag: "TaskDetach", task: next.message.task })
      this.tell(next, true)
    }
    this.isSending = false
  }

  isWaiting(task: TaskNumber): boolean {
    return this.waiting.size > 0 && this.waiting.get(task) !== undefined
  }

  /**
   * Calls back when a task has been sent, or never will be, because it was cancelled or nothing more is
   * sent: at once where it does not wait. The returned function takes that back.
   */
  whenSent(task: TaskNumber, teller: Teller): () => void {
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
    while (this.waiting.size > 0) {
      const one = this.take(this.first++)
      if (one !== undefined) this.tell(one, false)
    }
  }

  private submit(message: Message.Task): void {
    const { credit } = this
    if (credit === undefined) return this.session.send(message)
    if (this.isOpen) return this.sendNow(message, credit)
    if (this.waiting.size === 0) this.first = message.task
    this.waiting.set(message.task, { message, isDetached: false, tellers: undefined })
    this.bytes += message.input.length
  }

  private sendNow(message: Message.Task, credit: Credit.Amount): void {
    this.credit = Credit.spent(credit, message.input.length)
    this.session.send(message)
  }

  /** Sees to what is said of a task that waits; whether it was. */
  private keeps(message: Message.ClientToScheduler): boolean {
    if (message._tag === "TaskCancel") return this.withdraw(message.task)
    const one = message._tag === "TaskDetach" ? this.waiting.get(message.task) : undefined
    if (one !== undefined) one.isDetached = true
    return one !== undefined
  }

  /** Answers the cancel of a task that waits; whether it did. */
  private withdraw(task: TaskNumber): boolean {
    if (!this.isWaiting(task)) return false
    const one = this.take(task)
    if (one !== undefined) this.tell(one, false)
    this.loop.defer(() => this.confirm({ ...neverStarted, task }))
    return true
  }

  private take(task: TaskNumber): Waiting | undefined {
    const one = this.waiting.get(task)
    if (one === undefined) return undefined
    this.waiting.delete(task)
    this.bytes -= one.message.input.length
    return one
  }

  private tell({ tellers }: Waiting, isSent: boolean): void {
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
