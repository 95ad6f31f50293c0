/** What is promised of tasks and the children that they submit: G2. */
import type { Rest } from "./Rest.ts"
import { about, type Before, isKnown, nameOf, violation, type Violation } from "./evidence.ts"
import type { Record } from "./Record.ts"
import type { AttemptRecord, FutureRecord, Moment } from "./records.ts"

/** G2: when the end of a task is told, nothing runs any more that it has submitted. */
export const ofFamilies = (
  { futures }: Record,
  rest: Rest,
  before: Before,
): ReadonlyArray<Violation> =>
  futures.flatMap((parent) => {
    const told = toldOf(parent)
    return told === undefined || !isKnown(told.attempt, rest)
      ? []
      : futures
          .filter((child) => child.parent === told.attempt)
          .flatMap((child) => stillRunning(child, told.at, rest, before))
          .map(({ attempt, child }) =>
            violation(
              "G2",
              told.at,
              `${about(parent)} has ended, and its child ${about(child)} may run on as ${nameOf(attempt)}`,
            ),
          )
  })

/** By which attempt a task was told to have ended, and when. */
const toldOf = ({
  ends: [end],
  attempts,
}: FutureRecord): { readonly attempt: AttemptRecord; readonly at: Moment } | undefined => {
  const attempt = attempts.at(-1)
  if (end === undefined || attempt?.how === undefined) return undefined
  const { outcome, at } = end
  const isTold =
    outcome._tag === "Succeeded" ||
    (outcome._tag === "Failed" && outcome.error._tag === "TaskFailed") ||
    (outcome._tag === "Cancelled" &&
      (outcome.receipt?._tag === "Stopped" || outcome.receipt?._tag === "Finished"))
  return isTold ? { attempt, at } : undefined
}

const stillRunning = (
  child: FutureRecord,
  at: Moment,
  rest: Rest,
  before: Before,
): ReadonlyArray<{ readonly attempt: AttemptRecord; readonly child: FutureRecord }> => {
  // Nobody can stop what refuses to.
  if (child.refusals.length > 0) return []
  return child.attempts.flatMap((attempt) => {
    const { began, over } = attempt
    if (began === undefined || !isKnown(attempt, rest)) return []
    return over !== undefined && before(over, at) ? [] : [{ attempt, child }]
  })
}
