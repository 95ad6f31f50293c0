/**
 * What the scheduler knows about one task: where it is, who asked that it stop, what it was told.
 *
 * - **G4** Every cancel is answered; one that meets an end on its way is answered by that end.
 * - **G5** A result that arrives is forwarded, also while the task is being cancelled.
 * - **G6** A slot is freed by the end of its attempt, never by the request to end it.
 * - **G9** What another attempt or another worker says about the task changes nothing.
 */
import { onHeld } from "../internal/schedulerHeld.ts"
import { endConfirmed, endedByResult, ignore, memoryOf, queue } from "../internal/schedulerMoves.ts"
import type { ConfirmHow } from "../Message.ts"
import { move, type Move } from "../Step.ts"

/** What is remembered of a task from attempt to attempt. */
export interface Memory {
  /** The number of the newest attempt; 0 before the first. */
  readonly attempt: number
  /** How many attempts may be lost with their worker. */
  readonly attemptsMax: number
  /** The workers that were lost with an attempt, oldest first; of one that was lost with its scheduler the name is empty. */
  readonly lostWorkers: ReadonlyArray<string>
  /** Whether a forced cancel was ever sent: such a task is never started again (R39). */
  readonly wanted: boolean
}

/** Who asked that a task being cancelled stop. */
export interface Asked {
  readonly client: boolean
  readonly timeout: boolean
}

/** The attempt that holds a slot. */
export interface Holding extends Memory {
  readonly worker: string
  readonly started: boolean
  /** Whether a timeout, and no client since, asked that it stop and was refused: a late stop is its answer. */
  readonly overdue: boolean
}

export type State =
  | { readonly _tag: "unknown" }
  | ({ readonly _tag: "queued" } & Memory)
  | ({ readonly _tag: "running" } & Holding)
  | ({ readonly _tag: "recalling" } & Holding)
  | ({
      readonly _tag: "cancelling"
      readonly asked: Asked
      /** Whether the answer to a recall is still to come (R37). */
      readonly owed: boolean
    } & Holding)
  | {
      readonly _tag: "ended"
      /** What a cancel that comes too late is told; nothing when a result is on its way. */
      readonly confirm: Confirm | undefined
    }

/** The `TaskCancelConfirm` of a task that ended by one. */
export interface Confirm {
  readonly _tag: "Confirm"
  readonly type: "canceled" | "cancelFailed" | "cancelNotFound"
  readonly how: ConfirmHow
  readonly worker: string
  readonly attempt: number
  /** How long it took to stop, in milliseconds; 0 where nothing had started, and where nobody knows. */
  readonly stopMs: number
}

/** From a worker, about an attempt. */
export interface FromWorker {
  readonly worker: string
  readonly attempt: number
}

export type Event =
  /** `lost`: how many of its attempts may have been lost with schedulers before this one. */
  | { readonly _tag: "TaskArrived"; readonly attemptsMax: number; readonly lost: number }
  | { readonly _tag: "SlotAvailable"; readonly worker: string }
  | ({ readonly _tag: "Started" } & FromWorker)
  | { readonly _tag: "CancelAsked" }
  | ({ readonly _tag: "ResultArrived" } & FromWorker)
  | ({ readonly _tag: "Canceled"; readonly how: ConfirmHow; readonly stopMs: number } & FromWorker)
  | ({ readonly _tag: "CancelFailed" } & FromWorker)
  | ({ readonly _tag: "CancelNotFound" } & FromWorker)
  | { readonly _tag: "WorkerLost"; readonly worker: string }
  | { readonly _tag: "OwnerLost" }
  | { readonly _tag: "TimedOut"; readonly attempt: number }
  | { readonly _tag: "RecallAsked" }

