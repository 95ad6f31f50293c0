/** A cancel across a broken connection, and a scheduler that has forgotten its answer. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder } from "../../support/bounds.ts"

it.race(
  "a cancel whose answer the scheduler has sent and forgotten is answered by it all the same (R17, R33, G4)",
  { ...everyOrder, resumeMs: Infinity, tombstonesMax: 1, cancelBoundMs: 1_000 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const future = yield* submit(job("work", { ends: "never" }))
    yield* world.hold("scheduler>client")
    const unanswered = [yield* Future.cancel(future)]
    for (const name of ["second", "third"]) {
      unanswered.push(yield* Future.cancel(yield* submit(job(name))))
    }
    always(unanswered.every(({ _tag }) => _tag === "Unconfirmed"))
    sometimes("its answer is forgotten", (yield* world.status).tombstones === 2)
    yield* fork("weather", function* () {
      yield* world.cut("client")
    })
    yield* world.release("scheduler>client")
    const receipt = yield* Future.cancel(future, { boundMs: Infinity })
    always(receipt._tag === "Stopped")
  },
)
