/** What a worker says of an attempt that does not stop at once, and of itself. */
import type { TaskNumber } from "./Ids.ts"

/**
 * How far the stop of an attempt has come. `interrupted`: its function has been asked to stop, and has its grace
 * period for it; `killing`: that is over, and what runs the function is being ended, and has not been seen to be gone.
 */
export type StopRung = "interrupted" | "killing"

/**
 * An attempt that is being cancelled has been on this rung for a while. Of one that stops at once nothing is told;
 * behind its confirm, or its result, this is never said.
 */
export interface TaskStopping {
  readonly _tag: "TaskStopping"
  readonly task: TaskNumber
  readonly attempt: number
  readonly rung: StopRung
}

/** What a worker uses of its machine. All of it is said, or nothing. */
export interface WorkerLoad {
  /** How many processors it has kept busy in the seconds before: 1 is one of them, all the time. From 0. */
  readonly cpu: number
  /** How much memory it has resident, in bytes. */
  readonly memoryBytes: number
}
