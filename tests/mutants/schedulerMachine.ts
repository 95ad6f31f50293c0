/** Bugs of the scheduler's machine, for tasks that wait for a worker or have ended. */
import type { Mutant } from "./mutants.ts"

const machine = "packages/protocol/src/machine/SchedulerTask.ts"
const moves = "packages/protocol/src/internal/schedulerMoves.ts"

export const ofSchedulerMachine: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that takes a task in and does not queue it",
    file: machine,
    find: "...arrived(event), wanted: false }, queue)",
    replace: "...arrived(event), wanted: false })",
    cell: ["Scheduler", "unknown", "`Task`"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "sometimes",
    },
  },
  {
    name: "a scheduler that takes a new task for one that was to be stopped",
    file: machine,
    find: "...arrived(event), wanted: false",
    replace: "...arrived(event), wanted: true",
    cell: ["Scheduler", "unknown", "`Task`"],
    killedBy: {
      file: "lost",
      race: "a task cut off from its scheduler runs anew elsewhere and ends once (R6, G1, G9)",
      red: "body",
    },
  },
  {
    name: "a scheduler that confirms a stop in the queue and starts the task",
    file: machine,
    find: 'return endConfirmed(state, { worker: "", attempt: state.attempt }, neverStarted, [unqueue])',
    replace:
      'return move(state, ...endConfirmed(state, { worker: "", attempt: state.attempt }, neverStarted, []).commands)',
    cell: ["Scheduler", "queued", "cancel from the client"],
    killedBy: {
      file: "cancel",
      race: "a task confirmed stopped in the queue is not started when a slot comes free (R2, G2)",
      red: "G2",
    },
  },
  {
    name: "a scheduler that keeps the queued tasks of a client that is gone",
    file: machine,
    find: "return move(endedByResult, unqueue)",
    replace: 'return ignore(state, "ownerLate")',
    cell: ["Scheduler", "queued", "owner lost"],
    killedBy: {
      file: "rest",
      race: "the queued task of a client that died is not started, and holds nobody up (G6, G7)",
      red: "always",
    },
  },
  {
    name: "a scheduler that gives the next attempt the number of the last",
    file: machine,
    find: "const attempt = state.attempt + 1",
    replace: "const attempt = Math.max(1, state.attempt)",
    cell: ["Scheduler", "queued", "slot available"],
    killedBy: {
      file: "lost",
      race: "a task that was lost with as many workers as it may is lost, and its error names them (R7)",
      red: "always",
    },
  },
  {
    name: "a scheduler that says never started after a lost attempt",
    file: moves,
    find: 'how: lost === undefined ? how : "workerLost"',
    replace: "how",
    cell: ["Scheduler", "queued", "cancel from the client"],
    killedBy: {
      file: "lost",
      race: "after a lost attempt a cancel is never told Stopped, for it may run on (R40, G2)",
      red: "never",
    },
  },
  {
    name: "a scheduler that keeps to itself how long a task took to stop",
    file: moves,
    find: "stopMs: lost === undefined ? stopMs : 0",
    replace: "stopMs: 0",
    killedBy: {
      file: "cancel",
      race: "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
      red: "G2",
    },
  },
  {
    name: "a scheduler that answers a repeated cancel with silence",
    file: machine,
    find: ": move(state, state.confirm) // G4",
    replace: ': ignore(state, "cancelAfterResult")',
    cell: ["Scheduler", "ended", "cancel from the client"],
    killedBy: {
      file: "unconfirmed",
      race: "a cancel asked again after its bound is sent again, with a bound of its own (R17, R42, G8)",
      red: "always",
    },
  },
  {
    name: "a scheduler that says not found of what has ended by a result",
    file: machine,
    find: '? ignore(state, "cancelAfterResult")',
    replace: "? move(state, cancelNotFound)",
    cell: ["Scheduler", "ended", "cancel from the client"],
    killedBy: {
      file: "rest",
      race: "a cancel that meets a result is answered by that result and by nothing else (G4)",
      red: "always",
    },
  },
]
