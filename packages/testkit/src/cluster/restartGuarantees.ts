/** What holds of a task that is sent again, because its scheduler was gone: G9. */
import type { Rest } from "./Rest.ts"
import { about, type Before, nameOf, violation, type Violation } from "./evidence.ts"
import type { AttemptRecord, FutureRecord } from "./records.ts"

/** G9: an attempt begins only when those before it have been seen to end, or their worker is gone. */
export const neverAtOnce = (
  one: FutureRecord,
  { recovers, harmed }: Rest,
  before: Before,
): ReadonlyArray<Violation> => {
  if (!recovers) return []
  const ran = one.attempts.flatMap((attempt) => {
    const { began } = attempt
    return began === undefined ? [] : [{ attempt, began }]
  })
  const inOrder = ran.toSorted((a, b) => a.began.order - b.began.order)
  return inOrder.flatMap(({ attempt, began }, index) =>
    inOrder
      .slice(0, index)
      .filter((earlier) => !harmed.has(earlier.attempt.worker))
      .filter(({ attempt: { over } }) => over === undefined || !before(over, began))
      .map((earlier) =>
        violation("G9", began, `${about(one)}: ${beside(attempt, earlier.attempt)}`),
      ),
  )
}

const beside = (attempt: AttemptRecord, earlier: AttemptRecord): string =>
  `${nameOf(attempt)} may begin while ${nameOf(earlier)} still runs`
