/**
 * Puts together what a process says by three ways: frames, and what is printed into its two streams.
 *
 * A frame that `meets` has its place among what is printed. It is carried out when both streams have
 * come to the mark that was written before it, and they go on when it has been. So the end of an attempt
 * is behind all that was printed before it, and nothing of one attempt is told as the next one's.
 *
 * - **G10** Of lines that are not taken no more are told than a process may be ahead by: what is not
 *   read holds whoever prints it. And in one turn no more are told than that, so that one that never stops
 *   printing delays nobody.
 */
import { leftOutLine, type Message } from "@scaler-ts/protocol"
import type { Readable } from "node:stream"
import type { Stream } from "./memberPrints.ts"
import type { ProcessForward } from "./processForward.ts"
import { FrameReader, fromProcess, type Head, meets, sources, textOf } from "./processFrames.ts"
import { type Leave, ProcessStream } from "./processStream.ts"
import { costMax, costOf } from "./threadFlow.ts"

export interface ProcessOutputSettings {
  readonly frames: Readable
  readonly printed: Readonly<Record<Stream, Readable>>
  readonly mark: Buffer
  readonly forward: Readonly<Record<Stream, ProcessForward>>
  /** How long a line may be, in characters. */
  readonly lineMax: number
  /** How long the body of a frame may be, and how room is made for it. */
  readonly bodyBytesMax: number
  readonly room: (bytes: number) => Uint8Array
  readonly onLine: (seq: number, line: string, from: Message.OutputSource) => void
  readonly onFrame: (head: Head, body: Uint8Array) => void
  /** What came is no frame, and nothing that follows can be understood. Called once. */
  readonly onGarbage: () => void
  /** All that it said has been told. Called once, last. */
  readonly onOver: () => void
}

interface Frame {
  readonly head: Head
  readonly body: Uint8Array
}

/**
 * What a process wrote before it ended is told within this time, in milliseconds. Then the rest is
 * counted, and as long after that it is somebody else who writes.
 */
const drainMs = 1_000

export class ProcessOutput {
  private readonly settings: ProcessOutputSettings
  private readonly streams: ReadonlyArray<ProcessStream>
  private readonly pending: Array<Frame> = []
  /** The attempt that what is printed is told of, if it is. */
  private seq = 0
  /** What lines cost that were told: those not taken, and those of this turn. */
  private untaken = 0
  private toldInTurn = 0
  private isFinishing = false
  /** Whether what is left is no longer told, only counted. */
  private isLate = false
  private isRunning = false
  private framesAreOver = false
  private isOver = false

  constructor(settings: ProcessOutputSettings) {
    this.settings = settings
    const { frames, printed, forward, mark } = settings
    const wake = (): void => this.run()
    const open = (from: Stream): ProcessStream =>
      new ProcessStream({ from, source: printed[from], forward: forward[from], mark, wake })
    this.streams = [open("stdout"), open("stderr")]
    this.readFrames(frames)
  }

  /** A line that was told has been taken. */
  taken(line: string): void {
    const wasFull = this.untaken >= costMax
    this.untaken -= costOf(line)
    if (wasFull && this.untaken < costMax) setImmediate(() => this.run())
  }

  /** Nobody of the process's group is left. All that they wrote is told; who fled is not waited for. */
  finish(): void {
    if (this.isFinishing) return
    this.isFinishing = true
    this.run()
    this.sweep()
    setTimeout(() => {
      this.isLate = true
      this.run()
    }, drainMs).unref()
    setTimeout(() => this.giveUp(), 2 * drainMs).unref()
  }

  private giveUp(): void {
    this.settings.frames.destroy()
    for (const stream of this.streams) stream.giveUp()
    this.run()
  }

