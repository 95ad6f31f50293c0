/** Text as lines that a client may be sent. */
import type { Limits, Line } from "@scaler-ts/protocol"

/**
 * How long a line may be, in characters. In UTF-8 a character takes three bytes at most, and the
 * sentence behind a line that was cut fits in, too. A longer one would end the session, and every task
 * with it (G10).
 */
export const lineMaxOf = ({ textBytesMax }: Limits): number => Math.floor(textBytesMax / 4)

/** More than the sentence behind a line that was cut has, in characters. */
const cutMax = 40

/** A line, or its beginning and how much is missing. One that has been cut is not cut again. */
export const shortened = (line: string, lineMax: number): string =>
  line.length <= lineMax + cutMax ? line : cut(line.slice(0, lineMax), line.length - lineMax)

const cut = (line: string, more: number): string => `${line}… (${more} more characters)`

/** Takes text as it comes and tells the lines in it. Of a line that is too long no more than fits is kept. */
export class Lines {
  private line = ""
  /** How many characters of it are missing. */
  private more = 0
  private readonly lineMax: number
  private readonly tell: (line: string) => void

  constructor(lineMax: number, tell: (line: string) => void) {
    this.lineMax = lineMax
    this.tell = tell
  }

  write(text: string): void {
    let from = 0
    for (let to = text.indexOf("\n"); to >= 0; to = text.indexOf("\n", from)) {
      this.add(text.slice(from, to))
      this.end()
      from = to + 1
    }
    this.add(text.slice(from))
  }

  /** Tells the line that has no end yet, if there is any of it. */
  flush(): void {
    if (this.line !== "" || this.more > 0) this.end()
  }

  private add(text: string): void {
    const room = this.lineMax - this.line.length
    this.line += text.slice(0, room)
    this.more += Math.max(0, text.length - room)
  }

  private end(): void {
    const { line, more } = this
    this.line = ""
    this.more = 0
    if (more > 0) this.tell(cut(line, more))
    else this.tell(line.endsWith("\r") ? line.slice(0, -1) : line)
  }
}

/** Takes what is printed as it comes, cut anywhere, and tells the lines in it. */
export class PrintedLines {
  private readonly decoder = new TextDecoder()
  private readonly lines: Lines

  constructor(lineMax: number, tell: (line: string) => void) {
    this.lines = new Lines(lineMax, tell)
  }

  write(bytes: Uint8Array): void {
    this.lines.write(this.decoder.decode(bytes, { stream: true }))
  }

  /** Tells the line that has no end yet, if there is any of it. */
  end(): void {
    this.lines.write(this.decoder.decode())
    this.lines.flush()
  }
}

/** What the client of an attempt is told whose children have not all been seen to end. */
export const leftBehind = (left: number): Line => ({
  line: `… ${left === 1 ? "a task" : `${left} tasks`} that it had submitted may still run: nobody has confirmed the stop`,
  from: "log",
})
