import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle, until } from "../support/turns.ts"

it.effect(
  "a forgotten future is lost for whoever still looks, and its result is dropped (G5)",
  () =>
    Effect.gen(function* () {
      const { client, submit, scheduler } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      const waiting = yield* Effect.forkChild(Effect.flip(Future.await(future)))
      yield* settle
      yield* Future.forget(future)
      const error = yield* Fiber.join(waiting)
      assert.deepInclude(error, { _tag: "TaskLost", reason: "forgotten" })
      assert.strictEqual(Future.state(future), "lost")
      scheduler.say(say.succeeded(1))
      yield* settle
      assert.deepStrictEqual((yield* client.status).ignored, { resultAfterEnd: 1 })
      assert.deepStrictEqual(scheduler.cancels, [], "forgetting is not cancelling")
    }),
)

it.effect("forgetting a future answers the cancels that wait for it with Unconfirmed (G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = [yield* cancelling(future), yield* cancelling(future)]
    yield* Future.forget(future)
    for (const receipt of yield* Fiber.joinAll(asked)) {
      assert.deepStrictEqual(receipt, receipts.unconfirmed(0, 0))
    }
    assert.strictEqual(Future.state(future), "lost")
    scheduler.say(say.stopped(1))
    yield* settle
    assert.deepStrictEqual((yield* client.status).ignored, { confirmAfterEnd: 1 })
  }),
)

it.effect("a cancel after forgetting sends nothing (R18)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    yield* Future.forget(future)
    const outcome = yield* Future.outcome(future)
    assert.deepStrictEqual(yield* Future.cancel(future), receipts.alreadyDone(outcome))
    assert.deepStrictEqual(scheduler.cancels, [])
  }),
)

it.effect("forgetting a future that has ended changes nothing (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.succeeded(1, 6))
    assert.strictEqual(yield* Future.await(future), 6)
    yield* Future.forget(future)
    assert.strictEqual(yield* Future.await(future), 6)
  }),
)

it.effect("a forgotten task runs on to its end (G2)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client, scheduler }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      yield* Future.forget(future)
      yield* settle
      assert.strictEqual(scheduler.status().tasks.running, 1)
      finish("a")
      yield* until("it has ended", () => scheduler.status().tasks.running === 0)
      assert.deepStrictEqual(record, ["began a", "ended a"])
    }),
  )
})
