/** Workers and clients vanish among two tasks on two workers: minutes, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import { twoByTwo } from "../../support/bounds.ts"

it.race(
  "two tasks, two workers: a worker dies during a cancel, and the other task is run (R8, R36, R39, G2, G4)",
  twoByTwo,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const one = yield* submit(job("first"))
    yield* submit(job("second"))
    yield* fork("weather", function* () {
      yield* world.crash("worker-1")
    })
    const receipt = yield* Future.cancel(one)
    always(receipt._tag !== "Refused" && receipt._tag !== "NotFound")
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
    sometimes("it was stopped", receipt._tag === "Stopped")
  },
)

it.race(
  "two tasks, two workers: a client dies, and both its tasks make room (R22, R27, G6)",
  { ...twoByTwo, clients: 2 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const [first, second] = [job("first", { ends: "never" }), job("second", { ends: "never" })]
    const submits: RaceBody = function* (there) {
      yield* there.submit(first)
      yield* there.submit(second)
    }
    yield* fork("mortal", submits, { client: 2 })
    yield* world.crash("client-2")
    yield* Future.await(yield* submit(job("next")))
    always(first.running + second.running <= 1)
    sometimes("both were stopped", first.stopped + second.stopped === 2)
  },
)

it.race(
  "two tasks, two workers: a cut worker's task runs anew, and slots are counted once (R6, R40, G6, G9)",
  twoByTwo,
  function* ({ submit, job, world, always, sometimes }) {
    const first = job("first")
    const one = yield* submit(first)
    const two = yield* submit(job("second"))
    yield* world.cut("worker-1")
    const { done } = yield* Future.wait([one, two])
    always(done.every((future) => Future.state(future) === "succeeded"))
    sometimes("both attempts came to their end", first.finished === 2)
  },
)
