import { it } from "@effect/vitest"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"

/** Lets everything run that was deferred, and what that deferred in turn, eight times over. */
const turns = Effect.replicateEffect(Effect.yieldNow, 8, { discard: true })

const ignore = (): void => {}

it.effect("a deferred function runs on a later turn, in the order of the calls", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const ran: Array<string> = []
    loop.defer(() => {
      ran.push("first")
      loop.defer(() => ran.push("third, deferred by the first"))
    })
    loop.defer(() => ran.push("second"))
    assert.deepEqual(ran, [])
    yield* turns
    assert.deepEqual(ran, ["first", "second", "third, deferred by the first"])
  }),
)

it.effect("a timer never fires inside the call that adds it, even with no delay", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<number> = []
    loop.after(0, () => fired.push(0))
    assert.deepEqual(fired, [])
    yield* TestClock.adjust(1)
    assert.deepEqual(fired, [0])
  }),
)

it.effect("timers fire in the order of their times, each at its time and once", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<readonly [number, number]> = []
    for (const delayMs of [30, 10, 20, 5]) {
      loop.after(delayMs, () => fired.push([delayMs, loop.nowMs()]))
    }
    yield* TestClock.adjust(4)
    assert.deepEqual(fired, [])
    yield* TestClock.adjust(100)
    assert.deepEqual(
      fired,
      [5, 10, 20, 30].map((ms) => [ms, ms]),
    )
    yield* TestClock.adjust(100)
    assert.equal(fired.length, 4)
  }),
)

it.effect("timers of the same millisecond fire in the order they were added", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<string> = []
    const twice = (): void => void fired.push("twice")
    loop.after(10, () => fired.push("a"))
    loop.after(10, twice)
    loop.after(9.5, () => fired.push("rounded up to the same millisecond"))
    loop.after(10, twice)
    yield* TestClock.adjust(10)
    assert.deepEqual(fired, ["a", "twice", "rounded up to the same millisecond", "twice"])
  }),
)

it.effect("a cancelled timer never fires, and cancelling it again or late does nothing", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<string> = []
    const cancelOne = loop.after(10, () => fired.push("one"))
    const cancelTwo = loop.after(10, () => fired.push("two"))
    const cancelAlone = loop.after(20, () => fired.push("alone"))
    cancelOne()
    cancelOne()
    cancelAlone()
    yield* TestClock.adjust(30)
    cancelTwo()
    yield* TestClock.adjust(30)
    assert.deepEqual(fired, ["two"])
  }),
)

it.effect("a timer cancelled by another one of its own millisecond never fires", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<string> = []
    loop.after(10, () => {
      fired.push("first")
      cancelSecond()
      cancelLater()
    })
    const cancelSecond = loop.after(10, () => fired.push("second"))
    const cancelLater = loop.after(11, () => fired.push("later"))
    loop.after(12, () => fired.push("last"))
    yield* TestClock.adjust(100)
    assert.deepEqual(fired, ["first", "last"])
  }),
)

it.effect("a timer added by a firing one fires at its own time", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<readonly [string, number]> = []
    loop.after(10, () => {
      loop.after(5, () => fired.push(["added by it", loop.nowMs()]))
      fired.push(["first", loop.nowMs()])
    })
    yield* TestClock.adjust(10)
    yield* turns
    yield* TestClock.adjust(5)
    assert.deepEqual(fired, [
      ["first", 10],
      ["added by it", 15],
    ])
  }),
)

it.effect("an earlier timer that is added later fires first", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<readonly [string, number]> = []
    loop.after(1_000, () => fired.push(["late", loop.nowMs()]))
    yield* turns
    loop.after(10, () => fired.push(["early", loop.nowMs()]))
    yield* turns
    yield* TestClock.adjust(10)
    assert.deepEqual(fired, [["early", 10]])
    yield* TestClock.adjust(990)
    assert.deepEqual(fired.slice(1), [["late", 1_000]])
  }),
)

it.effect("the same timers survive the cancelling of the one that would have woken them", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<number> = []
    const cancel = loop.after(10, () => fired.push(10))
    loop.after(20, () => fired.push(20))
    yield* turns
    cancel()
    yield* turns
    yield* TestClock.adjust(20)
    assert.deepEqual(fired, [20])
  }),
)

it.effect("a timer that throws takes no other timer with it (G10)", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const fired: Array<string> = []
    loop.after(10, () => {
      throw new Error("thrown by a timer")
    })
    loop.after(10, () => fired.push("same millisecond"))
    loop.after(20, () => fired.push("later"))
    yield* TestClock.adjust(20)
    yield* turns
    yield* TestClock.adjust(20)
    assert.deepEqual(fired, ["same millisecond", "later"])
  }),
)

it.effect("when its scope closes no timer fires any more, not even a new one (G7)", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const loop = yield* Scope.provide(Loop.make, scope)
    const fired: Array<string> = []
    const cancel = loop.after(10, () => fired.push("before"))
    yield* Scope.close(scope, Exit.void)
    loop.after(10, () => fired.push("after"))
    cancel()
    yield* TestClock.adjust(100)
    assert.deepEqual(fired, [])
  }),
)

it.effect("a scope that a timer closes stops the timers of the same millisecond too (G7)", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const loop = yield* Scope.provide(Loop.make, scope)
    const fired: Array<string> = []
    loop.after(10, () => {
      fired.push("closes")
      Effect.runSync(Scope.close(scope, Exit.void))
    })
    loop.after(10, () => fired.push("same millisecond"))
    yield* TestClock.adjust(100)
    assert.deepEqual(fired, ["closes"])
  }),
)

it.effect("epochMs follows the wall clock and nowMs the monotonic one", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    yield* TestClock.setTime(1_000_000)
    assert.equal(loop.epochMs(), 1_000_000)
    const before = loop.nowMs()
    yield* TestClock.adjust(250)
    assert.equal(loop.nowMs() - before, 250)
    assert.equal(loop.epochMs(), 1_000_250)
  }),
)

it.effect("cancelling and closing twice is harmless", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const loop = yield* Scope.provide(Loop.make, scope)
    const cancel = loop.after(10, ignore)
    yield* Scope.close(scope, Exit.void)
    yield* Scope.close(scope, Exit.void)
    cancel()
    cancel()
    yield* turns
  }),
)