export type Command =
  /** Put the task into the queue. */
  | { readonly _tag: "Queue" }
  /** Take the task out of the queue. */
  | { readonly _tag: "Unqueue" }
  /** Take a slot of the worker and send it the task. */
  | ({ readonly _tag: "Dispatch" } & FromWorker)
  | ({ readonly _tag: "SendCancel"; readonly force: boolean } & FromWorker)
  | { readonly _tag: "FreeSlot"; readonly worker: string }
  | { readonly _tag: "StartTimeout"; readonly attempt: number }
  | { readonly _tag: "StopTimeout" }
  | ({ readonly _tag: "ForwardStarted" } & FromWorker)
  /** Forward the result that arrived. */
  | { readonly _tag: "ForwardResult" }
  /** Send the client a `failedWorkerDied` that names attempts and workers. */
  | {
      readonly _tag: "ReportDied"
      readonly attempt: number
      readonly lostWorkers: ReadonlyArray<string>
    }
  /** Send the client a `failedTimeout`. */
  | ({ readonly _tag: "ReportTimeout" } & FromWorker)
  /** Send the client a `TaskCancelConfirm`. */
  | Confirm
  | { readonly _tag: "Ignore"; readonly counter: IgnoredByScheduler }

/** Under these names a scheduler counts what it ignored. */
export type IgnoredByScheduler =
  | "taskKnown"
  | "taskUnknown"
  | "slotUnwanted"
  | "attemptStale"
  | "cancelAfterResult"
  | "timeoutLate"
  | "recallLate"
  | "ownerLate"
  /** A client detached a task that had ended. */
  | "detachLate"

/** The states of one kind. */
export type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>

/** The states that hold an attempt, and its worker's slot. */
export type Held = In<"running"> | In<"recalling"> | In<"cancelling">

type Arrival = Extract<Event, { readonly _tag: "TaskArrived" }>

/** The state of a task nobody has told the scheduler about. */
export const unknown: State = { _tag: "unknown" }

export const step = (state: State, event: Event): Move<State, Command> => {
  switch (state._tag) {
    case "unknown":
      return onUnknown(state, event)
    case "queued":
      return onQueued(state, event)
    case "running":
    case "recalling":
    case "cancelling":
      return onHeld(state, event)
    case "ended":
      return onEnded(state, event)
  }
}

const onUnknown = (state: In<"unknown">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "TaskArrived":
      return move({ _tag: "queued", ...arrived(event), wanted: false }, queue)
    case "CancelAsked":
      return move(state, cancelNotFound)
    default:
      return ignore(state, "taskUnknown")
  }
}

const onQueued = (state: In<"queued">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "SlotAvailable": {
      const attempt = state.attempt + 1
      return move(
        {
          ...memoryOf(state),
          _tag: "running",
          attempt,
          worker: event.worker,
          started: false,
          overdue: false,
        },
        { _tag: "Dispatch", worker: event.worker, attempt },
      )
    }
    case "CancelAsked":
      return endConfirmed(state, { worker: "", attempt: state.attempt }, neverStarted, [unqueue])
    case "OwnerLost":
      return move(endedByResult, unqueue)
    case "TaskArrived":
      return ignore(state, "taskKnown")
    case "TimedOut":
      return ignore(state, "timeoutLate")
    case "RecallAsked":
      return ignore(state, "recallLate")
    default:
      return ignore(state, "attemptStale") // G9
  }
}

const onEnded = (state: In<"ended">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "CancelAsked":
      return state.confirm === undefined
        ? ignore(state, "cancelAfterResult")
        : move(state, state.confirm) // G4
    case "TaskArrived":
      return ignore(state, "taskKnown")
    case "SlotAvailable":
      return ignore(state, "slotUnwanted")
    case "TimedOut":
      return ignore(state, "timeoutLate")
    case "RecallAsked":
      return ignore(state, "recallLate")
    case "OwnerLost":
      return ignore(state, "ownerLate")
    default:
      return ignore(state, "attemptStale") // G9
  }
}

const arrived = ({ attemptsMax, lost }: Arrival): Omit<Memory, "wanted"> => ({
  attempt: lost,
  attemptsMax,
  lostWorkers: lost === 0 ? none : Array.from({ length: lost }, () => ""),
})

const none: ReadonlyArray<string> = []
const neverStarted = { how: "neverStarted", stopMs: 0 } as const
const unqueue: Command = { _tag: "Unqueue" }
const cancelNotFound: Confirm = {
  _tag: "Confirm",
  type: "cancelNotFound",
  how: "unknown",
  worker: "",
  attempt: 0,
  stopMs: 0,
}
