/**
 * The terminal as a whole screen: takes it, draws lines and hears keys, and gives it back as it was, whatever happens.
 */
import { emitKeypressEvents } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { type Key, keyOf, type Keypress } from "./keys.ts"

export type TopInput = Readable & {
  readonly isTTY?: boolean
  readonly setRawMode?: (isRaw: boolean) => unknown
}

export type TopOutput = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface ScreenListener {
  readonly onKey: (key: Key) => void
  /** What was drawn is gone, or not what fits any more. */
  readonly onRedraw: () => void
  /** The terminal is gone, or nobody is at it any more. */
  readonly onGone: () => void
}

// Another page of the terminal, without a cursor; without wrapping, so that a character whose width a
// terminal judges otherwise cannot push lines about.
const take = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[2J"
const giveBack = "\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l"

/** Terminals that know it show what is between at once; the others ignore it. */
const together = (text: string): string => `\u001b[?2026h${text}\u001b[?2026l`

/** Where a terminal does not know its size, or says that it has none. */
const columnsDefault = 80
const rowsDefault = 24

export class Screen {
  private readonly input: TopInput
  private readonly output: TopOutput
  private readonly listener: ScreenListener
  /** What can be seen, by its lines; empty: nobody knows. */
  private seen: ReadonlyArray<string> = []
  private isTaken = false
  private isClosed = false

  /** Takes the terminal. `close` gives it back, and so does the end of the process. */
  constructor(input: TopInput, output: TopOutput, listener: ScreenListener) {
    this.input = input
    this.output = output
    this.listener = listener
    emitKeypressEvents(input)
    input.on("keypress", this.heard)
    input.on("end", listener.onGone)
    input.on("error", listener.onGone)
    output.on("resize", this.changed)
    output.on("drain", listener.onRedraw)
    process.on("SIGTSTP", this.stop)
    process.on("SIGCONT", this.goOn)
    process.on("SIGHUP", listener.onGone)
    process.once("exit", this.leave)
    this.enter()
  }

  get width(): number {
    return this.output.columns || columnsDefault
  }

  get height(): number {
    return this.output.rows || rowsDefault
  }

  /** Draws what has changed. Leaves it out where the terminal is behind: it is asked for again when that is over. */
  draw(lines: ReadonlyArray<string>): void {
    if (!this.isTaken || this.output.writableNeedDrain) return
    let changes = ""
    for (const [index, line] of lines.entries()) {
      // Cleared before and not after: after a full line the cursor stands on its last column.
      if (line !== this.seen[index]) changes += `\u001b[${index + 1};1H\u001b[2K${line}`
    }
    this.seen = lines
    if (changes !== "") this.output.write(together(changes))
  }

  /** Does what Ctrl-Z does where nobody reads it as a key: to all processes of the job. */
  suspend(): void {
    // There are no jobs on Windows.
    if (process.platform !== "win32") process.kill(0, "SIGTSTP")
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    const { input, listener, output } = this
    input.off("keypress", this.heard)
    input.off("end", listener.onGone)
    input.off("error", listener.onGone)
    output.off("resize", this.changed)
    output.off("drain", listener.onRedraw)
    process.off("SIGTSTP", this.stop)
    process.off("SIGCONT", this.goOn)
    process.off("SIGHUP", listener.onGone)
    process.off("exit", this.leave)
    this.leave()
    input.pause()
  }

  private enter(): void {
    this.input.setRawMode?.(true)
    this.input.resume()
    this.output.write(take)
    this.isTaken = true
    this.seen = []
  }

  private readonly leave = (): void => {
    if (!this.isTaken) return
    this.isTaken = false
    this.input.setRawMode?.(false)
    this.output.write(giveBack)
  }

  private readonly heard = (text: string | undefined, press: Keypress): void => {
    const key = keyOf(text, press)
    if (key !== undefined) this.listener.onKey(key)
  }

  private readonly changed = (): void => {
    this.seen = []
    if (this.isTaken) this.output.write("\u001b[2J")
    this.listener.onRedraw()
  }

  private readonly stop = (): void => {
    this.leave()
    // By the signal's own action: that leaves a process running which no shell could wake again.
    process.off("SIGTSTP", this.stop)
    process.kill(process.pid, "SIGTSTP")
    setImmediate(() => {
      if (this.isClosed) return
      process.on("SIGTSTP", this.stop)
      this.goOn()
    })
  }

  private readonly goOn = (): void => {
    // Whoever had the terminal meanwhile may have changed it, which Node does not know.
    this.input.setRawMode?.(false)
    if (this.isTaken) this.input.setRawMode?.(true)
    else this.enter()
    this.changed()
  }
}
