import { it } from "@effect/vitest"
import { Loop } from "@scaler-ts/runtime"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import assert from "node:assert/strict"
import { countingClock, type Sleepers } from "./countingClock.ts"

const turns = Effect.replicateEffect(Effect.yieldNow, 8, { discard: true })

const ignore = (): void => {}

/** A test on a loop whose sleepers are counted. */
const onCountedSleep = (
  body: (loop: Loop.Loop, sleepers: Sleepers) => Effect.Effect<void>,
): Effect.Effect<void, never, Scope.Scope> => {
  const [clock, sleepers] = countingClock()
  return Effect.flatMap(Loop.make, (loop) => body(loop, sleepers)).pipe(
    Effect.provideService(Clock.Clock, clock),
  )
}

it.effect("one fiber sleeps for all timers, and none when there is no timer left (G7)", () =>
  onCountedSleep((loop, sleepers) =>
    Effect.gen(function* () {
      assert.equal(sleepers.now, 0)
      const cancels = [30, 10, 20].map((delayMs) => loop.after(delayMs, ignore))
      yield* turns
      assert.equal(sleepers.now, 1)
      for (const cancel of cancels) cancel()
      yield* turns
      assert.equal(sleepers.now, 0)
    }),
  ),
)

it.effect("a million timers added and cancelled leave no sleeper (G7)", () =>
  onCountedSleep((loop, sleepers) =>
    Effect.gen(function* () {
      const cancels: Array<() => void> = []
      for (let i = 0; i < 1_000_000; i++) cancels.push(loop.after(i % 30_000, ignore))
      for (const cancel of cancels) cancel()
      yield* turns
      assert.equal(sleepers.now, 0)
      loop.after(1, ignore)
      yield* turns
      assert.equal(sleepers.now, 1)
    }),
  ),
)

it.effect("adding and cancelling a million times under a later timer wakes nobody", () =>
  onCountedSleep((loop, sleepers) =>
    Effect.gen(function* () {
      loop.after(1, ignore)
      yield* turns
      for (let i = 0; i < 1_000_000; i++) loop.after(30_000, ignore)()
      yield* turns
      assert.deepEqual(sleepers, { now: 1, ever: 1 })
    }),
  ),
)

it.effect("closing the scope interrupts the fiber that sleeps (G7)", () =>
  Effect.gen(function* () {
    const [clock, sleepers] = countingClock()
    const scope = yield* Scope.make()
    const loop = yield* Scope.provide(Loop.make, scope).pipe(
      Effect.provideService(Clock.Clock, clock),
    )
    loop.after(10, ignore)
    yield* turns
    assert.equal(sleepers.now, 1)
    yield* Scope.close(scope, Exit.void)
    loop.after(10, ignore)
    yield* turns
    assert.equal(sleepers.now, 0)
  }),
)
