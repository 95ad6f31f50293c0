/** A worker with nothing to do gets what waits at another. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { twoByTwo } from "../support/bounds.ts"

it.race(
  "what waits behind a task that never ends is run by a worker that has nothing to do (R30, G6, G7)",
  twoByTwo,
  function* ({ submit, job, always, sometimes }) {
    const stuck = yield* submit(job("stuck", { ends: "never" }))
    const other = job("other")
    yield* submit(other)
    const third = job("third", { value: 42 })
    always((yield* Future.await(yield* submit(third))) === 42)
    always(third.started === 1)
    sometimes("the other worker had been busy", other.ended)
    yield* Future.cancel(stuck)
  },
)
