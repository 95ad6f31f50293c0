/**
 * What JavaScript prints in a thread, as lines of the attempt that runs there.
 *
 * A thread runs one attempt at a time, so whatever is written to `process.stdout` and
 * `process.stderr` meanwhile, by `console` too, is that attempt's. What goes past them, such as native
 * code, child processes and `fs.writeSync`, is not seen: it goes to the streams of the worker, which
 * all threads share. Of a process all is seen, see `ProcessPrints`.
 */
import { Buffer } from "node:buffer"
import process from "node:process"
import type { Limits, Message } from "@scaler-ts/protocol"
import { lineMaxOf, PrintedLines } from "../lines.ts"

type Tell = (line: string, from: Message.OutputSource) => void
export type Stream = "stdout" | "stderr"

export class MemberPrints {
  private readonly lineMax: number
  private open: Readonly<Record<Stream, PrintedLines>> | undefined
  private isWatching = false

  constructor(limits: Limits) {
    this.lineMax = lineMaxOf(limits)
  }

  /** From now on what is printed is told, until `end`. */
  begin(tell: Tell): void {
    const printing = (from: Stream): PrintedLines =>
      new PrintedLines(this.lineMax, (line) => tell(line, from))
    this.open = { stdout: printing("stdout"), stderr: printing("stderr") }
    // Not before anybody wants it: until then the streams are left as they are.
    if (this.isWatching) return
    this.isWatching = true
    watchStreams((stream, bytes) => this.print(stream, bytes))
  }

  /** Tells the lines that have no end yet. What is printed afterwards goes where it would go anyway. */
  end(): void {
    const { open } = this
    this.open = undefined
    open?.stdout.end()
    open?.stderr.end()
  }

  private print(stream: Stream, bytes: Uint8Array): boolean {
    const printing = this.open?.[stream]
    printing?.write(bytes)
    return printing !== undefined
  }
}

/** Takes what is written to a stream. `false`: it does not, and the stream itself is to have it. */
type Take = (stream: Stream, bytes: Uint8Array) => boolean

/** From now on what JavaScript writes to `process.stdout` and `process.stderr` is offered to `take`. */
export const watchStreams = (take: Take): void => {
  watchStream("stdout", take)
  watchStream("stderr", take)
}

const watchStream = (name: Stream, take: Take): void => {
  const stream = process[name]
  const write = stream.write.bind(stream)
  const watched = (chunk: unknown, ...rest: ReadonlyArray<unknown>): boolean => {
    const [encoding] = rest
    const bytes = typeof chunk === "string" ? bytesOf(chunk, encoding) : chunk
    // As it was called: what is wrong with it is for the stream to say.
    if (!(bytes instanceof Uint8Array) || !take(name, bytes)) {
      return Reflect.apply(write, stream, [chunk, ...rest])
    }
    const done = rest.find((argument) => typeof argument === "function")
    if (done !== undefined) process.nextTick(done)
    return true
  }
  Reflect.set(stream, "write", watched)
}

const bytesOf = (text: string, encoding: unknown): Uint8Array =>
  typeof encoding === "string" && Buffer.isEncoding(encoding)
    ? Buffer.from(text, encoding)
    : Buffer.from(text)
