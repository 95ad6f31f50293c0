/** What a client is told is what happened: values, errors and the ways of stopping (G2, G5). */
import type { Outcome, Receipt, Stopped } from "@scaler-ts/future"
import { Values } from "@scaler-ts/protocol"
import type { Rest } from "./Rest.ts"
import { about, nameOf, receiptsOf, type Violation, violation } from "./evidence.ts"
import type { AttemptRecord, FutureRecord } from "./records.ts"

export const told = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => [
  ...one.ends.flatMap(({ at, outcome }) => {
    const wrong = wrongEnd(one, outcome) ?? wrongLoss(one, outcome, rest)
    return wrong === undefined ? [] : [violation("G5", at, `${about(one)} ${wrong}`)]
  }),
  ...receiptsOf(one).flatMap(({ at, receipt }) => {
    const wrong = wrongResult(one, receipt)
    if (wrong !== undefined) return [violation("G5", at, `${about(one)} ${wrong}`)]
    const lie = receipt._tag === "Stopped" ? wrongStop(one, receipt) : undefined
    return lie === undefined ? [] : [violation("G2", at, `${about(one)} ${lie}`)]
  }),
]

const wrongEnd = (one: FutureRecord, outcome: Outcome<unknown>): string | undefined => {
  switch (outcome._tag) {
    case "Succeeded":
      return wrongValue(one, outcome.value)
    case "Failed":
      return outcome.error._tag === "TaskFailed" ? wrongFailure(one) : undefined
    case "Cancelled":
    case "Lost":
      return undefined
  }
}

/** A result that raced a cancel is told by its receipt. */
const wrongResult = (one: FutureRecord, receipt: Receipt<unknown>): string | undefined =>
  receipt._tag === "Finished" && receipt.exit._tag === "Success"
    ? wrongValue(one, receipt.exit.value)
    : undefined

const wrongValue = (one: FutureRecord, value: unknown): string | undefined => {
  const isTrue = one.attempts.some(
    ({ result }) => result?.ok === true && isSame(result.payload, Values.encode(value)),
  )
  return isTrue ? undefined : `has the value ${Values.shown(value)}, which no attempt returned`
}

/** Nobody ran a task that no worker knows, and a refused one may stop late: that is a failure, too. */
const wrongFailure = ({ attempts }: FutureRecord): string | undefined => {
  const isTrue = ({ how, result }: AttemptRecord): boolean =>
    how === "stopped" || (how === "returned" && result?.ok === false)
  return attempts.length === 0 || attempts.some(isTrue)
    ? undefined
    : "failed, although no attempt of it did"
}

const wrongStop = (one: FutureRecord, receipt: Stopped): string | undefined => {
  const { worker, attempt, how, stopMs } = receipt
  const its = one.attempts.find((a) => a.worker === worker && a.number === attempt)
  if (its === undefined) return undefined
  const isTrue =
    how === "unknown" ||
    (how === "never-started" && its.began === undefined) ||
    (how === "cooperative" && its.how === "stopped") ||
    (how === "killed" && its.how === "exited")
  if (isTrue && (how === "unknown" || stopMs === its.stopMs)) return undefined
  if (isTrue) {
    return `was Stopped after ${stopMs} ms, but ${nameOf(its)} took ${its.stopMs} ms to stop`
  }
  return `was Stopped, ${how}, but ${nameOf(its)} ${its.began === undefined ? "never began" : `has ${its.how ?? "not ended"}`}`
}

/** A connection that nobody cut ends only when one side breaks the protocol. */
const wrongLoss = (
  { client, parent }: FutureRecord,
  outcome: Outcome<unknown>,
  { harmed }: Rest,
): string | undefined =>
  outcome._tag === "Lost" &&
  // With the end of its parent nobody hears of a child any more.
  parent?.how === undefined &&
  outcome.error.reason === "connectionLost" &&
  !harmed.has(client) &&
  !harmed.has("scheduler")
    ? `is lost with a connection that nobody cut: ${outcome.error.message}`
    : undefined

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])
