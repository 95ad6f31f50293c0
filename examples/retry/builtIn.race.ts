/** Without a receipt, Effect's own `retry` over `client.call` does it: interrupting it stops the try and the pause. */
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"

const again = { times: 1, schedule: Schedule.spaced("1 second") }

it.race(
  "an interrupted retry runs nothing and starts nothing",
  { earlyTimers: 1, cancelBoundMs: Infinity, budgetMs: Infinity },
  function* ({ call, job, never, sometimes }) {
    const flaky = job("flaky", { mayFail: true })
    const fiber = yield* Effect.forkChild(Effect.retry(call(flaky), again))
    yield* Fiber.interrupt(fiber)
    const { running, started } = flaky
    never(running > 0, "a try runs after the interruption")
    yield* Effect.sleep("1 minute")
    never(flaky.started > started, "a try began after the interruption")
    sometimes("the second try is interrupted", started === 2 && flaky.stopped === 1)
  },
)
