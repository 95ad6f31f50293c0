/** Connections break and are made again: sessions go on, and nothing is lost, doubled or out of order. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import { everyOrder } from "../support/bounds.ts"

const resuming = { ...everyOrder, resumeMs: 10_000 }

it.race(
  "a result is handed over until it is acknowledged, wherever its worker's connection breaks (R33, G5)",
  resuming,
  function* ({ submit, job, fork, world, always }) {
    const work = job("work", { value: 42 })
    yield* fork("weather", function* () {
      yield* world.cut("worker-1")
    })
    const future = yield* submit(work)
    always((yield* Future.await(future)) === 42)
    always(work.started === 1, "it was run again")
  },
)

it.race(
  "a client whose connection breaks hears what became of its task, and no session ends (R33, G5)",
  resuming,
  function* ({ submit, job, fork, world, always }) {
    const work = job("work", { value: 42 })
    yield* fork("weather", function* () {
      yield* world.cut("client")
    })
    const future = yield* submit(work)
    always((yield* Future.await(future)) === 42)
    always(work.started === 1, "it was run again")
    always((yield* world.status).clients === 1)
  },
)

it.race(
  "a cancel is answered although the connection of its client breaks (R33, G4)",
  resuming,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* fork("weather", function* () {
      yield* world.cut("client")
    })
    const receipt = yield* Future.cancel(future)
    always(["Stopped", "Finished", "AlreadyDone"].includes(receipt._tag))
    sometimes("it was stopped", receipt._tag === "Stopped")
    sometimes("it was faster", receipt._tag === "Finished")
  },
)

it.race(
  "a cancel is answered although the connection of the worker breaks (R33, G2, G4)",
  resuming,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* fork("weather", function* () {
      yield* world.cut("worker-1")
    })
    const receipt = yield* Future.cancel(future)
    always(["Stopped", "Finished", "AlreadyDone"].includes(receipt._tag))
    always(work.started <= 1, "it was run again")
    sometimes("it was stopped", receipt._tag === "Stopped")
    sometimes("it was faster", receipt._tag === "Finished")
  },
)

it.race(
  "a client that is away for too long is lost, and waits for nothing (R45, R22, G7, G8)",
  resuming,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    yield* fork("weather", function* () {
      yield* Effect.andThen(world.hold("client>scheduler"), world.cut("client"))
    })
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Lost")
    yield* world.release("client>scheduler")
    yield* Effect.sleep("1 minute")
    always(work.running === 0, "it runs on, and nobody wants it")
    sometimes("it was stopped", work.stopped === 1)
    sometimes("it was never started", work.started === 0)
  },
)

it.race(
  "a worker that is away for too long is lost, and its task is run by another (R6, G5, G6, G9)",
  { ...resuming, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* Effect.andThen(world.hold("scheduler>worker-1"), world.cut("worker-1"))
    always((yield* Future.await(future)) === 42)
    yield* Effect.sleep("1 minute")
    const { workers } = yield* world.status
    always(workers.length === 1 && workers.every(({ held }) => held === 0))
    yield* world.release("scheduler>worker-1")
    sometimes("it was run by both", work.started === 2)
  },
)

it.race(
  "a task goes to no worker that is away, so it needs one attempt (R6, G9)",
  { ...resuming, workers: 2 },
  function* ({ submit, job, world, always }) {
    yield* Effect.andThen(world.hold("scheduler>worker-1"), world.cut("worker-1"))
    // The scheduler knows of it then, and still waits.
    yield* Effect.sleep("1 second")
    const future = yield* submit(job("work", { value: 42 }), undefined, { attemptsMax: 1 })
    always((yield* Future.await(future)) === 42)
    yield* world.release("scheduler>worker-1")
  },
)

it.race(
  "who came back in time is not given up later, when its time would have been over (R33, R22, G5)",
  { ...resuming, faults: { cut: 1 } },
  function* ({ submit, job, world, always }) {
    yield* Effect.sleep("1 minute")
    const { clients, workers } = yield* world.status
    always(clients === 1 && workers.length === 1)
    always((yield* Future.await(yield* submit(job("work", { value: 42 })))) === 42)
  },
)

it.race(
  "a connection that breaks while it is made anew is made once more (R33, G5)",
  { ...resuming, faults: { cut: { times: 2, nodes: ["client"] } } },
  function* ({ submit, job, always }) {
    const future = yield* submit(job("work", { value: 42, ends: "at-once" }))
    always((yield* Future.await(future)) === 42)
  },
)
