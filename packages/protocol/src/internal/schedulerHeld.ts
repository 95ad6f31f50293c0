/** What the scheduler does with a task that has a worker: it runs, is being recalled, or is being cancelled. */
import type {
  Asked,
  Command,
  Event,
  FromWorker,
  Held,
  Holding,
  In,
  State,
} from "../machine/SchedulerTask.ts"
import type { ConfirmHow } from "../Message.ts"
import { move, type Move } from "../Step.ts"
import { endConfirmed, endedByResult, ignore, memoryOf, queue } from "./schedulerMoves.ts"

export const onHeld = (state: Held, event: Event): Move<State, Command> => {
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
      if (state._tag === "cancelling" ? onlyTimeout(state) : isLateForTimeout(state, event.how)) {
        return move(endedByResult, stopTimeout, free, timedOut(state)) // R41
      }
      return state._tag !== "cancelling" && event.how === "neverStarted"
        ? queueAgain(state, [stopTimeout, free])
        : endConfirmed(state, event, event, [stopTimeout, free])
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
      const overdue = !state.asked.client && (state.asked.timeout || state.overdue)
      const running: State = { ...holdingOf(state), _tag: "running", overdue }
      return state.asked.client
        ? move(running, {
            _tag: "Confirm",
            type: "cancelFailed",
            how: "unknown",
            worker: state.worker,
            attempt: state.attempt,
            stopMs: 0,
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
    : endConfirmed(lost, state, workerLost, first) // R8
}

/** Back into the queue, unless somebody ever wanted the task stopped (R39). */
const queueAgain = (state: Held, before: ReadonlyArray<Command>): Move<State, Command> =>
  state.wanted
    ? move(endedByResult, ...before, died(state))
    : move({ ...memoryOf(state), _tag: "queued" }, ...before, queue)

const holdingOf = (state: Held): Holding => ({
  ...memoryOf(state),
  worker: state.worker,
  started: state.started,
  overdue: state.overdue,
})

const isLateForTimeout = (state: Held, how: ConfirmHow): boolean =>
  state.overdue && how !== "neverStarted"

const onlyTimeout = (state: In<"cancelling">): boolean => state.asked.timeout && !state.asked.client

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

const nobody: Asked = { client: false, timeout: false }

const stopTimeout: Command = { _tag: "StopTimeout" }
const workerLost = { how: "workerLost", stopMs: 0 } as const
