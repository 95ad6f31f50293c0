/** Slots are taken and freed once, and nobody waits for one that is free. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder } from "../support/bounds.ts"

it.race(
  "a slot is not free when its task is asked to stop, but when it has stopped (R10, G6)",
  everyOrder,
  function* ({ submit, job, fork, never, sometimes }) {
    const [first, second] = [job("first"), job("second")]
    const one = yield* submit(first)
    const two = yield* submit(second)
    yield* fork("canceller", function* () {
      yield* Future.cancel(one)
    })
    yield* Future.await(two)
    never(first.running > 0)
    sometimes("the first was stopped", first.stopped === 1)
    sometimes("the first came to its end", first.ended)
  },
)

it.race(
  "a slot is freed once by a cancel, its confirm and a result together (R11, G6)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    const receipt = yield* Future.cancel(yield* submit(job("first")))
    const { workers } = yield* world.status
    always(workers.every(({ held }) => held === 0))
    yield* Future.cancel(yield* submit(job("second")))
    sometimes("by a confirm", receipt._tag === "Stopped")
    sometimes("by a result", receipt._tag === "Finished")
  },
)

it.race(
  "tasks behind a stuck one are run by whoever is free (G6)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, always, sometimes }) {
    const stuck = job("stuck", { ends: "never" })
    yield* submit(stuck)
    const second = yield* submit(job("second", { value: 2 }))
    const third = yield* submit(job("third", { value: 3 }))
    always((yield* Future.await(second)) === 2)
    always((yield* Future.await(third)) === 3)
    sometimes("the first had not even begun", stuck.started === 0)
  },
)
