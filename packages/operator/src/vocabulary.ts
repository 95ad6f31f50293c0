/** What an operator is told. */
import type { Message } from "@scaler-ts/protocol"

export { ConnectionFailed } from "@scaler-ts/runtime"

/** The states a task can be in at the scheduler. */
export type TaskState = Message.TaskState

/** How a task ended; `none` for one that has not, or of which nobody knows any more. */
export type TaskEnd = Message.TaskEnd

/** A worker as the scheduler has it. */
export interface WorkerStatus extends Omit<Message.WorkerTold, "_tag" | "request"> {}

/** Tasks that wait, and why: those of one name that need the same. */
export interface WaitingStatus extends Omit<
  Message.WaitingTold,
  "_tag" | "request" | "why" | "recovering"
> {
  /**
   * `notOffered`: no worker that is here offers the name; `tooLittle`: none that does has enough of each
   * capability; `busy`: some could take them, and have no room now; `recovering`: the scheduler has just started,
   * and an attempt of before may still run on a worker that is not back yet, or is back and not done with it.
   */
  readonly why: Message.WaitingTold["why"] | "recovering"
}

/** How a scheduler stands. Names that have nothing to say are not in the maps. */
export interface SchedulerStatus extends Omit<Message.StatusTold, "_tag" | "request"> {
  readonly workers: ReadonlyArray<WorkerStatus>
  /** What waits for a worker and why, most tasks first; at most 100 of what there is. */
  readonly waiting: ReadonlyArray<WaitingStatus>
}

/** A task that has not ended. */
export interface TaskStatus extends Omit<Message.TaskTold, "_tag" | "request" | "end"> {}

/** Which tasks to list; all of them where nothing is said. */
export interface TaskFilter {
  readonly state?: TaskState
  /** The name of their function. */
  readonly name?: string
  /** The worker that holds them. */
  readonly worker?: string
  /** How many at most. 100 unless told otherwise; the scheduler tells of 10,000 at most. */
  readonly limit?: number
}

/** Tasks that have not ended, those that are longest in their state first. */
export interface TaskPage {
  readonly tasks: ReadonlyArray<TaskStatus>
  /** How many more there are. */
  readonly more: number
}

/** What became of an operator's cancel. Names that a client's receipts have mean the same. */
export type CancelReceipt =
  /** Confirmed: its code is not running anywhere and will not start again. */
  | {
      readonly _tag: "Stopped"
      readonly how: "never-started" | "cooperative" | "killed" | "unknown"
      readonly worker: string
      readonly attempt: number
      readonly stopMs: number
    }
  /** A worker that held an attempt vanished; the task will not run again, but whether code of it still runs is unknown. */
  | { readonly _tag: "WorkerLost"; readonly worker: string }
  /** A result ended it: now, or, with the end `none`, before. */
  | { readonly _tag: "Finished"; readonly end: TaskEnd; readonly worker: string }
  /** It cannot be stopped, and goes on. */
  | { readonly _tag: "Refused"; readonly worker: string }
  /** Nobody has told the scheduler of it, or it is forgotten. */
  | { readonly _tag: "NotFound" }
  /** No answer within the bound; the order stands. */
  | { readonly _tag: "Unconfirmed"; readonly waitedMs: number }

/** A task that was left when a worker or the scheduler went. */
export interface LeftTask {
  /** Its public id. */
  readonly id: string
  readonly name: string
  /** What has become of it: `queued` again, say, or still `running` where its worker is. */
  readonly state: TaskState
  /** The worker it was left on; empty for one that had none. */
  readonly worker: string
}

/** What became of the drain of a worker. */
export type Drained =
  /** It has left, and these tasks were left on it. */
  | {
      readonly _tag: "Left"
      readonly left: ReadonlyArray<LeftTask>
      /** How many more were left. */
      readonly more: number
    }
  | { readonly _tag: "NotFound" }
  /** It is still there; the order stands. */
  | { readonly _tag: "Unconfirmed"; readonly waitedMs: number }

/** What became of the stop of a scheduler. */
export type Stopped =
  /** It has stopped, and these tasks had not ended. */
  | {
      readonly _tag: "Stopped"
      readonly left: ReadonlyArray<LeftTask>
      /** How many more had not. */
      readonly more: number
    }
  | { readonly _tag: "Unconfirmed"; readonly waitedMs: number }

/** A task has come into another state. */
export interface Moved extends Omit<Message.TaskTold, "_tag" | "request" | "ageMs" | "rung"> {
  readonly _tag: "Moved"
  /** How long it was in the state before, in milliseconds. */
  readonly heldMs: number
}

/** Something an operator who watches is told. */
export type TaskEvent =
  | Moved
  /**
   * Moves are missing here, so many. Of the tasks that they are about nothing else is told; `cut`: and
   * from now on nothing more of any task that was submitted until now.
   */
  | { readonly _tag: "LeftOut"; readonly count: number; readonly cut: boolean }

/** The scheduler has not answered: in time, or ever, because the connection is gone. */
export class NoAnswer extends Error {
  readonly _tag = "NoAnswer"
  /** What was asked for. */
  readonly asked: string
  readonly reason: string
  constructor(asked: string, reason: string) {
    super(`no answer to ${asked}: ${reason}`)
    this.name = "NoAnswer"
    this.asked = asked
    this.reason = reason
  }
}
