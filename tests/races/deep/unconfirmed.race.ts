/** Answers are held while two workers run two tasks: minutes, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { twoByTwo } from "../../support/bounds.ts"

it.race(
  "two tasks, two workers: what is Unconfirmed is told by its own answer later (R15, R17, R42, R43, G4, G8)",
  twoByTwo,
  function* ({ submit, job, world, always, sometimes }) {
    yield* world.hold("scheduler>client")
    const one = yield* submit(job("first"))
    const two = yield* submit(job("second"))
    const first = yield* Future.cancel(one)
    const again = yield* Future.cancel(one, { boundMs: 7 })
    yield* world.release("scheduler>client")
    const last = yield* Future.cancel(one)
    yield* Future.outcome(two)
    always(first._tag === "Unconfirmed" && again._tag === "Unconfirmed" && again.waitedMs === 7)
    always(last._tag === "Stopped" || last._tag === "Finished")
    always(Future.state(two) === "succeeded")
    sometimes("it was stopped", last._tag === "Stopped")
  },
)
