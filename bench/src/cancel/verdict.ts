/**
 * Whether a caller was told the truth: one rule, for every system.
 *
 * A caller who is told that a task is cancelled, or how it ended, has been lied to when
 *
 * 1. it went on: a sign of life is later than the telling. Of the function, of its cleanup, of a
 *    process that it started, of another attempt.
 * 2. it had finished: the caller was told that it is cancelled, and the function had returned before
 *    that, so that there was a value.
 *
 * Who is told that nothing is known is not lied to.
 */
import type { Kind, Mark } from "./evidence.ts"
import type { Told } from "./System.ts"

export interface Observation {
  /** When the caller asked, and when he was told; by the clock of the marks. */
  readonly askedMs: number
  readonly toldMs: number
  readonly told: Told
  /** Everything that the task left, looked at when nothing more could come. */
  readonly marks: ReadonlyArray<Mark>
}

export interface Verdict {
  /** The rule that was broken. */
  readonly lie: "went on" | "had finished" | undefined
  /** The last sign of life, in milliseconds from the cancel. Undefined: there was none at all. */
  readonly stoppedMs: number | undefined
  /** How often the function was called. */
  readonly runs: number
  /** Who got to the end: the function, or only the process that it had started. */
  readonly gotToEnd: "function" | "child" | "none"
}

export const judge = ({ askedMs, toldMs, told, marks }: Observation): Verdict => {
  const lastMs = Math.max(...marks.map(({ atMs }) => atMs))
  return {
    lie: lieIn(told.claim, marks, toldMs),
    stoppedMs: marks.length === 0 ? undefined : lastMs - askedMs,
    runs: marks.filter(({ kind }) => kind === "began").length,
    gotToEnd: has(marks, "returned") ? "function" : has(marks, "wrote") ? "child" : "none",
  }
}

const has = (marks: ReadonlyArray<Mark>, wanted: Kind): boolean =>
  marks.some(({ kind }) => kind === wanted)

const lieIn = (
  claim: Told["claim"],
  marks: ReadonlyArray<Mark>,
  toldMs: number,
): Verdict["lie"] => {
  if (claim === "unknown") return undefined
  if (marks.some(({ atMs }) => atMs > toldMs)) return "went on"
  return claim === "cancelled" && has(marks, "returned") ? "had finished" : undefined
}
