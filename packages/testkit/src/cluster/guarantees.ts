/**
 * The guarantees of `docs/semantics.md`, as predicates over what happened in an execution.
 *
 * "Before" means: in every execution of the same class. So a confirm that merely happened to come after
 * the stop it speaks of is a violation too, found in the one execution that stands for all of them.
 */
import { Future, type Outcome, type Receipt } from "@scaler-ts/future"
import type { Step } from "../search/Order.ts"
import type { Rest } from "./Cluster.ts"
import type { AttemptRecord, FutureRecord, Moment, Record } from "./Record.ts"

/** What is wrong with an execution. */
export interface Violation {
  /** `"G2"`, or the check it failed: `"always"`, `"never"`, `"sometimes"`, `"body"`, `"stuck"`, `"ambient"`. */
  readonly guarantee: string
  readonly what: string
  /** The step at which it shows; `undefined` for what shows only once everything has come to rest. */
  readonly step: number | undefined
}

/** Whether one moment came before another in every execution of this class. */
type Before = (one: Moment, other: Moment) => boolean

export const beforeIn =
  (steps: ReadonlyArray<Step>): Before =>
  (one, other) => {
    if (one.step === other.step) return one.order < other.order
    return one.step < 0 || steps[other.step]?.before.has(one.step) === true
  }

/** Everything wrong with an execution that has come to rest. */
export const judge = (
  record: Record,
  steps: ReadonlyArray<Step>,
  rest: Rest,
): ReadonlyArray<Violation> => {
  const before = beforeIn(steps)
  return [
    ...record.futures.flatMap((one) => [
      ...endsOnce(one),
      ...stoppedMeansStopped(one, before),
      ...cancelled(one, rest),
      ...answered(one),
      ...resultsArrive(one, before),
      ...knownAttempts(one),
    ]),
    ...slots(record, rest),
    ...leftovers(record, rest),
  ]
}

/** The guarantees whose premise held, so that a green run is not an empty one. */
export const exercised = (record: Record): ReadonlyArray<string> => {
  const { futures } = record
  const some = (holds: (one: FutureRecord) => boolean): boolean => futures.some(holds)
  const premises: ReadonlyArray<readonly [string, boolean]> = [
    ["G1", some(({ ends }) => ends.length > 0)],
    ["G2", some((one) => receiptsOf(one).some(({ receipt }) => receipt._tag === "Stopped"))],
    ["G3", some(({ asked, ends }) => asked.length > 0 && ends.length > 0)],
    ["G4", some(({ asked }) => asked.length > 0)],
    ["G5", some(({ attempts }) => attempts.some(({ how }) => how === "returned"))],
    ["G6", some(({ attempts }) => attempts.some(({ began }) => began !== undefined))],
    ["G7", true],
    ["G8", some(({ answers }) => answers.length > 0)],
    ["G9", some(({ attempts }) => attempts.length > 1)],
  ]
  return premises.flatMap(([name, held]) => (held ? [name] : []))
}

const about = ({ client, future }: FutureRecord): string =>
  `${future.task} (${client} ${future.number})`

const violation = (guarantee: string, at: Moment | undefined, what: string): Violation => ({
  guarantee,
  what,
  step: at?.step,
})

