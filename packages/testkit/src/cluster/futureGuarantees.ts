/** The guarantees that speak of one future: G1 to G5, G8 and G9. */
import { Future, type Outcome } from "@scaler-ts/future"
import { schedulerPeer } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Rest } from "./Rest.ts"
import {
  about,
  type Before,
  isKnown,
  nameOf,
  receiptsOf,
  violation,
  type Violation,
} from "./evidence.ts"
import { neverAtOnce } from "./restartGuarantees.ts"
import { isSameTask } from "./sharedGuarantees.ts"
import { told } from "./truth.ts"
import type { Record } from "./Record.ts"
import type { FutureRecord } from "./records.ts"

export const ofFuture = (
  one: FutureRecord,
  rest: Rest,
  before: Before,
): ReadonlyArray<Violation> => [
  ...endsOnce(one),
  ...stoppedMeansStopped(one, before),
  ...staysStopped(one, rest, before),
  ...cancelWins(one, rest),
  ...refusedMeansRefused(one, before),
  ...resultsArrive(one, rest),
  ...answered(one, rest),
  ...answeredInTime(one, rest),
  ...nobodyWaits(one, rest),
  ...resultsAreTrue(one, rest, before),
  ...told(one, rest),
  ...knownAttempts(one),
  ...runsOnce(one, rest),
  ...neverAtOnce(one, rest, before),
]

/** G1 */
const endsOnce = (one: FutureRecord): ReadonlyArray<Violation> => {
  const [first, second] = one.ends
  if (second !== undefined) return [violation("G1", second.at, `${about(one)} ended twice`)]
  if (first === undefined) return []
  const shown = Effect.runSyncExit(Future.outcome(one.future))
  if (Exit.isFailure(shown) || shown.value !== first.outcome) {
    const told = Exit.isSuccess(shown) ? shown.value._tag : "no end"
    const what = `${about(one)} ended ${first.outcome._tag}, and who looks later is told ${told}`
    return [violation("G1", undefined, what)]
  }
  const state = Future.state(one.future)
  return state === stateAfter[first.outcome._tag]
    ? []
    : [violation("G1", undefined, `${about(one)} ended ${first.outcome._tag} and shows ${state}`)]
}

const stateAfter: Readonly<{ [Tag in Outcome<unknown>["_tag"]]: Future.FutureState }> = {
  Succeeded: "succeeded",
  Failed: "failed",
  Cancelled: "cancelled",
  Lost: "lost",
}

/** G2: whatever ran has been seen to stop. */
const stoppedMeansStopped = (one: FutureRecord, before: Before): ReadonlyArray<Violation> => {
  const stopped = receiptsOf(one).find(({ receipt }) => receipt._tag === "Stopped")
  if (stopped === undefined) return []
  const { at } = stopped
  const wrong = (what: string): ReadonlyArray<Violation> => [
    violation("G2", at, `${about(one)} was Stopped, but ${what}`),
  ]
  return one.attempts.flatMap((attempt) => {
    const { began, over, how } = attempt
    if (began === undefined) {
      return how === undefined ? wrong(`${nameOf(attempt)} still waits`) : []
    }
    if (!before(began, at)) return wrong(`${nameOf(attempt)} may start afterwards`)
    return over !== undefined && before(over, at)
      ? []
      : wrong(`nobody had seen ${nameOf(attempt)} stop`)
  })
}

/**
 * G2, whatever an executor says: no call of the job's function goes on. Only of a job with one future,
 * because a call does not know whose it is.
 */
export const ofJob = (
  one: FutureRecord,
  { calls, futures }: Record,
  { lives }: Rest,
  before: Before,
): ReadonlyArray<Violation> => {
  const { task } = one.future
  const stopped = receiptsOf(one).find(({ receipt }) => receipt._tag === "Stopped")
  if (stopped === undefined || futures.some((f) => !isSameTask(f, one) && f.future.task === task)) {
    return []
  }
  const { at } = stopped
  return (calls.get(task) ?? []).flatMap(({ worker, life, over }) => {
    if (lives.get(worker) !== life || (over !== undefined && before(over, at))) return []
    const what = `${about(one)} was Stopped, but its function ran on at ${worker}`
    return [violation("G2", at, what)]
  })
}

