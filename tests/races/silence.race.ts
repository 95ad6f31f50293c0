/** A peer that is there for the network and says nothing: half of its connection is gone, or it stands still. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { looking, unbounded } from "../support/bounds.ts"

it.race(
  "a cancel is answered although nobody hears its worker any more (R25, G4)",
  looking,
  function* ({ submit, job, world, always, sometimes }) {
    const future = yield* submit(job("endless", { ends: "never" }))
    yield* world.partition("worker-1")
    const receipt = yield* Future.cancel(future, unbounded)
    always(receipt._tag === "WorkerLost" || receipt._tag === "Stopped")
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
  },
)

it.race(
  "a cancel is answered although its worker stands still (R25, G4)",
  looking,
  function* ({ submit, job, world, always, sometimes }) {
    const future = yield* submit(job("endless", { ends: "never" }))
    yield* world.freeze("worker-1")
    const receipt = yield* Future.cancel(future, unbounded)
    always(receipt._tag === "WorkerLost" || receipt._tag === "Stopped")
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
  },
)
