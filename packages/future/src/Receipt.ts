/** What a cancel hands its caller: the evidence of what became of the task. */
import type * as Exit from "effect/Exit"
import type { TaskFailed, TaskLost, TaskTimedOut } from "./FutureError.ts"
import type { Outcome } from "./Outcome.ts"

/**
 * How a task that was confirmed stopped came to stop: before its function was called, because the
 * function stopped when asked, or because what ran it was ended. `unknown` from clusters that do not say.
 */
export type StoppedHow = "never-started" | "cooperative" | "killed" | "unknown"

/**
 * The answer to a cancel. `cancelled` says in one word whether the future ended as cancelled.
 *
 * - `Stopped`: the code is not running anywhere, will not start again, its slot is free, and no
 *   result follows (G2). It says which way of stopping it was in the end, and how long that took.
 * - `Finished`: the result won the race; `exit` is that result (G3).
 * - `WorkerLost`: a worker that held an attempt vanished. The task will not run again; whether code
 *   of the lost attempt still runs is not known.
 * - `NotFound`: the scheduler never got the task, or has forgotten it. So it does of a task that could not
 *   be attached to: whether that runs is not known, and its future is lost.
 * - `Refused`: the task cannot be stopped; its future goes on and ends by its result.
 * - `Unconfirmed`: the bound passed without an answer. The future is still being cancelled, and a
 *   late answer ends it.
 * - `AlreadyDone`: it had ended, and not by a cancel of this client; nothing was sent.
 */
export type Receipt<A> =
  | Stopped
  | Finished<A>
  | WorkerLost
  | NotFound
  | Refused
  | Unconfirmed
  | AlreadyDone<A>

export interface Stopped {
  readonly _tag: "Stopped"
  readonly how: StoppedHow
  /** The worker that confirmed; empty when the task had never been sent to one. */
  readonly worker: string
  /** The attempt that was stopped, from 1; 0 when there was none. */
  readonly attempt: number
  /**
   * How long it took to stop, in milliseconds: from its worker's being asked to the code's having been
   * seen to stop. 0 where nothing had started, and from clusters that do not say.
   */
  readonly stopMs: number
  readonly cancelled: true
}

export interface Finished<A> {
  readonly _tag: "Finished"
  readonly exit: Exit.Exit<A, TaskFailed | TaskTimedOut | TaskLost>
  /** False only under the policy `result-wins`, which keeps the result. */
  readonly cancelled: boolean
}

export interface WorkerLost {
  readonly _tag: "WorkerLost"
  /** The worker that was lost last; empty where it was lost with its scheduler, and nobody knows its name. */
  readonly worker: string
  readonly cancelled: true
}

export interface NotFound {
  readonly _tag: "NotFound"
  /** False only for a task that could not be attached to. */
  readonly cancelled: boolean
}

export interface Refused {
  readonly _tag: "Refused"
  readonly cancelled: false
}

export interface Unconfirmed {
  readonly _tag: "Unconfirmed"
  /** How long the request has been waited for, in milliseconds. */
  readonly waitedMs: number
  /** When the scheduler was last heard, in milliseconds since the Unix epoch; `undefined` if never. */
  readonly lastSeen: number | undefined
  readonly cancelled: false
}

export interface AlreadyDone<A> {
  readonly _tag: "AlreadyDone"
  readonly outcome: Outcome<A>
  /** Whether it had ended as cancelled. */
  readonly cancelled: boolean
}