  private readFrames(frames: Readable): void {
    const { bodyBytesMax, room } = this.settings
    const onFrame = (head: Head, body: Uint8Array): void => void this.pending.push({ head, body })
    const reader = new FrameReader({ bodyBytesMax, room, onFrame })
    frames.on("data", (chunk: Uint8Array) => {
      const isSound = reader.push(chunk)
      this.run()
      if (isSound) return
      frames.removeAllListeners("data").resume()
      this.settings.onGarbage()
    })
    frames.on("close", () => {
      this.framesAreOver = true
      this.run()
    })
    // A pipe that broke has an exit behind it, which says more.
    frames.on("error", () => {})
  }

  private run(): void {
    // Who is told a line may take it at once.
    if (this.isRunning || this.isOver) return
    this.isRunning = true
    while (this.step());
    this.isRunning = false
    if (this.pending.length > 0) return void this.settings.frames.pause()
    this.settings.frames.resume()
    if (this.framesAreOver && this.streams.every(({ isOver }) => isOver)) this.end()
  }

  private end(): void {
    this.isOver = true
    this.unlisten()
    this.settings.onOver()
  }

  /** Does the next thing that can be done. `false`: there is none. */
  private step(): boolean {
    for (const stream of this.streams) if (stream.step(this.leave)) return true
    const [frame] = this.pending
    if (frame !== undefined) return this.carryOut(frame)
    if (!this.framesAreOver || !this.streams.some(({ atMark }) => atMark)) return false
    // The process ended between its marks and the frame.
    this.pass()
    return true
  }

  private carryOut({ head, body }: Frame): boolean {
    const kind = head.kind & ~meets
    // What was printed before is on its way to where it goes.
    if (this.streams.some(({ isBusy }) => isBusy)) return false
    if (kind === fromProcess.log && this.leave === "wait") return false
    const isMeeting = kind !== head.kind
    if (isMeeting && !this.streams.every((stream) => stream.atMark || stream.isOver)) return false
    this.pending.shift()
    if (isMeeting) this.meet(kind, head.seq)
    if (kind === fromProcess.log) this.tell(head.seq, textOf(body), sources[head.index] ?? "log")
    else if (kind !== fromProcess.turn) this.settings.onFrame({ ...head, kind }, body)
    return true
  }

  /** Both streams are where the frame belongs. */
  private meet(kind: number, seq: number): void {
    if (kind === fromProcess.begun) this.listen(seq)
    else if (kind !== fromProcess.log && kind !== fromProcess.turn) this.unlisten()
    this.pass()
  }

  private listen(seq: number): void {
    this.seq = seq
    for (const stream of this.streams) {
      stream.listen(this.settings.lineMax, (line) => this.tell(seq, line, stream.from))
    }
  }

  private unlisten(): void {
    let leftOut = 0
    for (const stream of this.streams) {
      stream.unlisten()
      leftOut += stream.leftOut
      stream.leftOut = 0
    }
    if (leftOut > 0) this.tell(this.seq, leftOutLine(leftOut, "its process has ended"), "log")
  }

  private pass(): void {
    for (const stream of this.streams) stream.pass()
  }

  private get leave(): Leave {
    if (this.isLate) return "leaveOut"
    if (this.toldInTurn >= costMax) return "wait"
    if (this.untaken < costMax) return "tell"
    // The end of who never stops printing, and was killed, waits for nobody to take what is in the pipe.
    return this.isFinishing ? "leaveOut" : "wait"
  }

  private tell(seq: number, line: string, from: Message.OutputSource): void {
    const cost = costOf(line)
    if (this.toldInTurn === 0) setImmediate(() => this.nextTurn())
    this.toldInTurn += cost
    this.untaken += cost
    this.settings.onLine(seq, line, from)
  }

  private nextTurn(): void {
    this.toldInTurn = 0
    this.run()
  }

  /** Until nothing more comes in a whole turn: what is left in a pipe is read in the next one. */
  private sweep(): void {
    const reads = this.reads
    setImmediate(() => {
      if (this.isOver) return
      const isEmpty = reads === this.reads && this.streams.every(({ isHungry }) => isHungry)
      if (!isEmpty) return this.sweep()
      for (const stream of this.streams) stream.giveUp()
    })
  }

  private get reads(): number {
    return this.streams.reduce((sum, { reads }) => sum + reads, 0)
  }
}
