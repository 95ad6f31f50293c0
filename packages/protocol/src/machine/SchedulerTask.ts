/**
 * What the scheduler knows about one task: where it is, who asked that it stop, what it was told.
 *
 * - **G4** Every cancel is answered; one that meets an end on its way is answered by that end.
 * - **G5** A result that arrives is forwarded, also while the task is being cancelled.
 * - **G6** A slot is freed by the end of its attempt, never by the request to end it.
 * - **G9** What another attempt or another worker says about the task changes nothing.
 */
import type { ConfirmHow } from "../Message.ts"
import { move, type Move } from "../Step.ts"

/** What is remembered of a task from attempt to attempt. */
export interface Memory {
  /** The number of the newest attempt; 0 before the first. */
  readonly attempt: number
  /** How many attempts may be lost with their worker. */
  readonly attemptsMax: number
  /** The workers that were lost with an attempt, oldest first. */
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
interface Holding extends Memory {
  readonly worker: string
  readonly started: boolean
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
}

/** From a worker, about an attempt. */
interface FromWorker {
  readonly worker: string
  readonly attempt: number
}

export type Event =
  | { readonly _tag: "TaskArrived"; readonly attemptsMax: number }
  | { readonly _tag: "SlotAvailable"; readonly worker: string }
  | ({ readonly _tag: "Started" } & FromWorker)
  | { readonly _tag: "CancelAsked" }
  | ({ readonly _tag: "ResultArrived" } & FromWorker)
  | ({ readonly _tag: "Canceled"; readonly how: ConfirmHow } & FromWorker)
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
  | { readonly _tag: "ReportDied"; readonly attempt: number; readonly lostWorkers: ReadonlyArray<string> }
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

type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>
type Held = In<"running"> | In<"recalling"> | In<"cancelling">

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
      return move(
        {
          _tag: "queued",
          attempt: 0,
          attemptsMax: event.attemptsMax,
          lostWorkers: none,
          wanted: false,
        },
        queue,
      )
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
        { ...memoryOf(state), _tag: "running", attempt, worker: event.worker, started: false },
        { _tag: "Dispatch", worker: event.worker, attempt },
      )
    }
    case "CancelAsked":
      return endConfirmed(state, { worker: "", attempt: state.attempt }, "neverStarted", [unqueue])
    case "OwnerLost":
      return move(endedSilently, unqueue)
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

const onHeld = (state: Held, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "CancelAsked":
      return askToStop(state, "client")
    case "TimedOut":
      return event.attempt === state.attempt && state._tag !== "cancelling"
        ? askToStop(state, "timeout")
        : ignore(state, "timeoutLate")
    case "OwnerLost":
      return askToStop(state, "owner")
    case "RecallAsked":
      return state._tag === "running" && !state.started
        ? move(
            { ...state, _tag: "recalling" },
            { _tag: "SendCancel", worker: state.worker, attempt: state.attempt, force: false },
          )
        : ignore(state, "recallLate")
    case "WorkerLost":
      return event.worker === state.worker ? loseWorker(state, []) : ignore(state, "attemptStale")
    case "TaskArrived":
      return ignore(state, "taskKnown")
    case "SlotAvailable":
      return ignore(state, "slotUnwanted")
    default:
      return event.worker === state.worker && event.attempt === state.attempt
        ? onReport(state, event)
        : ignore(state, "attemptStale") // G9
  }
}

type Report = Extract<Event, FromWorker>

/** What the worker that holds the current attempt says about it. */
const onReport = (state: Held, event: Report): Move<State, Command> => {
  const free: Command = { _tag: "FreeSlot", worker: state.worker } // G6
  switch (event._tag) {
    case "Started":
      if (state.started) return ignore(state, "attemptStale")
      return state._tag === "cancelling"
        ? move({ ...state, started: true })
        : move(
            { ...state, started: true },
            { _tag: "ForwardStarted", worker: state.worker, attempt: state.attempt },
            { _tag: "StartTimeout", attempt: state.attempt },
          )
    case "ResultArrived":
      return move(endedByResult, stopTimeout, free, { _tag: "ForwardResult" }) // G5, R3
    case "Canceled":
      if (state._tag === "cancelling" && onlyTimeout(state)) {
        return move(endedByResult, stopTimeout, free, timedOut(state)) // R41
      }
      return state._tag !== "cancelling" && event.how === "neverStarted"
        ? queueAgain(state, [stopTimeout, free])
        : endConfirmed(state, event, event.how, [stopTimeout, free])
    case "CancelFailed":
      return onRefusal(state)
    case "CancelNotFound":
      return loseWorker(state, [stopTimeout, free])
  }
}

