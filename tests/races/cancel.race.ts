import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"

const everyOrder = { budgetMs: Infinity }

it.race(
  "a confirmed cancel means the function never came to its end (G2)",
  everyOrder,
  function* ({ submit, job, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Stopped" && work.ended)
    sometimes("the task was stopped", receipt._tag === "Stopped")
    sometimes("the result was faster", receipt._tag === "Finished")
  },
)
