/** What a command writes, and where: its result to stdout, everything else to stderr. */
import { inspect } from "node:util"
import type { Progress } from "./progress.ts"
import { coloured, isAnimated, isColoured, type Paint, plain, printable } from "./stream.ts"

/** Raised when a field of `--json` changes its meaning or goes; new fields do not raise it. */
export const schemaVersion = 1

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
  /** With `--log-level debug`. */
  readonly showsStacks?: boolean
}

export class Output {
  readonly json: boolean
  readonly quiet: boolean
  /** For stdout. */
  readonly paint: Paint
  readonly color: boolean
  private readonly showsStacks: boolean
  /** At first there is "starting …", see main.ts. */
  private isLineOpen: boolean
  /** What draws in the last line of the terminal by itself. */
  private progress: Pick<Progress, "hide"> | undefined

  constructor({ color, json, quiet, showsStacks = false }: OutputOptions) {
    this.showsStacks = showsStacks
    this.json = json
    this.quiet = quiet
    this.color = color
    this.isLineOpen = !quiet && isAnimated(process.stderr, process.env)
    this.paint = color && isColoured(process.stdout, process.env) ? coloured : plain
  }

  /** A line of the result, for people. */
  line(text: string): void {
    if (this.json) return
    this.makeRoom()
    process.stdout.write(`${text}\n`)
  }

  /** A line of the result, with `--json`. */
  record(type: string, fields: Readonly<Record<string, unknown>>): void {
    if (!this.json) return
    this.makeRoom()
    process.stdout.write(`${recordText(type, fields)}\n`)
  }

  /** Something that it is good to know; `--quiet` leaves it out. */
  say(text: string): void {
    if (!this.quiet) this.warn(text)
  }

  /** Something that has to be known. */
  warn(text: string): void {
    this.clear()
    process.stderr.write(`scaler-ts: ${text}\n`)
  }

  /** The stacks of an error that was told of, where they are asked for. */
  stacks(error: unknown): void {
    if (this.showsStacks) process.stderr.write(`${inspect(error)}\n`)
  }

  /** A line of stderr that the next one overwrites; on a terminal only. */
  passing(text: string): void {
    if (this.quiet || !isAnimated(process.stderr, process.env)) return
    const width = (process.stderr.columns ?? 80) - 1
    process.stderr.write(`\r\u001b[K${printable(text).slice(0, width)}`)
    this.isLineOpen = true
  }

  /** Takes such a line away, and what moves there. */
  clear(): void {
    if (this.isLineOpen) process.stderr.write("\r\u001b[K")
    this.isLineOpen = false
    this.progress?.hide()
  }

  /** From now on takes away what draws in the last line, before it writes there itself. */
  goAround(progress: Pick<Progress, "hide">): void {
    this.clear()
    this.progress = progress
  }

  /** To be called before a line of stdout. In a file or a pipe it takes nobody's place, and what moves may stay. */
  makeRoom(): void {
    if (this.isLineOpen || process.stdout.isTTY) this.clear()
  }
}

export const recordText = (type: string, fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ version: schemaVersion, type, ...fields })
