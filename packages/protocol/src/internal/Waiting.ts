/** Messages that have not left yet. */
import type { Limits } from "../Limits.ts"
import type { Message } from "../Message.ts"
import { bytesOf } from "./bytesOf.ts"
import { frameEnd } from "./frameEnd.ts"

export class Waiting<Out extends Message> {
  /** How long all of it is, in bytes, roughly; 0 where nobody counts. */
  bytes = 0
  /** How many of them the peer could begin with. */
  work = 0
  private messages: Array<Out> = []
  private readonly counts: boolean

  constructor(counts: boolean) {
    this.counts = counts
  }

  get isEmpty(): boolean {
    return this.messages.length === 0
  }

  add(message: Out): void {
    this.messages.push(message)
    if (isWork(message)) this.work++
    if (this.counts) this.bytes += bytesOf(message)
  }

  /** Leaves out what others make futile. */
  compact(compacted: (messages: Array<Out>) => Array<Out>): void {
    const { length } = this.messages
    this.messages = compacted(this.messages)
    if (this.messages.length < length) this.bytes = this.sum(this.messages)
  }

  /** Hands over frame by frame, in order, until `hand` takes no more. */
  handOver(limits: Limits, hand: (messages: ReadonlyArray<Out>, bytes: number) => boolean): void {
    const { messages } = this
    let over = 0
    while (over < messages.length) {
      const batch = messages.slice(over, frameEnd(messages, over, limits))
      const bytes = this.sum(batch)
      if (!hand(batch, bytes)) break
      over += batch.length
      this.bytes -= bytes
    }
    if (over === 0) return
    this.messages = messages.slice(over)
    this.work = this.messages.filter(isWork).length
  }

  clear(): void {
    this.messages = []
    this.bytes = this.work = 0
  }

  private sum(messages: ReadonlyArray<Out>): number {
    return this.counts ? messages.reduce((sum, one) => sum + bytesOf(one), 0) : 0
  }
}

/** Not what is only told: a start is left out where its end follows, and lines are for people. */
const isWork = ({ _tag }: Message): boolean =>
  _tag === "Task" || _tag === "TaskResult" || _tag === "TaskCancel" || _tag === "TaskCancelConfirm"