/** G2, and what `WorkerLost` says: a task that ended cancelled runs nowhere that is known of, and never will. */
const staysStopped = (one: FutureRecord, rest: Rest, before: Before): ReadonlyArray<Violation> => {
  const [end] = one.ends
  if (end?.outcome._tag !== "Cancelled") return []
  const { at } = end
  return one.attempts.flatMap((attempt) => {
    const { began, over } = attempt
    if (began === undefined || !isKnown(attempt, rest)) return []
    if (over !== undefined && before(began, at) && before(over, at)) return []
    return [violation("G2", at, `${about(one)} is cancelled, but ${nameOf(attempt)} may run on`)]
  })
}

/** G3 */
const cancelWins = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => {
  const [end] = one.ends
  if (end === undefined) return []
  const { outcome, at } = end
  // A task is stopped for a client that is lost, too: its own future sees nothing of that.
  const isLost = one.submitter !== undefined && one.isAttached && rest.harmed.has(one.submitter)
  const isWanted = one.wanted.length > 0 || isLost
  const isTakenBackNow = isTakenBack(one, outcome) || (rest.resubmits && one.asked.length > 0)
  if (outcome._tag === "Cancelled" && !isWanted && !isTakenBackNow) {
    return [violation("G3", at, `${about(one)} ended cancelled, and nobody had asked for that`)]
  }
  if (rest.policy === "result-wins") {
    return outcome._tag === "Cancelled" && outcome.receipt?._tag === "Finished"
      ? [violation("G3", at, `the result of ${about(one)} was not kept, though results win`)]
      : []
  }
  if (outcome._tag !== "Succeeded" && outcome._tag !== "Failed") return []
  const asked = one.asked.findLast((moment) => moment.order < at.order)
  // A refusal ends the cancel, also for one who was told before that nobody had answered in time.
  const refusals = one.answers.filter(({ receipt }) => receipt._tag === "Refused")
  const isRefused = [...refusals.map((answer) => answer.at), ...one.refusals].some(
    ({ order }) => asked !== undefined && order > asked.order && order < at.order,
  )
  if (asked === undefined || isRefused) return []
  return [
    violation("G3", at, `a cancel of ${about(one)} was asked for, yet it ended ${outcome._tag}`),
  ]
}

/** Whether it ended before its task had left its client, which then has nobody to ask. */
const isTakenBack = ({ isSent }: FutureRecord, outcome: Outcome<unknown>): boolean => {
  const receipt = outcome._tag === "Cancelled" ? outcome.receipt : undefined
  return !isSent && receipt?._tag === "Stopped" && receipt.how === "never-started"
}

/** G2, G4: a worker had really refused, and such a task is not started anew. */
const refusedMeansRefused = (one: FutureRecord, before: Before): ReadonlyArray<Violation> => [
  ...one.answers.flatMap(({ at, receipt }) =>
    receipt._tag !== "Refused" || one.refusals.some((refusal) => before(refusal, at))
      ? []
      : [violation("G4", at, `the cancel of ${about(one)} was Refused, and by no worker`)],
  ),
  ...one.refusals.flatMap((refusal) =>
    one.attempts.flatMap((attempt) => {
      const { began } = attempt
      if (began === undefined || before(began, refusal)) return []
      const what = `${about(one)} was to be stopped, yet ${nameOf(attempt)} is started anew`
      return [violation("G2", began, what)]
    }),
  ),
]

/** G8: at rest no bound runs, so whoever waits waits for ever. */
const nobodyWaits = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => {
  const waiting = one.asked.length - one.answers.length - one.gaveUp
  if (waiting <= 0 || rest.gone.has(one.client)) return []
  // Who asked for no bound has none: that is for `stuck` to tell.
  if (one.asked.some(({ boundMs }) => boundMs === Infinity)) return []
  const what = `somebody waits for the receipt of ${about(one)}, and no bound runs`
  return [violation("G8", undefined, what)]
}

/** G4 */
const answered = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => {
  const [end] = one.ends
  if (end === undefined) {
    return Future.state(one.future) === "cancelling" && isConnected(one, rest)
      ? [violation("G4", undefined, `nobody answers the cancel of ${about(one)}`)]
      : []
  }
  const { outcome } = end
  const final = outcome._tag === "Cancelled" ? outcome.receipt : undefined
  const late = one.answers.filter(({ at }) => at.order > end.at.order)
  return late.flatMap(({ at, receipt }) => {
    const isSame = final === undefined ? receipt._tag === late[0]?.receipt._tag : receipt === final
    return isSame
      ? []
      : [violation("G4", at, `a cancel of ${about(one)} was told ${receipt._tag} after its end`)]
  })
}

