/** Calling again when a task has failed in a way that its user names. Not loaded by who does not need it. */
import { Checked } from "@scaler-ts/runtime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import { TaskFailed, TaskLost, TaskTimedOut } from "./FutureError.ts"

/** A failure that calling again may mend: the task threw, ran out of time, or was lost with its worker. */
export type Retryable = TaskFailed | TaskTimedOut | TaskLost

export interface RetryOptions {
  /** Whether another call is worth its while. `named` makes such a function of names. */
  readonly on: (failure: Retryable) => boolean
  /** How often it is called again at most. From 1; 3 unless told otherwise. */
  readonly times?: number
  /**
   * When it is called again. Unless told otherwise, after some 100 ms, and after twice as long each time,
   * by a fifth more or less, so that many who failed at once do not come back at once.
   */
  readonly schedule?: Schedule.Schedule<unknown, Retryable>
  /** Ends a pause, and with it the retries. A call under way is its own to cancel: give it the signal too. */
  readonly signal?: AbortSignal
}

/**
 * A function that tells a failure by its names: of what the task threw, or `"TaskTimedOut"` and
 * `"TaskLost"`. It goes with `retry`, and as `while` with Effect's own.
 *
 * Whatever else is said of it, a cancelled task is no failure, and neither is one that was not submitted,
 * or whose client is gone.
 */
export const named = (...names: ReadonlyArray<string>): ((failure: unknown) => boolean) => {
  const wanted = new Set(names)
  return (failure) => isRetryable(failure) && wanted.has(nameOf(failure))
}

/**
 * Calls, and calls again, as a schedule says, for as long as it fails with a failure that `on` names.
 *
 * Resolves with the first value; rejects with the last failure, whatever it is. Each call is a task of
 * its own, so a task that was cancelled is never run again, and how often and where each ran is its
 * own affair: `attemptsMax` counts the losses of one task. Aborting the signal during a pause rejects
 * with its reason.
 *
 * @example Two failures, then a value
 * ```ts
 * import { named, retry } from "@scaler-ts/future/retry"
 *
 * const fetched = await retry((call) => Promise.resolve(`call ${call}`), { on: named("Busy") })
 * fetched // => "call 1"
 * ```
 */
export const retry = <A>(
  call: (number: number) => PromiseLike<A>,
  options: RetryOptions,
): Promise<A> => {
  const { on, times = 3, schedule = scheduleDefault, signal } = options
  Checked.wholeFromOne("times", times)
  if (typeof on !== "function") throw new TypeError(noFailures)
  let calls = 0
  let isCalling = false
  const once = Effect.callback<A, unknown>((resume) => {
    isCalling = true
    const settle = (end: Effect.Effect<A, unknown>): void => {
      isCalling = false
      resume(end)
    }
    // What `call` throws at once is what it rejects with.
    new Promise<A>((resolve) => resolve(call(++calls))).then(
      (value) => settle(Effect.succeed(value)),
      (failure: unknown) => settle(Effect.fail(failure)),
    )
  })
  const isWanted = (failure: unknown): boolean =>
    signal?.aborted !== true && isRetryable(failure) && on(failure)
  // `isWanted` lets no other failure get to the schedule.
  const wanted = schedule as Schedule.Schedule<unknown>
  const fiber = Effect.runFork(Effect.retry(once, { while: isWanted, schedule: wanted, times }))
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      if (!isCalling) fiber.interruptUnsafe()
    }
    signal?.addEventListener("abort", onAbort)
    fiber.addObserver((exit) => {
      signal?.removeEventListener("abort", onAbort)
      if (Exit.isSuccess(exit)) return resolve(exit.value)
      reject(Exit.hasInterrupts(exit) ? signal?.reason : Cause.squash(exit.cause))
    })
  })
}

const scheduleDefault = Schedule.jittered(Schedule.exponential("100 millis"))

const noFailures =
  'retry is told of no failure that is worth another call; give it on, such as named("RateLimited")'

const isRetryable = (failure: unknown): failure is Retryable => {
  if (failure instanceof TaskLost) return failure.reason === "workerDied"
  return failure instanceof TaskFailed || failure instanceof TaskTimedOut
}

const nameOf = (failure: Retryable): string => {
  if (failure._tag !== "TaskFailed") return failure._tag
  const { error } = failure
  return error instanceof Error ? error.name : ""
}
