/** What the tests of `map` look at. */
import type { ItemOutcome } from "@scaler-ts/future/promise"
import type { PromiseRig } from "../support/PromiseRig.ts"

/** The numbers of the tasks that the scheduler has heard of. */
export const heard = ({ scheduler }: PromiseRig): ReadonlyArray<number> =>
  scheduler.heardOf("Task").map(({ task }) => task)

/** The values of the outcomes, or what they are instead. */
export const values = (outcomes: ReadonlyArray<ItemOutcome<unknown>>): ReadonlyArray<unknown> =>
  outcomes.map((outcome) => (outcome._tag === "Succeeded" ? outcome.value : outcome._tag))

/** Numbers without end, and a record of what was pulled and whether it was left. */
export const endless = () => {
  const record = { pulled: 0, left: 0 }
  function* numbers(): Generator<number> {
    try {
      for (;;) yield ++record.pulled
    } finally {
      record.left++
    }
  }
  return { record, inputs: numbers() }
}
