/** What tasks have written of when they ran. */
import { appendFileSync } from "node:fs"
import { linesOf } from "../../packages/worker/test/fixtures/processEvidence.ts"

export interface Notes {
  /** How often each was begun, by its number. */
  readonly begun: ReadonlyMap<number, number>
  /** Those that were begun while an attempt of theirs still ran elsewhere. */
  readonly atOnce: ReadonlyArray<string>
  /** Those that have not been seen to end, but for those of excused processes. */
  readonly running: ReadonlyArray<number>
  /** Receipts that said of one that it had stopped, when an attempt of it had not ended, or another was begun later. */
  readonly lies: ReadonlyArray<string>
}

/** Writes between what tasks write that a receipt has just said that one has stopped. */
export const noteStopped = (file: string, number: number): void =>
  appendFileSync(file, `${number} stopped\n`)

/**
 * Reads a file of notes. `excused`: the processes that were killed, of which no attempt is seen to end, or
 * that stood still for so long that they may have been given up.
 */
export const notesOf = (file: string, excused: ReadonlySet<number> = new Set()): Notes => {
  const begun = new Map<number, number>()
  const ended = new Map<number, number>()
  const stopped = new Set<number>()
  const [atOnce, lies]: [Array<string>, Array<string>] = [[], []]
  const running = new Map<number, string>()
  for (const line of linesOf(file)) {
    const [word = "", what, , pid = ""] = line.split(" ")
    const number = Number(word)
    if (what === "ends") {
      ended.set(number, (ended.get(number) ?? 0) + 1)
      if (running.get(number) === pid) running.delete(number)
      continue
    }
    if (what === "stopped") {
      stopped.add(number)
      if (begun.get(number) !== ended.get(number)) lies.push(`${line}, and runs`)
      continue
    }
    if (stopped.has(number)) lies.push(`${line}, and had stopped`)
    const other = running.get(number)
    const isKnown = other !== undefined && ![other, pid].some((one) => excused.has(Number(one)))
    if (isKnown) atOnce.push(`${line}, and runs at ${other}`)
    running.set(number, pid)
    begun.set(number, (begun.get(number) ?? 0) + 1)
  }
  const left = [...running].filter(([, pid]) => !excused.has(Number(pid)))
  return { begun, atOnce, lies, running: left.map(([number]) => number) }
}
