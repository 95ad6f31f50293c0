/**
 * What is said between an operator and the scheduler: how things stand, what moves, and orders.
 *
 * Everything an operator asks has a number of its own, under which it is answered. What is told of
 * many things is told in rows, a message each, and a last message that says that these were all.
 */

import type { StopRung, WorkerLoad } from "./WorkerMessages.ts"

/** The first message of an operator's session, which ends with its connection. */
export interface OperatorHello {
  readonly _tag: "OperatorHello"
  readonly session: string
}

/** Asks how things stand. Answered by a `WorkerTold` for each worker, a `WaitingTold` for what waits, and a `StatusTold`. */
export interface StatusAsked {
  readonly _tag: "StatusAsked"
  readonly request: number
}

/** How a worker stands. What it uses is there if it has told it, as it told it last. */
export interface WorkerTold extends Partial<WorkerLoad> {
  readonly _tag: "WorkerTold"
  readonly request: number
  readonly worker: string
  readonly slots: number
  readonly prefetch: number
  /** How many attempts it holds, running or waiting. */
  readonly held: number
  readonly capabilities: Readonly<Record<string, number>>
  /** The names of the tasks it has functions for. */
  readonly tasks: ReadonlyArray<string>
  readonly draining: boolean
  /** Whether it has no connection at the moment. */
  readonly away: boolean
  /** How long ago it was last heard, in milliseconds. */
  readonly silentMs: number
}

/** Tasks of one name that need the same, and why they are not with a worker. Of those with most tasks 100 are told. */
export interface WaitingTold {
  readonly _tag: "WaitingTold"
  readonly request: number
  /** The name of their function. */
  readonly name: string
  /** What each of them needs. */
  readonly capabilities: Readonly<Record<string, number>>
  /** How many there are. */
  readonly tasks: number
  /**
   * `notOffered`: no worker that is here offers the name; `tooLittle`: none that does has enough of each
   * capability, even if it holds nothing; `busy`: some could take them, and have no room now.
   */
  readonly why: "notOffered" | "tooLittle" | "busy"
  /** Where there is too little: of which no worker has enough. If empty, they have enough of each, but none of all. */
  readonly lacking: ReadonlyArray<string>
  /** Where they are busy: how many workers are full, or have too little left of a capability. */
  readonly full: number
  /** How many are draining. */
  readonly draining: number
  /** How many have no connection at the moment, of the others. */
  readonly away: number
  /**
   * Whether they wait, instead, because they were sent again to a scheduler that has just started, and an attempt of
   * before may still run somewhere; `why` is `busy` then, and says nothing.
   */
  readonly recovering: boolean
}

/** How everything else stands. Names that have nothing to say are left out of the maps. */
export interface StatusTold {
  readonly _tag: "StatusTold"
  readonly request: number
  readonly clients: number
  /** How many clients take what they are sent too slowly: what they have queued is not started. */
  readonly clientsBehind: number
  /** How many clients may send no task until one of theirs has ended, or of others. */
  readonly clientsWithoutCredit: number
  readonly operators: number
  /** Whether it is being stopped: nobody new is let in. */
  readonly stopping: boolean
  /** How many answers to cancels are remembered. */
  readonly tombstones: number
  /** How many tasks there are in each state. */
  readonly tasks: Readonly<Record<string, number>>
  /** How long the one that is longest in each state is in it, in milliseconds. */
  readonly oldestMs: Readonly<Record<string, number>>
  /** How many tasks have ended since the scheduler began, by how. */
  readonly ended: Readonly<Record<string, number>>
  /** How many messages were heard, by their kind. */
  readonly heard: Readonly<Record<string, number>>
  /** How many of them, and how many events, changed nothing, by the reason. */
  readonly ignored: Readonly<Record<string, number>>
}

/** Where a task is at the scheduler. */
export type TaskState = "queued" | "dispatched" | "running" | "recalling" | "cancelling" | "ended"

/** How a task ended; `none` as long as it has not. */
export type TaskEnd =
  | "none"
  | "succeeded"
  | "failed"
  | "timedOut"
  /** What ran it died, or too many attempts were lost with their worker. */
  | "died"
  | "cancelled"
  /** It was queued, and its client has gone. */
  | "disowned"

/** How far a cancel has come; `none` where the task is not being cancelled, or nothing is known. `asked`: its worker has been told to stop it. */
export type CancelRung = "none" | "asked" | StopRung

/** Asks for tasks that have not ended, the oldest first. Answered by a `TaskTold` for each, and a `TasksTold`. */
export interface TasksAsked {
  readonly _tag: "TasksAsked"
  readonly request: number
  /** Only those in this state; `any` for all. */
  readonly state: TaskState | "any"
  /** Only those of this name; empty for all. */
  readonly name: string
  /** Only those that this worker holds; empty for all. */
  readonly worker: string
  /** How many at most. */
  readonly limit: number
}

/**
 * Asks to be told what tasks move, by a `TaskTold` each time, under this number; or, said again, for
 * more. The scheduler tells as many as it is asked for, and counts what it leaves out.
 */
export interface WatchAsked {
  readonly _tag: "WatchAsked"
  readonly request: number
  /** How many more messages it may be told; 0 ends the watch. */
  readonly room: number
}

/** Where a task is, or, to who watches, where it has come to. */
export interface TaskTold {
  readonly _tag: "TaskTold"
  readonly request: number
  /** Its public name: its client's session and its number. */
  readonly id: string
  readonly name: string
  readonly state: TaskState
  readonly end: TaskEnd
  /** The worker that holds or held it; empty where there is none. */
  readonly worker: string
  readonly attempt: number
  /** How long it is in that state, or, to who watches, how long it was in the one before, in milliseconds. */
  readonly ageMs: number
  /** Of one that is being cancelled: how far that has come. */
  readonly rung: CancelRung
}

/** These were all; or, to who watches, some are missing here. */
export interface TasksTold {
  readonly _tag: "TasksTold"
  readonly request: number
  /** How many more there are, or how many moves were not told since this was last said. */
  readonly leftOut: number
  /** Whether no more is told of tasks of which something was: of those submitted until now. */
  readonly cut: boolean
}

/** An operator's order: that a task stop, that a worker leave, or that the scheduler stop. Answered by an `OrderTold`. */
export interface OrderAsked {
  readonly _tag: "OrderAsked"
  readonly request: number
  readonly order: "cancel" | "drain" | "stop"
  /** The task's public name, or the worker's; empty for the scheduler. */
  readonly target: string
  /** How long what runs may go on before it is stopped, in milliseconds; a task is stopped at once. */
  readonly boundMs: number
}

/** What became of an order. Before it a `TaskTold` for each task that was left when a worker or the scheduler stopped. */
export interface OrderTold {
  readonly _tag: "OrderTold"
  readonly request: number
  /** `done`: it has stopped; `ended`: the task had ended, or ended first; `refused`: it cannot be stopped. */
  readonly outcome: "done" | "ended" | "refused" | "notFound"
  /** How the task ended; `none` where nobody knows any more, and for workers and the scheduler. */
  readonly end: TaskEnd
  /** As the `TaskCancelConfirm` of a task says. */
  readonly how: "unknown" | "neverStarted" | "cooperative" | "killed" | "workerLost"
  readonly worker: string
  readonly attempt: number
  readonly stopMs: number
}