type Asker = "client" | "timeout" | "owner"

const askToStop = (state: Held, asker: Asker): Move<State, Command> => {
  const before: Asked = state._tag === "cancelling" ? state.asked : nobody
  const asked = {
    client: before.client || asker === "client",
    timeout: before.timeout || asker === "timeout",
  }
  if (state._tag === "cancelling") return move({ ...state, asked }) // R12
  return move(
    {
      ...holdingOf(state),
      _tag: "cancelling",
      wanted: true,
      asked,
      owed: state._tag === "recalling",
    },
    { _tag: "SendCancel", worker: state.worker, attempt: state.attempt, force: true }, // R4, R22
  )
}

const onRefusal = (state: Held): Move<State, Command> => {
  switch (state._tag) {
    case "running":
      return ignore(state, "attemptStale")
    case "recalling":
      return move({ ...state, _tag: "running" })
    case "cancelling": {
      if (state.owed) return move({ ...state, owed: false }) // R37
      const running: State = { ...holdingOf(state), _tag: "running" }
      return state.asked.client
        ? move(running, {
            _tag: "Confirm",
            type: "cancelFailed",
            how: "unknown",
            worker: state.worker,
            attempt: state.attempt,
          })
        : move(running)
    }
  }
}

/** The attempt is gone and nobody can tell how far it came. */
const loseWorker = (state: Held, before: ReadonlyArray<Command>): Move<State, Command> => {
  const lost: Held = { ...state, lostWorkers: [...state.lostWorkers, state.worker] }
  const first = before.length > 0 ? before : [stopTimeout]
  if (state._tag !== "cancelling") {
    return lost.lostWorkers.length < lost.attemptsMax
      ? queueAgain(lost, first)
      : move(endedByResult, ...first, died(lost)) // R7
  }
  return onlyTimeout(state)
    ? move(endedByResult, ...first, timedOut(state)) // R41
    : endConfirmed(lost, state, "workerLost", first) // R8
}

/** Back into the queue, unless somebody ever wanted the task stopped (R39). */
const queueAgain = (state: Held, before: ReadonlyArray<Command>): Move<State, Command> =>
  state.wanted
    ? move(endedByResult, ...before, died(state))
    : move({ ...memoryOf(state), _tag: "queued" }, ...before, queue)

/** Ends the task with a `canceled`, which says `workerLost` if an earlier attempt was lost (R40). */
const endConfirmed = (
  memory: Memory,
  by: FromWorker,
  how: ConfirmHow,
  before: ReadonlyArray<Command>,
): Move<State, Command> => {
  const lost = memory.lostWorkers.at(-1)
  const confirm: Confirm = {
    _tag: "Confirm",
    type: "canceled",
    how: lost === undefined ? how : "workerLost",
    worker: lost ?? by.worker,
    attempt: by.attempt,
  }
  return move({ _tag: "ended", confirm }, ...before, confirm)
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

const memoryOf = ({ attempt, attemptsMax, lostWorkers, wanted }: Memory): Memory => ({
  attempt,
  attemptsMax,
  lostWorkers,
  wanted,
})

const holdingOf = (state: Held): Holding => ({
  ...memoryOf(state),
  worker: state.worker,
  started: state.started,
})

const onlyTimeout = (state: In<"cancelling">): boolean =>
  state.asked.timeout && !state.asked.client

const died = (state: Held): Command => ({
  _tag: "ReportDied",
  attempt: state.attempt,
  lostWorkers: state.lostWorkers,
})

const timedOut = (state: Held): Command => ({
  _tag: "ReportTimeout",
  worker: state.worker,
  attempt: state.attempt,
})

const ignore = (state: State, counter: IgnoredByScheduler): Move<State, Command> =>
  move(state, { _tag: "Ignore", counter })

const none: ReadonlyArray<string> = []
const nobody: Asked = { client: false, timeout: false }
const endedByResult: State = { _tag: "ended", confirm: undefined }
const endedSilently: State = endedByResult
const queue: Command = { _tag: "Queue" }
const unqueue: Command = { _tag: "Unqueue" }
const stopTimeout: Command = { _tag: "StopTimeout" }
const cancelNotFound: Confirm = {
  _tag: "Confirm",
  type: "cancelNotFound",
  how: "unknown",
  worker: "",
  attempt: 0,
}
