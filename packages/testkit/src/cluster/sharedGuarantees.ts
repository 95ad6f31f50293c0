/** The guarantee that speaks of several futures of one task: G1. */
import type { Outcome } from "@scaler-ts/future"
import { about, type Violation, violation } from "./evidence.ts"
import type { Record } from "./Record.ts"
import type { FutureRecord } from "./records.ts"

/** G1: who has attached is told what everybody else is, or that there was nothing to attach to. */
export const sameEnd = (one: FutureRecord, { futures }: Record): ReadonlyArray<Violation> => {
  const [end] = one.ends
  const told = end === undefined ? undefined : wordOf(end.outcome)
  if (!one.isAttached || end === undefined || told === undefined) return []
  return futures.flatMap((other) => {
    const [otherEnd] = other.ends
    const otherTold = otherEnd === undefined ? undefined : wordOf(otherEnd.outcome)
    if (!isSameTask(one, other) || otherTold === undefined || otherTold === told) return []
    const what = `${about(one)} was told a ${told}, and ${about(other)} of the same task a ${otherTold}`
    return [violation("G1", end.at, what)]
  })
}

export const isSameTask = (one: FutureRecord, other: FutureRecord): boolean =>
  one.attempts === other.attempts

/** What an end was told by; `undefined` where nobody was told anything of the task. */
const wordOf = (outcome: Outcome<unknown>): "result" | "confirm" | undefined => {
  switch (outcome._tag) {
    case "Succeeded":
    case "Failed":
      return "result"
    case "Cancelled":
      return outcome.receipt?._tag === "Finished" ? "result" : "confirm"
    case "Lost":
      return outcome.error.reason === "workerDied" ? "result" : undefined
  }
}
