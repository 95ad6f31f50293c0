/** What a client is told when it is made. */
import type { ClientTask, Limits, PeerId } from "@scaler-ts/protocol"
import type { ClientObserver } from "./Observer.ts"

export interface ClientOptions {
  /** The scheduler's name on the transport. `"scheduler"` unless told otherwise. */
  readonly scheduler?: PeerId
  /** What becomes of a result that races a cancel: reported (`cancel-wins`, the default) or also kept (`result-wins`). */
  readonly policy?: ClientTask.CancelPolicy
  /** How long a cancel, and a disconnect, waits for answers, in milliseconds. 30,000 unless told otherwise. */
  readonly cancelBoundMs?: number
  /** How long the scheduler may take to answer the hello, in milliseconds. 5,000 unless told otherwise. */
  readonly connectMs?: number
  /**
   * How long the client may be without a connection before its session is lost, in milliseconds. Until
   * then it connects anew, and nothing is lost. 10,000 unless told otherwise; 0: it is lost at once.
   * What `Client.make` is given as its session has a number of its own.
   */
  readonly resumeMs?: number
  /**
   * What becomes of tasks that have not ended when their scheduler is gone and another one answers, such
   * as one that was started again. `resubmit`: they are sent again, under the ids that they have. Each
   * may then be run again, after it has run before, and up to `attemptsMax` times in all: one that was submitted with
   * `attemptsMax: 1` ends lost. Their inputs are kept until they end. `fail`: all end lost. `resubmit` unless told
   * otherwise; `fail` where `resumeMs` is 0, and for a session that is given to `Client.make`.
   */
  readonly onSchedulerLost?: "resubmit" | "fail"
  /**
   * With `resubmit`, how long the client tries to find another scheduler once its session is lost, in
   * milliseconds, before its futures are. 30,000 unless told otherwise; 0 is `fail`.
   */
  readonly rejoinMs?: number
  /**
   * How long the scheduler may say nothing before its connection counts as gone, in milliseconds.
   * 15,000 unless told otherwise; `Infinity`: for ever. As `resumeMs`, not for a session that is given.
   */
  readonly silenceMs?: number
  /**
   * How many tasks may wait at the client for the scheduler to take them, submitted by the promise face;
   * beyond that `submit` throws `Overloaded`. From 0; 1,000,000 unless told otherwise. Where Effects
   * submit, they themselves wait, however many they are.
   */
  readonly waitingTasksMax?: number
  /** How many bytes their inputs may have, and one input more. From 1; 1,073,741,824 (1 GiB) unless told otherwise. */
  readonly waitingBytesMax?: number
  /**
   * How long and how deep values may be, and what is taken from the scheduler. An input beyond that
   * is refused when it is submitted, a result beyond it fails its task; a frame ends the session.
   */
  readonly limits?: Partial<Limits>
  /** Watches what becomes of every future: for test kits and for tracing. */
  readonly observer?: ClientObserver
}

/** What a client within a task can be told. */
export interface WithinOptions extends Pick<
  ClientOptions,
  "policy" | "cancelBoundMs" | "waitingTasksMax" | "waitingBytesMax" | "limits" | "observer"
> {}