/** G8: the first answer after a question is the one to it, or to one that was asked before. */
const answeredInTime = (one: FutureRecord, { paused }: Rest): ReadonlyArray<Violation> => {
  // A client that stands still cannot keep time.
  if (paused.has(one.client)) return []
  return one.asked.flatMap((asked) => {
    const answer = one.answers.find(({ at }) => at.order > asked.order)
    const tookMs = answer === undefined ? 0 : answer.at.atMs - asked.atMs
    return tookMs <= (asked.boundMs ?? Infinity)
      ? []
      : [
          violation(
            "G8",
            answer?.at,
            `a cancel of ${about(one)} was answered after ${tookMs} ms, and its bound was ${asked.boundMs} ms`,
          ),
        ]
  })
}

/** G4, G5: what a receipt says about the task is true. */
const resultsAreTrue = (
  one: FutureRecord,
  { harmed }: Rest,
  before: Before,
): ReadonlyArray<Violation> =>
  receiptsOf(one).flatMap(({ at, receipt }) => {
    // A link is first in, first out: the task arrived before its cancel, and a race forgets nothing.
    const isWhole = !harmed.has(one.client) && !harmed.has(schedulerPeer)
    if (receipt._tag === "NotFound" && isWhole && !one.isAttached) {
      return [violation("G4", at, `${about(one)} was NotFound, and the scheduler had got it`)]
    }
    if (receipt._tag !== "Finished" || Exit.isFailure(receipt.exit)) return []
    const isTrue = one.attempts.some(
      ({ how, over }) => how === "returned" && over !== undefined && before(over, at),
    )
    return isTrue
      ? []
      : [violation("G5", at, `${about(one)} is Finished, but no attempt of it had returned`)]
  })

/** G5: what returned at a worker that nobody lost is what the client is told. */
const resultsArrive = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => {
  const [end] = one.ends
  const returned = one.attempts.find((attempt) => attempt.how === "returned")
  if (returned === undefined || !isKnown(returned, rest)) return []
  if (end === undefined) {
    if (!isConnected(one, rest)) return []
    const what = `the result of ${about(one)} is lost: ${nameOf(returned)} returned, and nobody is told`
    return [violation("G5", undefined, what)]
  }
  const { outcome, at } = end
  if (outcome._tag === "Succeeded" || outcome._tag === "Lost") return []
  if (outcome._tag === "Failed" && outcome.error._tag === "TaskFailed") return []
  const told = outcome._tag === "Cancelled" ? (outcome.receipt?._tag ?? "Cancelled") : outcome._tag
  if (told === "Finished") return []
  const what = `${nameOf(returned)} returned, and the client is told ${told}`
  return [violation("G5", at, `the result of ${about(one)} is lost: ${what}`)]
}

/** G9: a receipt speaks of attempts that there were. */
const knownAttempts = (one: FutureRecord): ReadonlyArray<Violation> =>
  receiptsOf(one).flatMap(({ at, receipt }) => {
    if (receipt._tag !== "Stopped" || receipt.attempt === 0) return []
    const { worker, attempt, how } = receipt
    const is = one.attempts.some((a) => a.worker === worker && a.number === attempt)
    if (is || how === "never-started") return []
    const whose = `attempt ${attempt} on ${worker}`
    return [violation("G9", at, `${about(one)} was Stopped as ${whose}, which never was`)]
  })

/** G9: a task is run again only after a loss. */
const runsOnce = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => {
  const [, second] = one.attempts.filter(
    (attempt) => attempt.began !== undefined && isKnown(attempt, rest),
  )
  return second === undefined
    ? []
    : [
        violation(
          "G9",
          second.began,
          `${about(one)} is run again, as ${nameOf(second)}, although no worker was lost`,
        ),
      ]
}

/** Whether anything the scheduler says can reach the client. */
const isConnected = ({ client }: FutureRecord, { held, gone, isReliable }: Rest): boolean =>
  held.length === 0 && isReliable && !gone.has(client)
