/**
 * A shell's only way to turns and time, taken from Effect's `Scheduler` and `Clock` services.
 *
 * The message loops of client, scheduler and worker are plain synchronous code: no fiber and no
 * timer per message. What they need of the world is here, so whoever provides those two services
 * controls when anything happens.
 */
import type { Defer } from "@scaler-ts/protocol"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import { BackgroundSleep } from "./Services.ts"
import { Timers } from "./Timers.ts"
import { turnsOf } from "./Turns.ts"

export interface Loop {
  /** Runs a function on a later turn, after everything deferred before it. */
  readonly defer: Defer
  /**
   * Succeeds once what was deferred before it has been done: for whoever has something to hand over
   * before what it is handed to closes.
   */
  readonly turn: Effect.Effect<void>
  /** Milliseconds from an arbitrary point, never going back; for measuring how long something took. */
  readonly nowMs: () => number
  /** Milliseconds since the Unix epoch, by the wall clock; for telling people when something was. */
  readonly epochMs: () => number
  /** Runs a function once, `delayMs` from now at the earliest, unless the returned function is called first. */
  readonly after: (delayMs: number, run: () => void) => () => void
  /** `after` for what only looks whether somebody is still there: a test may let it sleep on. */
  readonly afterInBackground: (delayMs: number, run: () => void) => () => void
  /** A random number from 0 up to, and not including, 1. */
  readonly random: () => number
  /** Runs an effect in the services the loop was made with. Its owner is whoever awaits the fiber. */
  readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
}

/** A loop for the life of the scope. When it closes, no timer is left and none fires any more. */
export const make: Effect.Effect<Loop, never, Scope.Scope> = Effect.gen(function* () {
  const context = yield* Effect.context()
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const fork = Effect.runForkWith(context)
  const nowMs = (): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const turns = turnsOf(Context.get(context, Scheduler.Scheduler))
  const sleep = (delayMs: number, wake: () => void): (() => void) => {
    // Without a delay too, a timer fires on a later turn and never inside the call that adds it.
    const slept = delayMs > 0 ? clock.sleep(Duration.millis(delayMs)) : Effect.yieldNow
    const sleeping = fork(Effect.andThen(slept, Effect.sync(wake)))
    return () => sleeping.interruptUnsafe()
  }
  const timers = new Timers(nowMs, sleep, turns.afterRounds)
  const sleepInBackground = Context.get(context, BackgroundSleep)
  const background =
    sleepInBackground === undefined
      ? timers
      : new Timers(nowMs, sleepInBackground, turns.afterRounds)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      timers.close()
      background.close()
    }),
  )
  return {
    defer: (run) => turns.defer(run, nowMs),
    turn: Effect.callback((resume) => turns.defer(() => resume(Effect.void), nowMs)),
    nowMs,
    epochMs: () => clock.currentTimeMillisUnsafe(),
    after: (delayMs, run) => timers.add(delayMs, run),
    afterInBackground: (delayMs, run) => background.add(delayMs, run),
    random: () => random.nextDoubleUnsafe(),
    fork,
  }
})
