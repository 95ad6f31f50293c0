/** A clock that stands still and counts who sleeps on it. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How many fibers sleep now, and how many ever did. */
export interface Sleepers {
  now: number
  ever: number
}

export const countingClock = (): readonly [Clock.Clock, Sleepers] => {
  const sleepers: Sleepers = { now: 0, ever: 0 }
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => 0,
    currentTimeMillis: Effect.succeed(0),
    currentTimeNanosUnsafe: () => 0n,
    currentTimeNanos: Effect.succeed(0n),
    monotonicTimeNanosUnsafe: () => 0n,
    monotonicTimeNanos: Effect.succeed(0n),
    sleep: () =>
      Effect.callback<void>(() => {
        sleepers.now++
        sleepers.ever++
        return Effect.sync(() => {
          sleepers.now--
        })
      }),
  }
  return [clock, sleepers]
}
