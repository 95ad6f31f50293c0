/** The scheduler is stopped while tasks come, run, are cancelled and end. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../support/bounds.ts"

const withOperator = { ...everyOrder, operator: true }

it.race(
  "a scheduler that stops leaves no task behind that has not ended, and says so (G2, G5, G8)",
  withOperator,
  function* ({ submit, job, operate, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.stop(1_000)
    })
    const outcome = yield* Future.outcome(future)
    const stopped = yield* Fiber.join(ordered)
    always(stopped._tag === "Stopped" && stopped.left.length === 0)
    always(outcome._tag !== "Succeeded" || outcome.value === 42)
    // One that the scheduler has never heard of is lost with it.
    always(outcome._tag !== "Lost" || work.started === 0, "a task that ran is lost")
    sometimes("it came to its end", outcome._tag === "Succeeded")
    sometimes("the scheduler had stopped before it came", outcome._tag === "Lost")
  },
)

it.race(
  "when the bound has passed what runs is stopped first, and then the scheduler (G2, G8)",
  withOperator,
  function* ({ submit, job, operate, always, sometimes }) {
    const work = job("work", { ends: "never" })
    const future = yield* submit(work)
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.stop(0)
    })
    const outcome = yield* Future.outcome(future)
    const stopped = yield* Fiber.join(ordered)
    always(stopped._tag === "Stopped" && stopped.left.length === 0)
    always(work.running === 0, "it runs on")
    always(outcome._tag !== "Lost" || work.started === 0, "a task that ran is lost")
    sometimes("it had to be stopped", work.stopped === 1)
    sometimes("the scheduler had stopped before it came", outcome._tag === "Lost")
  },
)
