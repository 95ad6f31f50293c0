/** What is printed by a process and all that it starts, into one of its two streams: text, and marks in it. */
import type { Readable } from "node:stream"
import { PrintedLines } from "../lines.ts"
import type { Stream } from "./memberPrints.ts"
import type { ProcessForward } from "./processForward.ts"
import { begunMark } from "./processMark.ts"

export interface ProcessStreamSettings {
  readonly from: Stream
  readonly source: Readable
  readonly mark: Buffer
  /** Where what nobody wants to be told goes. */
  readonly forward: ProcessForward
  /** Called when there may be more to do. */
  readonly wake: () => void
}

/** What may be done with a line: told at once, told later, or never. */
export type Leave = "tell" | "wait" | "leaveOut"

export class ProcessStream {
  readonly from: Stream
  private readonly settings: ProcessStreamSettings
  /** What has been read and not been dealt with: text from `at` to `textEnd`, and a mark behind it if `isMarked`. */
  private chunk: Buffer = Buffer.alloc(0)
  private at = 0
  private textEnd = 0
  private isMarked = false
  private isForwarding = false
  private isClosed = false
  /** Tells somebody what is printed. */
  private listening: PrintedLines | undefined
  /** Whether it stands at a mark, and waits for `pass`. */
  atMark = false
  /** How many lines were left out. */
  leftOut = 0
  /** How often something has been read. */
  reads = 0

  constructor(settings: ProcessStreamSettings) {
    const { from, source, wake } = settings
    this.settings = settings
    this.from = from
    source.on("readable", wake)
    source.on("close", () => {
      this.isClosed = true
      wake()
    })
    // What broke is closed next.
    source.on("error", () => {})
  }

  /** Whether nothing comes any more. */
  get isOver(): boolean {
    return this.isClosed && this.isHungry && this.at === this.chunk.length
  }

  /** Whether all that has been read has been dealt with. */
  get isHungry(): boolean {
    return this.at === this.textEnd && !this.isMarked && !this.atMark && !this.isForwarding
  }

  get isBusy(): boolean {
    return this.isForwarding
  }

  /** From here on lines are told. */
  listen(lineMax: number, tell: (line: string) => void): void {
    this.listening = new PrintedLines(lineMax, tell)
  }

  /** Tells the line that has no end yet. What comes next is forwarded. */
  unlisten(): void {
    const { listening } = this
    this.listening = undefined
    listening?.end()
  }

  /** Goes on behind the mark. */
  pass(): void {
    if (!this.atMark) return
    this.atMark = false
    this.find()
  }

  /** Goes on by a line or a piece of one. `false`: it cannot, or may not because that would tell a line. */
  step(leave: Leave): boolean {
    if (this.atMark || this.isForwarding) return false
    if (this.at < this.textEnd) return this.take(leave)
    if (!this.isMarked) return this.load()
    this.at += this.settings.mark.length
    this.textEnd = this.at
    this.isMarked = false
    this.atMark = true
    return true
  }

  /** Waits for nobody who could still write, nor for what is being forwarded. */
  giveUp(): void {
    this.settings.source.destroy()
    this.isForwarding = false
  }

  private take(leave: Leave): boolean {
    const { chunk, at, textEnd, listening } = this
    if (listening === undefined) {
      this.at = textEnd
      this.forward(chunk.subarray(at, textEnd))
      return true
    }
    const lineEnd = chunk.indexOf("\n", at) + 1
    const hasLine = lineEnd > 0 && lineEnd <= textEnd
    if (hasLine && leave === "wait") return false
    this.at = hasLine ? lineEnd : textEnd
    if (hasLine && leave === "leaveOut") {
      this.leftOut++
      return true
    }
    listening.write(chunk.subarray(at, this.at))
    return true
  }

  private forward(bytes: Buffer): void {
    this.isForwarding = true
    this.settings.forward.write(bytes, () => {
      this.isForwarding = false
      this.settings.wake()
    })
  }

  private load(): boolean {
    const read: Buffer | null = this.settings.source.read()
    const left = this.chunk.subarray(this.at)
    if (read !== null) {
      this.reads++
      this.chunk = left.length === 0 ? read : Buffer.concat([left, read])
      this.at = 0
      this.find()
      return true
    }
    if (!this.isClosed || left.length === 0) return false
    // The beginning of a mark, and nobody is left to write its end.
    this.textEnd = this.chunk.length
    return true
  }

  private find(): void {
    const { chunk, at } = this
    const { mark } = this.settings
    const found = chunk.indexOf(mark, at)
    this.isMarked = found >= 0
    this.textEnd = this.isMarked ? found : chunk.length - begunMark(chunk.subarray(at), mark)
  }
}
