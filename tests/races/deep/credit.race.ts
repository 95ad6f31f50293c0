/** Several tasks wait at their client, in every order. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../../support/bounds.ts"

it.race(
  "what waits is sent one by one, in the order in which it was submitted (R48, G7)",
  { ...everyOrder, clientTasksMax: 1 },
  function* ({ submit, job, fork, always }) {
    const submitted: Array<number> = []
    const ended: Array<number> = []
    const scripts: Array<Fiber.Fiber<void, unknown>> = []
    const held = yield* submit(job("work-1", { ends: "at-once" }))
    for (const number of [2, 3]) {
      const work = job(`work-${number}`, { ends: "at-once" })
      const script = yield* fork(work.name, function* ({ call }) {
        yield* Effect.suspend(() => {
          submitted.push(number)
          return call(work)
        })
        ended.push(number)
      })
      scripts.push(script)
    }
    yield* Future.await(held)
    for (const script of scripts) yield* Fiber.join(script)
    always(ended.join() === submitted.join(), "they overtook one another")
  },
)
