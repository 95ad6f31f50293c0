/** The scheduler takes a task back that has not started, while others want other things of it. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder } from "../support/bounds.ts"

it.race(
  "a cancel during a recall stops what would never end by itself (R4, G4)",
  everyOrder,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Stopped")
    sometimes("it had to be stopped", work.stopped === 1)
    const { ignored } = yield* world.status
    sometimes("the recall came first", ignored.recallLate === undefined)
  },
)

it.race(
  "a recall of a task that waits in the queue changes nothing (R5)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    const first = yield* submit(job("first", { ends: "never" }))
    const second = yield* submit(job("second", { value: 42 }))
    yield* world.recall(second)
    yield* Future.cancel(first)
    always((yield* Future.await(second)) === 42)
    const { ignored } = yield* world.status
    sometimes("it was in the queue", ignored.recallLate === 1)
  },
)

it.race(
  "a task whose worker dies during a recall is run by another (R9)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    yield* world.crash("worker-1")
    always((yield* Future.await(future)) === 42)
    sometimes("it had been run by both", work.started === 2)
    sometimes("it had not yet been started", work.started === 1)
  },
)

it.race(
  "the refusal of a recall is never taken for the answer to a cancel (R37, G2, G4)",
  everyOrder,
  function* ({ submit, job, fork, world, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Refused")
    never(receipt._tag === "Stopped" && work.running > 0)
    sometimes("the result was faster than both", receipt._tag === "Finished")
  },
)

it.race(
  "a recall runs no task twice (G2, G9)",
  everyOrder,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    yield* Future.await(future)
    always(work.started === 1)
    const { ignored } = yield* world.status
    sometimes("the recall met the running task", ignored.recallLate === undefined)
  },
)

it.race(
  "a task that waits at a worker comes back by a recall and is run once (G2, G6)",
  { ...everyOrder, prefetch: 1 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    yield* submit(job("first"))
    const work = job("second")
    const future = yield* submit(work)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    yield* Future.await(future)
    always(work.started === 1)
    sometimes("the recall met it", (yield* world.status).ignored.recallLate === undefined)
  },
)