/** What the askers were told, and what the end itself says. */
const receiptsOf = ({
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

/** G1 */
const endsOnce = (one: FutureRecord): ReadonlyArray<Violation> => {
  const [first, second] = one.ends
  if (second !== undefined) return [violation("G1", second.at, `${about(one)} ended twice`)]
  if (first === undefined) return []
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

const nameOf = ({ worker, number }: AttemptRecord): string => `attempt ${number} on ${worker}`

/** G2 */
const stoppedMeansStopped = (one: FutureRecord, before: Before): ReadonlyArray<Violation> => {
  const stopped = receiptsOf(one).find(({ receipt }) => receipt._tag === "Stopped")
  if (stopped === undefined) return []
  const { at } = stopped
  return one.attempts.flatMap((attempt) => {
    const { began, over, how } = attempt
    if (began === undefined && how === undefined) {
      return [violation("G2", at, `${about(one)} was Stopped, but ${nameOf(attempt)} still waits`)]
    }
    if (began === undefined) return []
    if (!before(began, at)) {
      return [
        violation(
          "G2",
          at,
          `${about(one)} was Stopped, but ${nameOf(attempt)} may start afterwards`,
        ),
      ]
    }
    return over !== undefined && before(over, at)
      ? []
      : [
          violation(
            "G2",
            at,
            `${about(one)} was Stopped, but nobody had seen ${nameOf(attempt)} stop`,
          ),
        ]
  })
}

/** G3 */
const cancelled = (one: FutureRecord, rest: Rest): ReadonlyArray<Violation> => {
  const [end] = one.ends
  if (end === undefined || rest.policy === "result-wins") return []
  const { outcome, at } = end
  if (outcome._tag !== "Succeeded" && outcome._tag !== "Failed") return []
  const refused = one.answers.findLast(
    ({ receipt, at: told }) => receipt._tag === "Refused" && told.order < at.order,
  )
  const asked = one.asked.findLast((moment) => moment.order < at.order)
  if (asked === undefined || (refused !== undefined && refused.at.order > asked.order)) return []
  return [
    violation("G3", at, `a cancel of ${about(one)} was asked for, yet it ended ${outcome._tag}`),
  ]
}

/** G4 */
const answered = (one: FutureRecord): ReadonlyArray<Violation> => {
  const [end] = one.ends
  if (end === undefined) {
    return Future.state(one.future) === "cancelling"
      ? [violation("G4", one.asked.at(-1), `nobody answers the cancel of ${about(one)}`)]
      : []
  }
  const { outcome } = end
  const final = outcome._tag === "Cancelled" ? outcome.receipt : undefined
  return one.answers.flatMap(({ at, receipt }) => {
    if (at.order < end.at.order || receipt === final) return []
    const early = receipt._tag === "Unconfirmed" || receipt._tag === "Refused"
    const late = receipt._tag === "AlreadyDone" || receipt._tag === "Finished"
    if (final === undefined && (late || early)) return []
    return [violation("G4", at, `a cancel of ${about(one)} was told ${receipt._tag} after its end`)]
  })
}

/** G5 */
const resultsArrive = (one: FutureRecord, before: Before): ReadonlyArray<Violation> =>
  receiptsOf(one).flatMap(({ at, receipt }) => {
    const returned = one.attempts.find(({ how }) => how === "returned")
    if (returned !== undefined && (receipt._tag === "Stopped" || receipt._tag === "NotFound")) {
      const what = `the result of ${about(one)} is lost: ${nameOf(returned)} returned, the receipt is ${receipt._tag}`
      return [violation("G5", at, what)]
    }
    if (receipt._tag !== "Finished") return []
    const isTrue = one.attempts.some(
      ({ how, over }) => how !== "stopped" && over !== undefined && before(over, at),
    )
    // A worker that was lost reports nothing; then the scheduler says so in the attempt's place.
    const isLost = receipt.exit._tag === "Failure"
    return isTrue || isLost
      ? []
      : [violation("G5", at, `${about(one)} is Finished, but no attempt of it had returned`)]
  })

/** G9 */
const knownAttempts = (one: FutureRecord): ReadonlyArray<Violation> =>
  receiptsOf(one).flatMap(({ at, receipt }) => {
    if (receipt._tag !== "Stopped" || receipt.attempt === 0) return []
    const { worker, attempt } = receipt
    const isKnown = one.attempts.some((a) => a.worker === worker && a.number === attempt)
    return isKnown || receipt.how === "never-started"
      ? []
      : [
          violation(
            "G9",
            at,
            `${about(one)} was Stopped as attempt ${attempt} on ${worker}, which never was`,
          ),
        ]
  })

/** G6 */
const slots = (record: Record, rest: Rest): ReadonlyArray<Violation> => {
  const attempts = record.futures.flatMap((one) => one.attempts)
  const found: Array<Violation> = []
  for (const { name, held } of rest.scheduler.workers) {
    const holds = attempts.filter(({ worker, how }) => worker === name && how === undefined).length
    if (held !== holds) {
      found.push(
        violation(
          "G6",
          undefined,
          `the scheduler counts ${held} slots of ${name} taken, by ${holds}`,
        ),
      )
    }
  }
  for (const { name } of rest.workers) {
    const at = overcrowded(
      attempts.filter(({ worker }) => worker === name),
      rest.slots,
    )
    if (at !== undefined) {
      found.push(
        violation("G6", at, `${name} runs more attempts at once than its ${rest.slots} slots`),
      )
    }
  }
  return found
}

/** The first moment at which more attempts had a slot than there are. */
const overcrowded = (
  attempts: ReadonlyArray<AttemptRecord>,
  slotCount: number,
): Moment | undefined => {
  const changes = attempts.flatMap(({ began, over }) =>
    began === undefined
      ? []
      : [{ at: began, by: 1 }, ...(over === undefined ? [] : [{ at: over, by: -1 }])],
  )
  let taken = 0
  for (const { at, by } of changes.toSorted((a, b) => a.at.order - b.at.order)) {
    taken += by
    if (taken > slotCount) return at
  }
  return undefined
}

/** G7: what still lies about although nothing can happen any more. */
const leftovers = (record: Record, rest: Rest): ReadonlyArray<Violation> => {
  const found: Array<Violation> = []
  const wrong = (what: string): void => {
    found.push(violation("G7", undefined, `at rest, ${what}`))
  }
  const open = record.futures.flatMap((one) =>
    one.attempts.filter(({ how, worker }) => how === undefined && !rest.lost.has(worker)),
  )
  const { queued, running, recalling, cancelling } = rest.scheduler.tasks
  if (running + recalling + cancelling !== open.length) {
    const counts = `${running} running, ${recalling} recalled and ${cancelling} cancelling tasks`
    wrong(`the scheduler has ${counts}, and ${open.length} attempts are at workers`)
  }
  const isFull = rest.scheduler.workers.every(
    ({ held, slots, prefetch, draining }) => draining || held >= slots + prefetch,
  )
  if (queued > 0 && !isFull) wrong(`${queued} tasks are queued although a worker has room`)
  for (const { name, waiting, running: runs, stopping } of rest.workers) {
    if (waiting > 0 && runs + stopping < rest.slots) {
      wrong(`${waiting} attempts wait on ${name} although a slot is free`)
    }
  }
  for (const one of record.futures) {
    const isPending = one.ends.length === 0 && Future.state(one.future) !== "cancelling"
    const isUnderWay = one.attempts.some((attempt) => open.includes(attempt))
    if (isPending && !isUnderWay && queued === 0) {
      wrong(`${about(one)} is ${Future.state(one.future)}, and nobody works on it`)
    }
  }
  return found
}
