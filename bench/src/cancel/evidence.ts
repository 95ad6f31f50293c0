/**
 * The evidence a task leaves in a file of its own: one line for each sign of life, with its time.
 *
 * Written by the task and by the processes it starts, and read from outside. No system that runs the
 * task has a hand in it.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import process from "node:process"

/**
 * What a sign of life says.
 *
 * - `began`: the function was called
 * - `alive`: the function, or its cleanup, still runs
 * - `returned`: the function has its value, and does nothing but return it
 * - `child`: a process that the function has started runs
 * - `wrote`: that process has done what it was started for
 */
const kinds = ["began", "alive", "returned", "child", "wrote"] as const
export type Kind = (typeof kinds)[number]

export interface Mark {
  readonly kind: Kind
  /** By the machine's own clock, which all its processes and threads share; milliseconds. */
  readonly atMs: number
}

/** Now, by the clock of the marks. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** The time is taken before the line is written: no mark is later than what it tells of. */
export const leave = (file: string, kind: Kind): void =>
  appendFileSync(file, `${kind} ${nowMs()}\n`)

export const marksIn = (file: string): ReadonlyArray<Mark> =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").flatMap(markIn) : []

/** A writer that is killed may leave half a line, or one without its end. */
const markIn = (line: string): ReadonlyArray<Mark> => {
  const [name, at = ""] = line.split(" ")
  const kind = kinds.find((known) => known === name)
  const atMs = Number.parseFloat(at)
  return kind === undefined || Number.isNaN(atMs) ? [] : [{ kind, atMs }]
}
