/** The tasks that wait to be sent, first come first served; whoever is sent again goes before those that never were. */
import { type Message, NumberTable, type TaskNumber } from "@scaler-ts/protocol"

/** Is told, on a turn of its own, whether the task was sent or will never be. */
export type SentTeller = (isSent: boolean) => void

export interface WaitingTask {
  readonly message: Message.Task
  /** Whether it is to be detached as soon as it is sent. */
  isDetached: boolean
  /** Whether its future has ended, so that nobody wants it sent more than once. */
  isForgotten: boolean
  tellers: Set<SentTeller> | undefined
  before: WaitingTask | undefined
  after: WaitingTask | undefined
}

export class WaitingTasks {
  private readonly byNumber = new NumberTable<WaitingTask>()
  private first: WaitingTask | undefined
  private last: WaitingTask | undefined
  /** Who came back last: mostly the next has its place behind it. */
  private returned: WaitingTask | undefined
  /** How many bytes their inputs have. */
  bytes = 0

  get size(): number {
    return this.byNumber.size
  }

  get(task: TaskNumber): WaitingTask | undefined {
    return this.byNumber.get(task)
  }

  push(message: Message.Task): void {
    this.insert(message, this.last)
  }

  /** Puts a task back that had been sent, by its number. */
  pushBack(message: Message.Task): void {
    const { returned } = this
    const isAhead = returned !== undefined && returned.message.task < message.task
    let before = isAhead ? returned : undefined
    for (;;) {
      const next: WaitingTask | undefined = before === undefined ? this.first : before.after
      if (next === undefined || next.message.task > message.task) break
      before = next
    }
    this.returned = this.insert(message, before)
  }

  shift(): WaitingTask | undefined {
    return this.first === undefined ? undefined : this.take(this.first.message.task)
  }

  take(task: TaskNumber): WaitingTask | undefined {
    const one = this.byNumber.get(task)
    if (one === undefined) return undefined
    const { before, after } = one
    if (before === undefined) this.first = after
    else before.after = after
    if (after === undefined) this.last = before
    else after.before = before
    if (this.returned === one) this.returned = before
    this.byNumber.delete(task)
    this.bytes -= one.message.input.length
    return one
  }

  private insert(message: Message.Task, before: WaitingTask | undefined): WaitingTask {
    const after = before === undefined ? this.first : before.after
    const one: WaitingTask = {
      message,
      isDetached: false,
      isForgotten: false,
      tellers: undefined,
      before,
      after,
    }
    if (before === undefined) this.first = one
    else before.after = one
    if (after === undefined) this.last = one
    else after.before = one
    this.byNumber.set(message.task, one)
    this.bytes += message.input.length
    return one
  }
}
