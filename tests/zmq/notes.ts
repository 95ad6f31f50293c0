/** What tasks have written of when they ran. */
import { linesOf } from "../../packages/worker/test/fixtures/processEvidence.ts"

export interface Notes {
  /** How often each was begun, by its number. */
  readonly begun: ReadonlyMap<number, number>
  /** Those that were begun while an attempt of theirs still ran elsewhere. */
  readonly atOnce: ReadonlyArray<string>
  /** Those that have not been seen to end, but for those of excused processes. */
  readonly running: ReadonlyArray<number>
}

/**
 * Reads a file of notes. `excused`: the processes that were killed, of which no attempt is seen to end, or
 * that stood still for so long that they may have been given up.
 */
export const notesOf = (file: string, excused: ReadonlySet<number> = new Set()): Notes => {
  const begun = new Map<number, number>()
  const atOnce: Array<string> = []
  const running = new Map<number, string>()
  for (const line of linesOf(file)) {
    const [word = "", what, , pid = ""] = line.split(" ")
    const number = Number(word)
    if (what === "ends") {
      if (running.get(number) === pid) running.delete(number)
      continue
    }
    const other = running.get(number)
    const isKnown = other !== undefined && ![other, pid].some((one) => excused.has(Number(one)))
    if (isKnown) atOnce.push(`${line}, and runs at ${other}`)
    running.set(number, pid)
    begun.set(number, (begun.get(number) ?? 0) + 1)
  }
  const left = [...running].filter(([, pid]) => !excused.has(Number(pid)))
  return { begun, atOnce, running: left.map(([number]) => number) }
}
