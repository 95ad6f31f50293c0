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
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"

export interface Loop {
  /** Runs a function on a later turn, after everything deferred before it. */
  readonly defer: Defer
  /** Milliseconds from an arbitrary point, never going back; for measuring how long something took. */
  readonly nowMs: () => number
  /** Milliseconds since the Unix epoch, by the wall clock; for telling people when something was. */
  readonly epochMs: () => number
  /** Runs a function once, `delayMs` from now at the earliest, unless the returned function is called first. */
  readonly after: (delayMs: number, run: () => void) => () => void
  /** Runs an effect in the services the loop was made with. Its owner is whoever awaits the fiber. */
  readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
}

/** A loop for the life of the scope. When it closes, no timer is left and none fires any more. */
export const make: Effect.Effect<Loop, never, Scope.Scope> = Effect.gen(function* () {
  const context = yield* Effect.context<never>()
  const clock = yield* Clock.Clock
  const dispatcher = Context.get(context, Scheduler.Scheduler).makeDispatcher()
  const fork = Effect.runForkWith(context)
  const nowMs = (): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const timers = new Timers(nowMs, (delayMs, wake) => {
    const sleeping = fork(Effect.andThen(clock.sleep(Duration.millis(delayMs)), Effect.sync(wake)))
    return () => sleeping.interruptUnsafe()
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => timers.clear()))
  return {
    defer: (run) => dispatcher.scheduleTask(run, 0),
    nowMs,
    epochMs: () => clock.currentTimeMillisUnsafe(),
    after: (delayMs, run) => timers.add(delayMs, run),
    fork,
  }
})

type Run = () => void
type Sleep = (delayMs: number, wake: () => void) => () => void

/**
 * All timers of one loop on one sleeping fiber.
 *
 * Timers of the same millisecond share a bucket, so that adding and cancelling cost the same with
 * one timer as with a million bounds that are all 30 s away.
 */
class Timers {
  private readonly buckets = new Map<number, Set<Run>>()
  /** The milliseconds that have a bucket, in order. */
  private due: Array<number> = []
  private stopSleeping: (() => void) | undefined
  private wakesAt = Number.POSITIVE_INFINITY
  private readonly nowMs: () => number
  private readonly sleep: Sleep

  constructor(nowMs: () => number, sleep: Sleep) {
    this.nowMs = nowMs
    this.sleep = sleep
  }

  add(delayMs: number, run: Run): () => void {
    const at = Math.ceil(this.nowMs() + delayMs)
    let bucket = this.buckets.get(at)
    if (bucket === undefined) {
      bucket = new Set()
      this.buckets.set(at, bucket)
      const after = this.due.findLastIndex((other) => other < at)
      this.due.splice(after + 1, 0, at)
    }
    // Wrapped, so that the same function added twice is two timers.
    const timer = (): void => run()
    bucket.add(timer)
    this.sleepUntilFirst()
    return () => {
      if (bucket.delete(timer) && bucket.size === 0 && this.buckets.get(at) === bucket) {
        this.buckets.delete(at)
        this.due.splice(this.due.indexOf(at), 1)
        this.sleepUntilFirst()
      }
    }
  }

  clear(): void {
    this.buckets.clear()
    this.due = []
    this.sleepUntilFirst()
  }

  private sleepUntilFirst(): void {
    const first = this.due[0] ?? Number.POSITIVE_INFINITY
    if (first === this.wakesAt) return
    this.stopSleeping?.()
    this.stopSleeping = undefined
    this.wakesAt = first
    if (first === Number.POSITIVE_INFINITY) return
    this.stopSleeping = this.sleep(Math.max(0, first - this.nowMs()), () => this.wake())
  }

  private wake(): void {
    this.stopSleeping = undefined
    this.wakesAt = Number.POSITIVE_INFINITY
    const now = this.nowMs()
    while (this.due.length > 0 && (this.due[0] ?? 0) <= now) {
      const at = this.due.shift() ?? 0
      const bucket = this.buckets.get(at)
      this.buckets.delete(at)
      if (bucket !== undefined) for (const timer of bucket) timer()
    }
    this.sleepUntilFirst()
  }
}
