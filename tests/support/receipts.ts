/** The receipts a test expects, in one word each. */
import type { Outcome, Receipt, StoppedHow } from "@scaler-ts/future"
import * as Exit from "effect/Exit"

/** Confirmed by the hand-driven scheduler's worker, or by the one named. */
export const stopped = (how: StoppedHow = "cooperative", worker = "w"): Receipt<never> => ({
  _tag: "Stopped",
  how,
  worker,
  attempt: 1,
  stopMs: 0,
  cancelled: true,
})

/** Confirmed before any attempt was sent to a worker. */
export const neverStarted: Receipt<never> = {
  _tag: "Stopped",
  how: "never-started",
  worker: "",
  attempt: 0,
  stopMs: 0,
  cancelled: true,
}

/** A receipt as a test can expect it: how long it really took to stop is left out. */
export const untimed = <A>(receipt: Receipt<A>): Receipt<A> =>
  receipt._tag === "Stopped" ? { ...receipt, stopMs: 0 } : receipt

export const finished = <A>(value: A, cancelled = true): Receipt<A> => ({
  _tag: "Finished",
  exit: Exit.succeed(value),
  cancelled,
})

export const workerLost = (worker = "w"): Receipt<never> => ({
  _tag: "WorkerLost",
  worker,
  cancelled: true,
})

export const notFound: Receipt<never> = { _tag: "NotFound", cancelled: true }

export const refused: Receipt<never> = { _tag: "Refused", cancelled: false }

export const unconfirmed = (waitedMs: number, lastSeen: number): Receipt<never> => ({
  _tag: "Unconfirmed",
  waitedMs,
  lastSeen,
  cancelled: false,
})

export const alreadyDone = <A>(outcome: Outcome<A>): Receipt<A> => ({
  _tag: "AlreadyDone",
  outcome,
  cancelled: outcome._tag === "Cancelled",
})

/** What a `Finished` receipt says a failing task failed with. */
export const raced = (receipt: Receipt<unknown>): unknown =>
  receipt._tag === "Finished" && Exit.isFailure(receipt.exit)
    ? receipt.exit.cause.reasons.map((reason) =>
        reason._tag === "Fail" ? reason.error : reason,
      )[0]
    : receipt
