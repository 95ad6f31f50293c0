/** Whoever waits for a future is told its end: all of them, and each once. */
import { Future } from "@scaler-ts/future"
import { asCompleted } from "@scaler-ts/future/stream"
import { it } from "@scaler-ts/testkit/vitest"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { everyOrder } from "../support/bounds.ts"

it.race(
  "asCompleted yields a future that is cancelled while it is waited for (R19, G1)",
  everyOrder,
  function* ({ submit, job, fork, always, sometimes }) {
    const future = yield* submit(job("work"))
    const stream = yield* fork("stream", function* () {
      return yield* Stream.runCollect(asCompleted([future]))
    })
    const receipt = yield* Future.cancel(future)
    always((yield* Fiber.join(stream)).length === 1)
    sometimes("it was stopped", receipt._tag === "Stopped")
  },
)

it.race(
  "a callback is called once, whatever meets: a result, two cancels, a late confirm (R20, G1)",
  everyOrder,
  function* ({ submit, job, fork, always, sometimes }) {
    const future = yield* submit(job("work"))
    const told: Array<string> = []
    yield* Future.onDone(future, ({ _tag }) => told.push(_tag))
    yield* fork("canceller", function* () {
      yield* Future.cancel(future)
    })
    yield* Future.cancel(future)
    yield* Future.await(yield* submit(job("next")))
    always(told.length === 1)
    sometimes("of a value", told[0] === "Succeeded")
    sometimes("of a cancel", told[0] === "Cancelled")
  },
)

it.race(
  "every result of a map finds its future, however fast it is (R21, G5)",
  everyOrder,
  function* ({ client, job, always }) {
    const item = job("item", { value: 42, ends: "at-once" })
    const outcomes = yield* client.map(item, [undefined, undefined])
    always(outcomes.length === 2)
    always(outcomes.every((one) => one._tag === "Succeeded" && one.value === 42))
    always((yield* client.status).ignored.resultAfterEnd === undefined)
  },
)

it.race(
  "one failing item of a map harms neither the others nor the client (R28)",
  everyOrder,
  function* ({ client, submit, job, always, sometimes }) {
    const item = job("item", { mayFail: true })
    const outcomes = yield* client.map(item, [undefined, undefined])
    const failed = outcomes.filter(({ _tag }) => _tag === "Failed").length
    const succeeded = outcomes.filter(({ _tag }) => _tag === "Succeeded").length
    always(failed + succeeded === 2)
    yield* Future.await(yield* submit(job("next")))
    sometimes("one failed and the other did not", failed === 1 && succeeded === 1)
  },
)

it.race(
  "an attempt whose process dies fails for its client and frees its slot (R7, G6)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const work = job("fragile", { mayDie: true })
    const outcome = yield* Future.outcome(yield* submit(work))
    yield* Future.await(yield* submit(job("next")))
    always(work.started === 1)
    sometimes("it died", outcome._tag === "Lost")
    sometimes("it lived", outcome._tag === "Succeeded")
  },
)
