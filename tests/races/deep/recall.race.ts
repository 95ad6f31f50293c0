/** Recalls among two workers that prefetch: minutes, not seconds, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder, twoByTwo } from "../../support/bounds.ts"

it.race(
  "two tasks, two workers: a cancel outranks a recall of the same task (R4, R37, G2, G4)",
  twoByTwo,
  function* ({ submit, job, fork, world, never, sometimes }) {
    yield* submit(job("first"))
    const second = job("second")
    const future = yield* submit(second)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Refused" || receipt._tag === "NotFound")
    never(receipt._tag === "Stopped" && (second.running > 0 || second.ended))
    sometimes("it was stopped while it ran", second.stopped === 1)
  },
)

it.race(
  "one worker that prefetches: a cancel outranks a recall of a waiting task (R4, R37, G2, G4)",
  { ...everyOrder, prefetch: 1 },
  function* ({ submit, job, fork, world, never, sometimes }) {
    yield* submit(job("first"))
    const second = job("second")
    const future = yield* submit(second)
    yield* fork("balancer", function* () {
      yield* world.recall(future)
    })
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Refused" || receipt._tag === "NotFound")
    sometimes("it never started", receipt._tag === "Stopped" && second.started === 0)
    sometimes("it was stopped while it ran", second.stopped === 1)
  },
)

it.race(
  "three tasks, two workers: a waiting task that is recalled goes where a slot is free (R5, G6)",
  twoByTwo,
  function* ({ submit, job, world, always, sometimes }) {
    yield* submit(job("first"))
    yield* submit(job("stuck", { ends: "never" }))
    const third = job("third", { value: 42 })
    const future = yield* submit(third)
    yield* world.recall(future)
    always((yield* Future.await(future)) === 42)
    always(third.started === 1)
    sometimes("the recall met it", (yield* world.status).ignored.recallLate === undefined)
  },
)

it.race(
  "two tasks, two workers: a worker dies during a recall, and both tasks are run (R5, R9, G7)",
  twoByTwo,
  function* ({ submit, job, world, always, sometimes }) {
    const first = job("first")
    const one = yield* submit(first)
    const two = yield* submit(job("second"))
    yield* world.recall(one)
    yield* world.crash("worker-1")
    yield* Future.wait([one, two])
    always(Future.state(one) === "succeeded" && Future.state(two) === "succeeded")
    sometimes("the recalled one was run twice", first.started === 2)
  },
)

it.race(
  "a cancel of what is being given to an idle worker is answered truly (R4, R30, G2, G4)",
  twoByTwo,
  function* ({ submit, job, never, sometimes }) {
    const stuck = yield* submit(job("stuck", { ends: "never" }))
    yield* submit(job("other"))
    const work = job("work")
    const receipt = yield* Future.cancel(yield* submit(work))
    never(receipt._tag === "Refused" || receipt._tag === "NotFound")
    never(receipt._tag === "Stopped" && (work.running > 0 || work.ended))
    sometimes("it never started", receipt._tag === "Stopped" && work.started === 0)
    sometimes("it was stopped by the worker that had been idle", work.stopped === 1)
    yield* Future.cancel(stuck)
  },
)
