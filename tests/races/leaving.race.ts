/** A client leaves, is cut off, or dies. */
import { Future, type Outcome } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import * as Clock from "effect/Clock"
import { everyOrder, unkillable } from "../support/bounds.ts"

it.race(
  "the running task of a client that died is stopped, and its slot is free again (R22, G6)",
  { ...everyOrder, clients: 2 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const submits: RaceBody = function* (there) {
      yield* there.submit(work)
    }
    yield* fork("mortal", submits, { client: 2 })
    yield* world.crash("client-2")
    yield* Future.await(yield* submit(job("next")))
    always(work.running === 0)
    sometimes("it was stopped while it ran", work.stopped === 1)
  },
)

it.race(
  "a disconnect that nobody answers ends by its bound and names what is open (R23, G8)",
  everyOrder,
  function* ({ submit, job, world, client, always }) {
    yield* world.hold("scheduler>client")
    const future = yield* submit(job("endless", { ends: "never" }))
    const beganMs = yield* Clock.currentTimeMillis
    const { unconfirmed } = yield* client.disconnect({ boundMs: 100 })
    always((yield* Clock.currentTimeMillis) - beganMs <= 100)
    always(unconfirmed.length === 1 && unconfirmed[0]?.number === future.number)
    always(Future.state(future) === "lost")
  },
)

it.race(
  "a disconnect that meets the loss of the connection gives everybody one end (R24, G1)",
  everyOrder,
  function* ({ submit, job, fork, world, client, always, sometimes }) {
    const future = yield* submit(job("work"))
    const told: Array<Outcome<void>> = []
    yield* Future.onDone(future, (outcome) => told.push(outcome))
    yield* fork("weather", function* () {
      yield* world.cut("client")
    })
    const { unconfirmed } = yield* client.disconnect()
    const mine = yield* Future.outcome(future)
    always(told.length === 1 && told[0] === mine)
    always(unconfirmed.length === 0 || mine._tag === "Lost")
    sometimes("the connection was lost first", mine._tag === "Lost")
    sometimes("the task was stopped first", mine._tag === "Cancelled")
  },
)

it.race(
  "what refuses to stop for a client that leaves is lost and named (R44, G8)",
  unkillable,
  function* ({ submit, job, client, always, sometimes }) {
    const future = yield* submit(job("deaf", { ends: "never", interruptible: false }))
    const early = yield* Future.cancel(future)
    const { unconfirmed } = yield* client.disconnect()
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Lost" && outcome.error.reason === "clientClosed")
    always(unconfirmed.length === 1 && unconfirmed[0]?.number === future.number)
    sometimes("it had been refused before", early._tag === "Refused")
    sometimes("nobody had answered before", early._tag === "Unconfirmed")
  },
)

it.race(
  "a client that was cut off waits for nothing any more (R45, G5, G7)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* world.cut("client")
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Lost" || outcome._tag === "Succeeded")
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "AlreadyDone")
    sometimes("its result was on the way", outcome._tag === "Lost" && work.ended)
    sometimes("its result had come", outcome._tag === "Succeeded")
  },
)

it.race(
  "a client that went away holds nobody else up (R27)",
  { ...everyOrder, clients: 2 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const theirs = job("theirs")
    const submits: RaceBody = function* (there) {
      yield* there.submit(theirs)
    }
    yield* fork("mortal", submits, { client: 2 })
    yield* world.crash("client-2")
    always((yield* Future.await(yield* submit(job("mine", { value: 42 })))) === 42)
    sometimes("its result found nobody", theirs.ended)
  },
)
