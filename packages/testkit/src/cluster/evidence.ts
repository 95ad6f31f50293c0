/** What the guarantees are judged by: when things happened, what the askers were told, and how to say what is wrong. */
import type { Receipt } from "@scaler-ts/future"
import { schedulerPeer } from "@scaler-ts/protocol"
import type { Step } from "../search/Order.ts"
import type { Rest } from "./Rest.ts"
import type { AttemptRecord, FutureRecord, Moment } from "./records.ts"

/** What is wrong with an execution. */
export interface Violation {
  /** `"G2"`, or the check it failed: `"always"`, `"never"`, `"sometimes"`, `"body"`, `"stuck"`, `"endless"`, `"ambient"`, `"determinism"`. */
  readonly guarantee: string
  readonly what: string
  /** The step at which it shows; `undefined` for what shows only once everything has come to rest. */
  readonly step: number | undefined
}

/** Whether one moment came before another in every execution of this class. */
export type Before = (one: Moment, other: Moment) => boolean

export const beforeIn =
  (steps: ReadonlyArray<Step>): Before =>
  (one, other) => {
    if (one.step === other.step) return one.order < other.order
    return one.step < 0 || steps[other.step]?.before.has(one.step) === true
  }

export const violation = (guarantee: string, at: Moment | undefined, what: string): Violation => ({
  guarantee,
  what,
  step: at?.step,
})

export const about = ({ client, future }: FutureRecord): string =>
  `${future.task} (${client} ${future.number})`

/** Whether an attempt is at its worker and has not ended. What a node held before it crashed it holds no more. */
export const isOpen = ({ how, worker, life }: AttemptRecord, { lives }: Rest): boolean =>
  how === undefined && lives.get(worker) === life

export const nameOf = ({ worker, number }: AttemptRecord): string =>
  `attempt ${number} on ${worker}`

/** What the askers were told, and what the end itself says. */
export const receiptsOf = ({
  answers,
  ends,
}: FutureRecord): ReadonlyArray<{ readonly at: Moment; readonly receipt: Receipt<unknown> }> => [
  ...answers,
  ...ends.flatMap(({ at, outcome }) =>
    outcome._tag === "Cancelled" && outcome.receipt !== undefined
      ? [{ at, receipt: outcome.receipt }]
      : [],
  ),
]

/**
 * Whether the worker of an attempt is one of the scheduler's, and was at all times. One that was cut off
 * may be back under its name: what it held before is lost all the same. So is what was given by a
 * scheduler that is gone, where its clients send it again.
 */
export const isKnown = (
  { worker }: AttemptRecord,
  { scheduler, harmed, resubmits }: Rest,
): boolean =>
  !(resubmits && harmed.has(schedulerPeer)) &&
  scheduler.workers.some(({ name }) => name === worker) &&
  !harmed.has(worker)
