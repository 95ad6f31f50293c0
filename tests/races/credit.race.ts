/** Clients submit more than the scheduler takes: tasks wait at their client, and meet whatever ends that wait. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../support/bounds.ts"

/** One task at a time. */
const oneByOne = { ...everyOrder, clientTasksMax: 1 }

const resuming = { ...oneByOne, resumeMs: 10_000 }

it.race(
  "who gives up waiting has submitted nothing, or what it submitted is stopped (R48, G2)",
  oneByOne,
  function* ({ submit, job, fork, always, sometimes }) {
    const [first, second] = [job("first"), job("second", { ends: "never" })]
    const future = yield* submit(first)
    const waiting = yield* fork("second", function* ({ call }) {
      yield* call(second)
    })
    yield* Fiber.interrupt(waiting)
    always(second.running === 0, "it runs, and nobody wants it")
    yield* Future.await(future)
    always(second.running === 0, "it was started after all")
    sometimes("it was never sent", second.started === 0)
    sometimes("it had been started", second.stopped === 1)
  },
)

it.race(
  "a cancel does not wait behind what waits (R48, G4, G8)",
  { ...oneByOne, cancelBoundMs: Infinity },
  function* ({ submit, job, fork, always }) {
    const endless = job("endless", { ends: "never" })
    const future = yield* submit(endless)
    const waiting = yield* fork("second", function* ({ call }) {
      return yield* call(job("second", { value: 2 }))
    })
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Stopped")
    always((yield* Fiber.join(waiting)) === 2)
  },
)

it.race(
  "cancelAll stops what was sent and takes back what waits (R48, G2, G7)",
  oneByOne,
  function* ({ client, submit, job, fork, always, sometimes }) {
    const endless = job("endless", { ends: "never" })
    const second = job("second")
    yield* submit(endless)
    const waiting = yield* fork("second", function* ({ submit }) {
      return yield* submit(second)
    })
    const receipts = yield* client.cancelAll()
    always(receipts.every(({ _tag }) => _tag === "Stopped" || _tag === "Finished"))
    sometimes("two were told", receipts.length === 2)
    const outcome = yield* Future.outcome(yield* Fiber.join(waiting))
    always(outcome._tag === (receipts.length === 2 ? "Cancelled" : "Succeeded"))
    always(outcome._tag === "Succeeded" || second.started === 0)
  },
)

it.race(
  "a client that leaves has nobody wait, and nothing is sent any more (R48, G7, G8)",
  oneByOne,
  function* ({ client, submit, job, fork, always, sometimes }) {
    const endless = job("endless", { ends: "never" })
    const second = job("second")
    yield* submit(endless)
    const waiting = yield* fork("second", function* ({ submit }) {
      return yield* Effect.exit(submit(second))
    })
    const { unconfirmed } = yield* client.disconnect()
    always(unconfirmed.length === 0)
    const exit = yield* Fiber.join(waiting)
    always(Exit.isFailure(exit) && second.started === 0)
    sometimes("it waited", endless.started === 1)
  },
)

it.race(
  "a client whose connection is gone for good has nobody wait (R48, R45, G8)",
  oneByOne,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const second = job("second", { ends: "at-once" })
    const future = yield* submit(job("first", { ends: "at-once" }))
    const waiting = yield* fork("second", function* ({ submit }) {
      return yield* Effect.exit(submit(second))
    })
    yield* world.cut("client")
    const outcome = yield* Future.outcome(future)
    const exit = yield* Fiber.join(waiting)
    sometimes("it was not submitted", Exit.isFailure(exit) && outcome._tag === "Lost")
    sometimes("it was submitted before", Exit.isSuccess(exit))
    always(Exit.isSuccess(exit) || second.started === 0)
  },
)

it.race(
  "no credit is lost or doubled where the client's connection breaks and is made anew (R48, R33, G7)",
  { ...resuming, faults: { cut: { times: 1, nodes: ["client"] } } },
  function* ({ call, job, fork, always }) {
    const works = [1, 2].map((number) => job(`work-${number}`, { value: number, ends: "at-once" }))
    const [first, second] = works
    if (first === undefined || second === undefined) return
    const waiting = yield* fork("second", function* ({ call }) {
      return yield* call(second)
    })
    always((yield* call(first)) === 1)
    always((yield* Fiber.join(waiting)) === 2)
    always(works.every(({ started }) => started === 1))
  },
)

it.race(
  "room that all clients share is given to whoever waits for it (R48, G7)",
  { ...everyOrder, clients: 2, workers: 2, clientTasksMax: 1, tasksMax: 1 },
  function* ({ call, job, fork, always }) {
    const own = job("own", { value: 1, ends: "at-once" })
    const others = job("others", { value: 2 })
    const other = yield* fork(
      "other",
      function* ({ call }) {
        return yield* call(others)
      },
      { client: 2 },
    )
    always((yield* call(own)) === 1)
    // For this one it needs the room that the other takes while it is there.
    always((yield* call(own)) === 1)
    always((yield* Fiber.join(other)) === 2)
  },
)

it.race(
  "trySubmit never waits: it submits, or is told that there is no room (R48)",
  oneByOne,
  function* ({ client, submit, job, always, sometimes }) {
    const first = yield* submit(job("first"))
    const second = job("second", { value: 2 })
    const exit = yield* Effect.exit(client.trySubmit(second))
    sometimes("there was room", Exit.isSuccess(exit))
    sometimes("there was none", Exit.isFailure(exit))
    if (Exit.isSuccess(exit)) always((yield* Future.await(exit.value)) === 2)
    yield* Future.await(first)
    always(Exit.isSuccess(exit) || second.started === 0)
  },
)
