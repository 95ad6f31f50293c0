/** Nobody answers a cancel within its bound: the answers are held until the bound has passed. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder } from "../support/bounds.ts"

const answers = "scheduler>client"

it.race(
  "a cancel that nobody answers is Unconfirmed, and the state can be asked for at once (R15, G8)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    yield* world.hold(answers)
    const future = yield* submit(job("work"))
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Unconfirmed" && receipt.waitedMs === 30_000)
    always(Future.state(future) === "cancelling")
    yield* world.release(answers)
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Cancelled")
    sometimes(
      "by a late confirm",
      outcome._tag === "Cancelled" && outcome.receipt?._tag === "Stopped",
    )
  },
)

it.race(
  "a cancel asked again after its bound is sent again, with a bound of its own (R17, R42, G8)",
  everyOrder,
  function* ({ submit, job, world, client, always }) {
    yield* world.hold(answers)
    const future = yield* submit(job("work", { ends: "never" }))
    const first = yield* Future.cancel(future)
    const second = yield* Future.cancel(future, { boundMs: 7 })
    always(first._tag === "Unconfirmed" && second._tag === "Unconfirmed" && second.waitedMs === 7)
    yield* world.release(answers)
    yield* Future.await(yield* submit(job("next")))
    // Each request was answered, and the second answer found the future ended.
    always((yield* client.status).ignored.confirmAfterEnd === 1)
  },
)

it.race(
  "whoever asks again after Unconfirmed and an end is told of that end (R43, G4)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    yield* world.hold(answers)
    const future = yield* submit(job("work", { value: 42 }))
    const first = yield* Future.cancel(future)
    yield* world.release(answers)
    const outcome = yield* Future.outcome(future)
    const again = yield* Future.cancel(future)
    always(first._tag === "Unconfirmed")
    always(outcome._tag === "Cancelled" && outcome.receipt === again)
    sometimes("the raced result is in reach", again._tag === "Finished")
    sometimes("the stop is", again._tag === "Stopped")
  },
)

it.race(
  "a bound that is too short changes nothing about the end (R42, G1, G4)",
  { ...everyOrder, earlyTimers: 1 },
  function* ({ submit, job, always, sometimes }) {
    const future = yield* submit(job("work"))
    const first = yield* Future.cancel(future)
    const second = yield* Future.cancel(future)
    const outcome = yield* Future.outcome(future)
    always(second._tag !== "Unconfirmed")
    always(first._tag === "Unconfirmed" || first === second || first._tag === "AlreadyDone")
    sometimes("the bound was too short", first._tag === "Unconfirmed")
    sometimes("and the task was stopped", outcome._tag === "Cancelled")
  },
)
