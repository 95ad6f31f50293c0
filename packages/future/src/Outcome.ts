/** How a future ended, as a value: nothing to catch, nothing to forget. */
import * as Exit from "effect/Exit"
import {
  type FutureError,
  type SubmitError,
  TaskCancelled,
  type TaskFailed,
  type TaskLost,
  type TaskRef,
  type TaskTimedOut,
} from "./FutureError.ts"
import type { Receipt } from "./Receipt.ts"

export type Outcome<A> = Succeeded<A> | Failed | Cancelled<A> | Lost

export interface Succeeded<A> {
  readonly _tag: "Succeeded"
  readonly value: A
}

export interface Failed {
  readonly _tag: "Failed"
  readonly error: TaskFailed | TaskTimedOut
}

export interface Cancelled<A> {
  readonly _tag: "Cancelled"
  /** What the cancel was told; `undefined` when it was not one of this client's. */
  readonly receipt: Receipt<A> | undefined
}

export interface Lost {
  readonly _tag: "Lost"
  readonly error: TaskLost
}

/** How one item of a `map` ended: like a future, or it never became one. */
export type ItemOutcome<A> = Outcome<A> | NotSubmitted

export interface NotSubmitted {
  readonly _tag: "NotSubmitted"
  readonly error: SubmitError
}

/** The outcome as whoever awaits the value sees it. */
export const toExit = <A>(ref: TaskRef, outcome: Outcome<A>): Exit.Exit<A, FutureError> =>
  outcome._tag === "Succeeded" ? Exit.succeed(outcome.value) : Exit.fail(errorOf(ref, outcome))

/** Why there is no value; `cause` is what made somebody cancel, where that is known. */
export const errorOf = (
  ref: TaskRef,
  outcome: Exclude<Outcome<unknown>, Succeeded<unknown>>,
  cause?: unknown,
): FutureError =>
  outcome._tag === "Cancelled" ? new TaskCancelled(ref, outcome.receipt, cause) : outcome.error
