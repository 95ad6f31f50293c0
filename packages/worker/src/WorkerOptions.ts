/** What a worker is told when it is made. */
import type { Limits, PeerId, SessionOptions } from "@scaler-ts/protocol"
import type { ExecutorFactory } from "./Executor.ts"
import type { TaskModules } from "./registry.ts"

/** How long a task that is asked to stop may take, unless told otherwise. */
export const graceMsDefault = 5_000
/** How long the scheduler may take to answer the hello, unless told otherwise. */
export const connectMsDefault = 5_000
/** A session has 1,000 characters for its name: this one, a slash, and 24 digits that nobody can guess. */
export const nameCharactersMax = 975

export interface WorkerOptions {
  /** The worker's name, of 1 to 975 characters, unique among the scheduler's workers; receipts and errors show it. */
  readonly name: string
  /**
   * What `defineTasks` returned, once or several times. The worker is sent those tasks alone; one that is
   * given a map is sent tasks of any name, and fails those that are not in it.
   */
  readonly tasks: TaskModules
  readonly executor: ExecutorFactory
  /**
   * How long a task that is asked to stop may take before it is killed, in milliseconds, unless it was
   * submitted with a grace period of its own. 5,000 unless told otherwise.
   */
  readonly graceMs?: number
  /**
   * How many attempts the worker holds beyond those it runs, so that a slot that comes free is taken again
   * at once. They are taken back for a worker that is idle. As many as it has slots unless told otherwise.
   */
  readonly prefetch?: number
  /**
   * What the worker has beside its slots, such as `{ gpu: 2 }`: positive finite quantities by name. Tasks
   * that need some of it hold that for as long as they are here. Nothing unless told otherwise.
   */
  readonly capabilities?: Readonly<Record<string, number>>
  /** The scheduler's name on the transport, by which errors call it. `"scheduler"` unless told otherwise. */
  readonly scheduler?: PeerId
  /** How long the scheduler may take to answer the hello, in milliseconds. 5,000 unless told otherwise. */
  readonly connectMs?: number
  /**
   * How long a worker whose session is gone tries to begin another one, in milliseconds. It takes
   * tasks again once it holds nothing of before. For ever unless told otherwise; 0: it leaves.
   */
  readonly rejoinMs?: number
  /**
   * How long and how deep inputs and results may be. Beyond them a task fails. What its session takes
   * from the scheduler is the session's to limit.
   */
  readonly limits?: Partial<Limits>
}

/** What a worker over a transport can be told. */
export interface WorkerLayerOptions
  extends Omit<WorkerOptions, "name">, Pick<SessionOptions, "resumeMs" | "silenceMs"> {
  /** As that of `WorkerOptions`; the name that its transport has unless told otherwise. */
  readonly name?: string
}
