/** The scheduler is stopped while a client cancels, or a worker dies. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../../support/bounds.ts"

const withOperator = { ...everyOrder, operator: true }

it.race(
  "a client's cancel and the stop of the scheduler are one, and the client is answered (G4)",
  withOperator,
  function* ({ submit, job, operate, always, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* operate("operator", function* (operator) {
      yield* operator.stop(0)
    })
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Stopped" && work.ended)
    always(work.running === 0, "it runs on")
    sometimes("its own cancel was answered", receipt._tag === "Stopped")
    sometimes("the stop was faster", receipt._tag === "AlreadyDone")
  },
)

it.race(
  "a worker that dies while the scheduler stops is waited for no longer (G7, G8)",
  withOperator,
  function* ({ submit, job, operate, world, always, sometimes }) {
    const future = yield* submit(job("work", { ends: "never" }))
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.stop(0)
    })
    yield* world.crash("worker-1")
    const stopped = yield* Fiber.join(ordered)
    always(stopped._tag === "Stopped" && stopped.left.length === 0)
    const outcome = yield* Future.outcome(future)
    sometimes("its worker was lost", outcome._tag === "Cancelled")
  },
)
