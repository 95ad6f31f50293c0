import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

/** A future whose cancel has gone unanswered for its bound of 100 ms; the scheduler was heard at 40. */
const unanswered = (options: Rig.RigOptions = {}) =>
  Effect.gen(function* () {
    const rig = yield* Rig.make(options)
    const future = Rig.only(yield* rig.submit())
    yield* TestClock.adjust(40)
    rig.scheduler.say(say.started(1))
    yield* settle
    const asked = yield* rig.cancelling(future, { boundMs: 100 })
    yield* TestClock.adjust(100)
    const receipt = yield* Fiber.join(asked)
    return { ...rig, future, receipt }
  })

it.effect("a cancel without an answer says how long it waited and who was last heard (R15)", () =>
  Effect.gen(function* () {
    const { future, receipt, client } = yield* unanswered()
    assert.deepStrictEqual(receipt, receipts.unconfirmed(100, 40))
    assert.strictEqual(Future.state(future), "cancelling")
    assert.strictEqual((yield* client.status).futures.cancelling, 1)
  }),
)

it.effect("a cancel is not given up a millisecond before its bound (G8)", () =>
  Effect.gen(function* () {
    const { submit, cancelling } = yield* Rig.make()
    const asked = yield* cancelling(Rig.only(yield* submit()), { boundMs: 100 })
    yield* TestClock.adjust(99)
    assert.isUndefined(asked.pollUnsafe())
    yield* TestClock.adjust(1)
    assert.strictEqual((yield* Fiber.join(asked))._tag, "Unconfirmed")
  }),
)

it.effect("a cancel waits 30 s unless it or its client is told otherwise (G8)", () =>
  Effect.gen(function* () {
    const { submit, cancelling } = yield* Rig.make()
    const asked = yield* cancelling(Rig.only(yield* submit()))
    yield* TestClock.adjust(29_999)
    assert.isUndefined(asked.pollUnsafe())
    yield* TestClock.adjust(1)
    assert.deepStrictEqual(yield* Fiber.join(asked), receipts.unconfirmed(30_000, 0))
  }),
)

it.effect("a client's own bound is that of its cancels (G8)", () =>
  Effect.gen(function* () {
    const { submit, cancelling } = yield* Rig.make({ cancelBoundMs: 7 })
    const asked = yield* cancelling(Rig.only(yield* submit()))
    yield* TestClock.adjust(7)
    assert.deepStrictEqual(yield* Fiber.join(asked), receipts.unconfirmed(7, 0))
  }),
)

it.effect("who joins a cancel under way shares its bound (R16)", () =>
  Effect.gen(function* () {
    const { submit, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const first = yield* cancelling(future, { boundMs: 100 })
    yield* TestClock.adjust(60)
    const joined = yield* cancelling(future, { boundMs: 5_000 })
    yield* TestClock.adjust(40)
    const [one, other] = yield* Fiber.joinAll([first, joined])
    assert.deepStrictEqual(one, receipts.unconfirmed(100, 0))
    assert.strictEqual(other, one)
  }),
)

it.effect("a confirm that comes after the bound still ends the future (R17)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* unanswered()
    scheduler.say(say.stopped(1))
    const receipt = receipts.stopped()
    assert.deepStrictEqual(yield* Future.outcome(future), { _tag: "Cancelled", receipt })
    assert.deepStrictEqual(yield* Future.cancel(future), receipt)
    assert.deepStrictEqual(scheduler.cancels, [1])
  }),
)

it.effect("a result that comes after the bound is reachable by another cancel (R43)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* unanswered()
    scheduler.say(say.succeeded(1, "late"))
    assert.strictEqual((yield* Future.outcome(future))._tag, "Cancelled")
    assert.deepStrictEqual<unknown>(yield* Future.cancel(future), receipts.finished("late"))
    assert.deepStrictEqual(scheduler.cancels, [1])
  }),
)

it.effect("under result-wins a result that comes after the bound is kept (G3)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* unanswered({ policy: "result-wins" })
    scheduler.say(say.succeeded(1, 8))
    assert.strictEqual(yield* Future.await(future), 8)
    assert.deepStrictEqual(yield* Future.cancel(future), receipts.finished(8, false))
  }),
)

it.effect("asking again after the bound sends again and waits for a new bound (R17, R42)", () =>
  Effect.gen(function* () {
    const { future, scheduler, cancelling } = yield* unanswered()
    const again = yield* cancelling(future, { boundMs: 50 })
    assert.deepStrictEqual(scheduler.cancels, [1, 1])
    yield* TestClock.adjust(49)
    assert.isUndefined(again.pollUnsafe())
    yield* TestClock.adjust(1)
    assert.deepStrictEqual(yield* Fiber.join(again), receipts.unconfirmed(50, 40))
    const third = yield* cancelling(future)
    assert.deepStrictEqual(scheduler.cancels, [1, 1, 1])
    scheduler.say(say.notFound(1))
    assert.deepStrictEqual(yield* Fiber.join(third), receipts.notFound)
  }),
)

it.effect("an answer in time leaves no bound behind that could end anything later (G7)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling, client } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future, { boundMs: 100 })
    scheduler.say(say.refused(1))
    assert.deepStrictEqual(yield* Fiber.join(asked), receipts.refused)
    const again = yield* cancelling(future, { boundMs: 500 })
    yield* TestClock.adjust(499)
    assert.isUndefined(again.pollUnsafe())
    yield* TestClock.adjust(1)
    assert.deepStrictEqual(yield* Fiber.join(again), receipts.unconfirmed(500, 0))
    assert.deepStrictEqual((yield* client.status).ignored, {})
  }),
)

it.effect("a future whose cancel is unanswered goes on telling its state (R15)", () =>
  Effect.gen(function* () {
    const { future, client } = yield* unanswered()
    assert.strictEqual(Future.state(future), "cancelling")
    assert.deepStrictEqual(yield* Future.wait([future], { boundMs: 0 }), {
      done: [],
      pending: [future],
    })
    assert.deepStrictEqual((yield* client.status).futures, {
      pending: 0,
      running: 0,
      cancelling: 1,
    })
  }),
)
