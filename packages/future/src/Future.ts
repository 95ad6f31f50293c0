/**
 * A future: the client's handle on one task.
 *
 * Every function here may be called at any time, also after the end, and never blocks the client.
 */
import type { TaskNumber } from "@scaler-ts/protocol"
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { FutureError } from "./FutureError.ts"
import { entryOf, type FutureEntry } from "./internal/FutureEntry.ts"
import { type Outcome, toExit } from "./Outcome.ts"
import type { Receipt } from "./Receipt.ts"

/** The handle on a task whose function yields an `A`. Made by `Client.submit`. */
export interface Future<out A> {
  /** The task's number, from 1, unique within its client. */
  readonly number: TaskNumber
  /**
   * The task's public id, unique among all clients: whoever knows it can attach to the task, and cancel it. It
   * cannot be guessed, so it is a secret as far as the task is one. Empty for what a task has submitted: to the
   * scheduler that is a task of the worker.
   */
  readonly id: string
  /** The name the task's function is registered under. */
  readonly task: string
  /** Carries the type; there is nothing to read. */
  readonly "~scaler-ts/Future"?: A
}

/** Where a future stands. `running` is a finer view of pending and gates nothing. */
export type FutureState =
  | "pending"
  | "running"
  | "cancelling"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "lost"

export interface CancelOptions {
  /**
   * How long to wait for an answer, in milliseconds, before the receipt is `Unconfirmed`. 30,000
   * unless the client was told otherwise. Who joins a cancel under way shares its bound.
   */
  readonly boundMs?: number
}

/** The state now. Never waits. */
export const state = (future: Future<unknown>): FutureState => {
  const { machine, end } = entryOf(future)
  switch (machine._tag) {
    case "pending":
      return machine.running ? "running" : "pending"
    case "cancelling":
      return "cancelling"
    case "ended":
      // A result that could not be decoded is a failure, whatever it said it was (G1).
      return end?._tag === "Failed" ? "failed" : machine.end
  }
}

const awaitValue = <A>(future: Future<A>): Effect.Effect<A, FutureError> =>
  Effect.flatMap(outcome(future), (ended) => toExit(entryOf(future), ended))

export {
  /**
   * Succeeds with the task's value, or fails with why there is none.
   *
   * Interrupting it stops the waiting, not the task: somebody else may own the future. To stop the
   * task too, use `Client.call`.
   */
  awaitValue as await,
}

/**
 * Succeeds with how the task ended. Never fails; interrupting it stops the waiting only.
 *
 * Everybody who looks sees the same end (G1).
 */
export const outcome = <A>(future: Future<A>): Effect.Effect<Outcome<A>> =>
  Effect.callback<Outcome<A>>((resume) => {
    const entry = entryOf(future)
    if (entry.end !== undefined) {
      resume(Effect.succeed(typed<A>(entry.end)))
      return
    }
    const stop = entry.table.listen(entry, (ended) => resume(Effect.succeed(typed<A>(ended))))
    return Effect.sync(stop)
  })

/**
 * Calls back with how the task ended: once, never on the caller's stack and never on that of the
 * message loop.
 *
 * What the callback throws is logged and harms nobody else (G10). Callbacks of one future run in
 * the order they were registered.
 */
export const onDone = <A>(
  future: Future<A>,
  callback: (outcome: Outcome<A>) => void,
): Effect.Effect<void> =>
  Effect.sync(() => {
    const entry = entryOf(future)
    // Wrapped, so that the same function registered twice is called twice.
    entry.table.listen(entry, (ended) => callback(typed<A>(ended)))
  })

/**
 * Asks that the task stop, and succeeds with what really became of it.
 *
 * `Stopped` is a promise: the code is not running anywhere, will not start again, its slot is free,
 * and no result follows (G2). If the result won the race it is in the receipt (G3). The effect
 * never fails. Interrupting it gives up the waiting, not the cancel: the request stands. Whoever
 * asks while a cancel is under way shares its answer, and a future that a cancel ended gives every
 * later asker the same receipt; after `Unconfirmed`, asking again sends again (G4).
 */
