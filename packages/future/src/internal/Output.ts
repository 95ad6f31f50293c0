/**
 * What tasks say: told to whoever asked for it, and counted, so that workers may send as many lines more.
 *
 * A worker is told seldom, once for half a window, and on a turn of its own: by then all that came with
 * a batch of messages has been taken.
 */
import {
  type ClientSession,
  type Message,
  OutputWindow,
  type TaskNumber,
} from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { FutureEntry } from "./FutureEntry.ts"
import type { Teller } from "./Teller.ts"

/** The lines of one attempt that were taken and have not been told of. */
interface Credit {
  readonly task: TaskNumber
  readonly attempt: number
  lines: number
  bytes: number
  /** How many lines somebody has been told, or is to be, and has not taken. */
  untaken: number
  /** Nothing more comes of the attempt, so nobody is to be told. */
  isOver: boolean
}

export class Output {
  private readonly open = new Map<TaskNumber, Credit>()
  private readonly due = new Set<Credit>()
  /** Tasks that run on although nobody listens any more: each of their lines is taken when it comes. */
  private readonly forgotten = new Set<TaskNumber>()
  private readonly session: Pick<ClientSession, "send">
  private readonly loop: Loop.Loop
  private readonly teller: Teller

  constructor(session: Pick<ClientSession, "send">, loop: Loop.Loop, teller: Teller) {
    this.session = session
    this.loop = loop
    this.teller = teller
  }

  /** A line has come. */
  hear(message: Message.TaskLog, entry: FutureEntry | undefined): void {
    const { task, line, from } = message
    if (this.forgotten.has(task)) return this.add(this.creditOf(message), line)
    const onLog = entry?.hooks?.onLog
    if (entry === undefined || onLog === undefined) return
    const credit = this.creditOf(message)
    credit.untaken++
    this.teller.tell(
      entry,
      () => onLog(line, from),
      () => this.taken(credit, line),
    )
  }

  /** Nobody waits for what a task says any more, and it is to run on. */
  forget({ number, hooks }: FutureEntry): void {
    if (hooks?.onLog === undefined) return
    this.forgotten.add(number)
    const credit = this.open.get(number)
    if (credit === undefined) return
    credit.lines += credit.untaken
    if (credit.lines > 0) this.tellSoon(credit)
  }

  /** Nothing more comes of a task. */
  ended(task: TaskNumber): void {
    this.forgotten.delete(task)
    this.close(task)
  }

  /** Nothing more comes of anything. */
  clear(): void {
    this.forgotten.clear()
    for (const task of this.open.keys()) this.close(task)
  }

  private close(task: TaskNumber): void {
    const credit = this.open.get(task)
    if (credit === undefined) return
    credit.isOver = true
    this.open.delete(task)
  }

  private creditOf({ task, attempt }: Message.TaskLog): Credit {
    const known = this.open.get(task)
    if (known?.attempt === attempt) return known
    this.close(task)
    const counts = { lines: 0, bytes: 0, untaken: 0 }
    const made: Credit = { task, attempt, ...counts, isOver: false }
    this.open.set(task, made)
    return made
  }

  /** A line has been taken, maybe long after it was told. */
  private taken(credit: Credit, line: string): void {
    if (this.forgotten.has(credit.task)) return
    credit.untaken--
    this.add(credit, line)
  }

  private add(credit: Credit, line: string): void {
    credit.lines++
    credit.bytes += OutputWindow.bytesOf(line)
    const { creditMin } = OutputWindow
    if (credit.lines >= creditMin.lines || credit.bytes >= creditMin.bytes) this.tellSoon(credit)
  }

  private tellSoon(credit: Credit): void {
    if (this.due.size === 0) this.loop.defer(this.tellDue)
    this.due.add(credit)
  }

  private readonly tellDue = (): void => {
    for (const credit of this.due) {
      const { task, attempt, lines } = credit
      credit.lines = credit.bytes = 0
      if (!credit.isOver) this.session.send({ _tag: "TaskLogTaken", task, attempt, lines })
    }
    this.due.clear()
  }
}
