import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as say from "../support/messages.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

type Waited = Future.Waited<number>

const numbers = ({ done, pending }: Waited) => ({
  done: done.map(({ number }) => number),
  pending: pending.map(({ number }) => number),
})

/** A rig with so many futures, and a `wait` for them under way. */
const waiting = (count: number, options?: Future.WaitOptions) =>
  Effect.gen(function* () {
    const rig = yield* Rig.make()
    const futures = yield* rig.submit(count)
    const wait = yield* Effect.forkChild(Effect.map(Future.wait(futures, options), numbers), {
      startImmediately: true,
    })
    return { ...rig, futures, wait }
  })

it.effect("wait is over when all futures have ended, in the order they were given (G1)", () =>
  Effect.gen(function* () {
    const { scheduler, wait } = yield* waiting(4)
    scheduler.say(say.failed(4), say.died(2), say.stopped(3))
    yield* settle
    assert.isUndefined(wait.pollUnsafe())
    scheduler.say(say.succeeded(1))
    assert.deepStrictEqual(yield* Fiber.join(wait), { done: [1, 2, 3, 4], pending: [] })
  }),
)

it.effect("wait until first is over with the first end, whatever end that is (G1)", () =>
  Effect.gen(function* () {
    const { scheduler, wait } = yield* waiting(3, { until: "first" })
    yield* settle
    assert.isUndefined(wait.pollUnsafe())
    scheduler.say(say.stopped(2))
    assert.deepStrictEqual(yield* Fiber.join(wait), { done: [2], pending: [1, 3] })
  }),
)

for (const [what, message] of [
  ["failed", say.failed(2)],
  ["cancelled", say.stopped(2)],
  ["lost", say.died(2)],
] as const) {
  it.effect(`wait until first-failure is over with the first ${what} future (G1)`, () =>
    Effect.gen(function* () {
      const { scheduler, wait } = yield* waiting(3, { until: "first-failure" })
      scheduler.say(say.succeeded(1))
      yield* settle
      assert.isUndefined(wait.pollUnsafe())
      scheduler.say(message)
      assert.deepStrictEqual(yield* Fiber.join(wait), { done: [1, 2], pending: [3] })
    }),
  )
}

it.effect("wait until first-failure is over when all have ended well (G8)", () =>
  Effect.gen(function* () {
    const { scheduler, wait } = yield* waiting(2, { until: "first-failure" })
    scheduler.say(say.succeeded(2), say.succeeded(1))
    assert.deepStrictEqual(yield* Fiber.join(wait), { done: [1, 2], pending: [] })
  }),
)

it.effect("wait is over when its bound has passed, and says who has not ended (G8)", () =>
  Effect.gen(function* () {
    const { scheduler, wait } = yield* waiting(3, { boundMs: 100 })
    scheduler.say(say.succeeded(2))
    yield* settle
    yield* TestClock.adjust(99)
    assert.isUndefined(wait.pollUnsafe())
    yield* TestClock.adjust(1)
    assert.deepStrictEqual(yield* Fiber.join(wait), { done: [2], pending: [1, 3] })
    assert.deepStrictEqual(scheduler.cancels, [])
  }),
)

for (const until of ["first", "first-failure", "all"] as const) {
  it.effect(`wait until ${until} for futures that have ended is over at once`, () =>
    Effect.gen(function* () {
      const { futures, scheduler } = yield* waiting(2)
      scheduler.say(say.failed(1), say.succeeded(2))
      yield* Effect.forEach(futures, Future.outcome)
      const waited = yield* Future.wait(futures, { until })
      assert.deepStrictEqual(numbers(waited), { done: [1, 2], pending: [] })
    }),
  )

  it.effect(`wait until ${until} for nothing is over at once`, () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Future.wait([], { until }), { done: [], pending: [] })
    }),
  )
}

it.effect("wait until first-failure is over at once when one had failed before (G1)", () =>
  Effect.gen(function* () {
    const { futures, scheduler } = yield* waiting(3)
    scheduler.say(say.failed(3))
    yield* settle
    const waited = yield* Future.wait(futures, { until: "first-failure" })
    assert.deepStrictEqual(numbers(waited), { done: [3], pending: [1, 2] })
  }),
)

it.effect("wait counts futures that ended before and those that end while it waits (G1)", () =>
  Effect.gen(function* () {
    const { futures, scheduler } = yield* waiting(2)
    scheduler.say(say.succeeded(1))
    yield* settle
    const later = yield* Effect.forkChild(Future.wait(futures), { startImmediately: true })
    assert.isUndefined(later.pollUnsafe())
    scheduler.say(say.succeeded(2))
    assert.deepStrictEqual(numbers(yield* Fiber.join(later)), { done: [1, 2], pending: [] })
  }),
)

it.effect("giving up a wait leaves the futures alone (G5)", () =>
  Effect.gen(function* () {
    const { futures, scheduler, wait } = yield* waiting(2)
    yield* Fiber.interrupt(wait)
    assert.deepStrictEqual(scheduler.cancels, [])
    scheduler.say(say.succeeded(1, 5), say.succeeded(2, 6))
    const values = yield* Effect.forEach(futures, (future) => Future.await(future))
    assert.deepStrictEqual(values, [5, 6])
  }),
)

it.effect("what is no way to wait is refused", () =>
  Effect.gen(function* () {
    const options = { until: "any" } as unknown as Future.WaitOptions
    const exit = yield* Effect.exit(Future.wait([], options))
    assert.match(String(exit), /until is .*any.*; give one of/)
  }),
)
