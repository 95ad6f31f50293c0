import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"

it.effect("a second cancel joins the first: one request, one receipt for both (R12, R16)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = [yield* cancelling(future), yield* cancelling(future)]
    assert.deepStrictEqual(scheduler.cancels, [1])
    scheduler.say(say.stopped(1))
    const [first, second] = yield* Fiber.joinAll(asked)
    assert.deepStrictEqual(first, receipts.stopped())
    assert.strictEqual(second, first)
  }),
)

it.effect("a thousand cancels at once are one request, and all get one receipt (R12, R16)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const many = Effect.all(
      Array.from({ length: 1_000 }, () => Future.cancel(future)),
      { concurrency: "unbounded" },
    )
    const asked = yield* Effect.forkChild(many, { startImmediately: true })
    const last = yield* cancelling(future)
    assert.deepStrictEqual(scheduler.cancels, [1])
    scheduler.say(say.stopped(1))
    const got = new Set([...(yield* Fiber.join(asked)), yield* Fiber.join(last)])
    assert.deepStrictEqual([...got], [receipts.stopped()])
  }),
)

it.effect("a cancel after the end that a cancel brought gets the same receipt (R43)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future)
    scheduler.say(say.stopped(1))
    const first = yield* Fiber.join(asked)
    assert.strictEqual(yield* Future.cancel(future), first)
    assert.strictEqual(yield* Future.cancel(future), first)
    assert.deepStrictEqual(scheduler.cancels, [1])
  }),
)

it.effect("a task asked twice by a real cluster's client is stopped once (R12)", () => {
  const { tasks, record, recorded } = Script.make()
  return embedded({ tasks }, ({ client, workers }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      const both = [Future.cancel(future), Future.cancel(future)]
      const [first, second] = yield* Effect.all(both, { concurrency: 2 })
      assert.strictEqual(first, second)
      assert.deepStrictEqual(record, ["began a", "stopped a"])
      assert.deepStrictEqual(workers[0]?.status().ignored, {})
    }),
  )
})

it.effect("giving up the wait for a cancel leaves the request standing (G4)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future)
    yield* Fiber.interrupt(asked)
    assert.deepStrictEqual(scheduler.cancels, [1])
    assert.strictEqual(Future.state(future), "cancelling")
    scheduler.say(say.stopped(1))
    const receipt = receipts.stopped()
    assert.deepStrictEqual(yield* Future.outcome(future), { _tag: "Cancelled", receipt })
  }),
)

it.effect("who waits on is answered when another gives up waiting (R16)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const [gone, stays] = [yield* cancelling(future), yield* cancelling(future)]
    yield* Fiber.interrupt(gone)
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* Fiber.join(stays), receipts.stopped())
  }),
)

it.effect("a cancel asked again after everybody gave up waiting joins the same request (G4)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    yield* Fiber.interrupt(yield* cancelling(future))
    const again = yield* cancelling(future)
    assert.deepStrictEqual(scheduler.cancels, [1])
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* Fiber.join(again), receipts.stopped())
  }),
)

it.effect("a task whose cancel nobody waits for any more still stops (G2)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.tidy, "a")
      yield* recorded("began a")
      const asked = yield* Effect.forkChild(Future.cancel(future))
      yield* recorded("began tidying a")
      yield* Fiber.interrupt(asked)
      finish("tidying a")
      assert.strictEqual((yield* Future.outcome(future))._tag, "Cancelled")
      assert.strictEqual(record.at(-1), "stopped a")
    }),
  )
})
