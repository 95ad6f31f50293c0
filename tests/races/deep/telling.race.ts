/** Whoever waits for several futures: minutes, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import { asCompleted } from "@scaler-ts/future/stream"
import { it } from "@scaler-ts/testkit/vitest"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { twoByTwo } from "../../support/bounds.ts"

it.race(
  "two tasks, two workers: asCompleted yields each future once, cancelled or not (R19, R20, G1)",
  twoByTwo,
  function* ({ submit, job, fork, always, sometimes }) {
    const one = yield* submit(job("first"))
    const two = yield* submit(job("second"))
    const stream = yield* fork("stream", function* () {
      return yield* Stream.runCollect(asCompleted([one, two]))
    })
    const receipt = yield* Future.cancel(one)
    const ended = yield* Fiber.join(stream)
    always(ended.length === 2 && new Set(ended).size === 2)
    sometimes("the cancelled one came first", receipt._tag === "Stopped" && ended[0] === one)
    sometimes("the cancelled one came last", receipt._tag === "Stopped" && ended[1] === one)
  },
)