export const cancel = <A>(
  future: Future<A>,
  options: CancelOptions = {},
): Effect.Effect<Receipt<A>> =>
  Effect.callback<Receipt<A>>((resume) => {
    const entry = entryOf(future)
    const boundMs = Checked.milliseconds("boundMs", options.boundMs ?? entry.table.boundMs)
    const giveUp = entry.table.ask(
      entry,
      // The receipt carries the result of this very future.
      (receipt) => resume(Effect.succeed(receipt as Receipt<A>)),
      boundMs,
    )
    return Effect.sync(giveUp)
  })

/**
 * Stops caring: the future ends lost for whoever still looks, the task runs on, and its result is
 * dropped. A cancel that is waited for gets `Unconfirmed`. After the end it does nothing.
 */
export const forget = (future: Future<unknown>): Effect.Effect<void> =>
  Effect.sync(() => {
    const entry = entryOf(future)
    entry.table.forget(entry)
  })

/**
 * Lets the task go on when this client leaves or is lost; until then nothing changes for the future. Its
 * end is kept for a while for whoever attaches to `future.id`.
 *
 * A task that has ended before the scheduler hears of it is as it was: its end comes to this future, and
 * is not kept. `detached` in the options of `submit` leaves no such gap. One that waits at the client
 * still is not let go: a close cancels it before it is sent.
 */
export const detach = (future: Future<unknown>): Effect.Effect<void> =>
  Effect.sync(() => {
    const entry = entryOf(future)
    entry.table.detach(entry)
  })

export interface WaitOptions {
  /** What to wait for: the first end, the first end that is not a success, or all ends (the default). */
  readonly until?: "first" | "first-failure" | "all"
  /** How long to wait at most, in milliseconds. No bound unless told otherwise. */
  readonly boundMs?: number
}

/** @internal */
export const waysToWait = ["first", "first-failure", "all"] as const

/** Which futures had ended when a `wait` was over, each list in the order the futures were given. */
export interface Waited<A> {
  readonly done: ReadonlyArray<Future<A>>
  readonly pending: ReadonlyArray<Future<A>>
}

/**
 * Waits for the first, the first failing, or all of the futures, and succeeds with who had ended.
 *
 * Never fails. When the bound passes it succeeds with what there is (G8). `first-failure` is over
 * when all have ended well, too. Interrupting it stops the waiting only.
 */
export const wait = <A>(
  futures: Iterable<Future<A>>,
  options: WaitOptions = {},
): Effect.Effect<Waited<A>> =>
  Effect.suspend(() => {
    const { until = "all", boundMs = Infinity } = options
    Checked.milliseconds("boundMs", boundMs)
    Checked.oneOf("until", until, waysToWait)
    const all = [...futures]
    const over = ended(all.map(entryOf), until)
    const bounded = boundMs === Infinity ? over : Effect.timeoutOption(over, boundMs)
    return Effect.map(bounded, () => ({
      done: all.filter((future) => entryOf(future).end !== undefined),
      pending: all.filter((future) => entryOf(future).end === undefined),
    }))
  })

const ended = (
  entries: ReadonlyArray<FutureEntry>,
  until: "first" | "first-failure" | "all",
): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    let left = entries.length
    let over = false
    const stops: Array<() => void> = []
    const finish = (): void => {
      over = true
      for (const stop of stops) stop()
      resume(Effect.void)
    }
    const onEnd = ({ _tag }: Outcome<unknown>): void => {
      left--
      const enough = until === "first" || (until === "first-failure" && _tag !== "Succeeded")
      if (!over && (enough || left === 0)) finish()
    }
    for (const entry of entries) {
      if (over) break
      if (entry.end === undefined) stops.push(entry.table.listen(entry, onEnd))
      else onEnd(entry.end)
    }
    if (left === 0 && !over) finish()
    return Effect.sync(() => {
      for (const stop of stops) stop()
    })
  })

// An entry does not carry the type of its value; the handle that was given out for it does.
const typed = <A>(outcome: Outcome<unknown>): Outcome<A> => outcome as Outcome<A>
