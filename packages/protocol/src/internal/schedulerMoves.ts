/** Moves that queued tasks and tasks with a worker have in common. */
import type {
  Command,
  Confirm,
  FromWorker,
  IgnoredByScheduler,
  Memory,
  State,
} from "../machine/SchedulerTask.ts"
import { move, type Move } from "../Step.ts"

/** What outlives the attempt. */
export const memoryOf = ({ attempt, attemptsMax, lostWorkers, wanted }: Memory): Memory => ({
  attempt,
  attemptsMax,
  lostWorkers,
  wanted,
})

export const ignore = (state: State, counter: IgnoredByScheduler): Move<State, Command> =>
  move(state, { _tag: "Ignore", counter })

/** Ends the task with a `canceled`, which says `workerLost` if an earlier attempt was lost (R40). */
export const endConfirmed = (
  memory: Memory,
  by: FromWorker,
  { how, stopMs }: Pick<Confirm, "how" | "stopMs">,
  before: ReadonlyArray<Command>,
): Move<State, Command> => {
  const lost = memory.lostWorkers.at(-1)
  const confirm: Confirm = {
    _tag: "Confirm",
    type: "canceled",
    how: lost === undefined ? how : "workerLost",
    worker: lost ?? by.worker,
    attempt: by.attempt,
    stopMs: lost === undefined ? stopMs : 0,
  }
  return move({ _tag: "ended", confirm }, ...before, confirm)
}

/** Nothing is told to whoever asks later: a result is on its way, or nobody is left to ask. */
export const endedByResult: State = { _tag: "ended", confirm: undefined }

export const queue: Command = { _tag: "Queue" }
