/** Bugs of the scheduler's machine, for tasks that have a worker. */
import type { Mutant } from "./mutants.ts"

const held = "packages/protocol/src/internal/schedulerHeld.ts"

export const ofSchedulerHeld: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that frees the slot when it asks a task to stop",
    file: held,
    find: "attempt: state.attempt, force: true }, // R4, R22",
    replace:
      'attempt: state.attempt, force: true },\n    { _tag: "FreeSlot", worker: state.worker },',
    cell: ["Scheduler", "running", "cancel from the client"],
    killedBy: {
      file: "slots",
      race: "a slot is not free when its task is asked to stop, but when it has stopped (R10, G6)",
      red: "G6",
    },
  },
  {
    name: "a scheduler that lets the tasks of a client that is gone run on",
    file: held,
    find: 'return askToStop(state, "owner")',
    replace: 'return ignore(state, "ownerLate")',
    cell: ["Scheduler", "running", "owner lost"],
    killedBy: {
      file: "leaving",
      race: "the running task of a client that died is stopped, and its slot is free again (R22, G6)",
      red: "G7",
    },
  },
  {
    name: "a scheduler that never begins the timeout of a task",
    file: held,
    find: '            { _tag: "StartTimeout", attempt: state.attempt },\n',
    replace: "",
    cell: ["Scheduler", "running", "started"],
    killedBy: {
      file: "cancel",
      race: "a timeout and a cancel ask the worker once between them (R12)",
      red: "sometimes",
    },
  },
  {
    name: "a scheduler that does not free the slot of a result",
    file: held,
    find: 'return move(endedByResult, stopTimeout, free, { _tag: "ForwardResult" }) // G5, R3',
    replace: 'return move(endedByResult, stopTimeout, { _tag: "ForwardResult" })',
    cell: ["Scheduler", "running", "result"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "G6",
    },
  },
  {
    name: "a scheduler that places a task anew whose stop came late",
    file: held,
    find: 'return state._tag !== "cancelling" && event.how === "neverStarted"',
    replace: 'return state._tag !== "cancelling"',
    cell: ["Scheduler", "running", "canceled"],
    killedBy: {
      file: "refused",
      race: "a task that stops after its refusal ends cancelled and frees its slot (R38, G6)",
      red: "always",
    },
  },
  {
    name: "a scheduler that ends a task with its first lost worker",
    file: held,
    find: "return lost.lostWorkers.length < lost.attemptsMax",
    replace: "return false",
    cell: ["Scheduler", "running", "worker lost or gone"],
    killedBy: {
      file: "lost",
      race: "a task cut off from its scheduler runs anew elsewhere and ends once (R6, G1, G9)",
      red: "body",
    },
  },
  {
    name: "a scheduler that starts a task again whose cancel was refused",
    file: held,
    find: "  state.wanted\n    ? move(",
    replace: "  state.overdue\n    ? move(",
    cell: ["Scheduler", "running", "worker lost or gone"],
    killedBy: {
      file: "refused",
      race: "a task whose cancel was refused is not run again when its worker dies (R39)",
      red: "G2",
    },
  },
  {
    name: "a scheduler that lets a recall decide about a cancel that comes during it",
    file: held,
    find: 'case "CancelAsked":\n      return askToStop(state, "client")',
    replace:
      'case "CancelAsked":\n      return state._tag === "recalling" ? ignore(state, "recallLate") : askToStop(state, "client")',
    cell: ["Scheduler", "recalling", "cancel from the client"],
    killedBy: {
      file: "recall",
      race: "a cancel during a recall stops what would never end by itself (R4, G4)",
      red: "always",
    },
  },
  {
    name: "a scheduler that takes the refusal of a recall for the answer to a cancel",
    file: held,
    find: 'owed: state._tag === "recalling"',
    replace: "owed: false",
    cell: ["Scheduler", "recalling", "cancel from the client"],
    killedBy: {
      file: "recall",
      race: "the refusal of a recall is never taken for the answer to a cancel (R37, G2, G4)",
      red: "never",
    },
  },
  {
    name: "a scheduler that places a task anew although its recall was refused",
    file: held,
    find: 'return move({ ...state, _tag: "running" })',
    replace: 'return queueAgain(state, [stopTimeout, { _tag: "FreeSlot", worker: state.worker }])',
    cell: ["Scheduler", "recalling", "cancelFailed"],
    killedBy: { file: "recall", race: "a recall runs no task twice (G2, G9)", red: "G6" },
  },
  {
    name: "a scheduler that tells a recall as a cancel",
    file: held,
    find: 'return state._tag !== "cancelling" && event.how',
    replace: 'return state._tag === "running" && event.how',
    cell: ["Scheduler", "recalling", "canceled"],
    killedBy: {
      file: "recall",
      race: "a task that waits at a worker comes back by a recall and is run once (G2, G6)",
      red: "G3",
    },
  },
  {
    name: "a scheduler that gives a task up whose worker dies during a recall",
    file: held,
    find: "return lost.lostWorkers.length < lost.attemptsMax",
    replace: 'return state._tag === "running" && lost.lostWorkers.length < lost.attemptsMax',
    cell: ["Scheduler", "recalling", "worker lost or gone"],
    killedBy: {
      file: "recall",
      race: "a task whose worker dies during a recall is run by another (R9)",
      red: "body",
    },
  },
  {
    name: "a scheduler that drops a result while cancelling",
    file: held,
    find: '{ _tag: "ForwardResult" }) // G5, R3',
    replace: '...(state._tag === "cancelling" ? [] : [{ _tag: "ForwardResult" }]))',
    cell: ["Scheduler", "cancelling", "result"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "G5",
    },
  },
  {
    name: "a scheduler that answers a cancel it has a result for with a stop",
    file: held,
    find: 'return move(endedByResult, stopTimeout, free, { _tag: "ForwardResult" }) // G5, R3',
    replace:
      'return state._tag === "cancelling" ? endConfirmed(state, event, "cooperative", [stopTimeout, free]) : move(endedByResult, stopTimeout, free, { _tag: "ForwardResult" })',
    cell: ["Scheduler", "cancelling", "result"],
    killedBy: {
      file: "cancel",
      race: "a result that meets a cancel is in the receipt, and its slot is free again (R3, G3, G5, G6)",
      red: "G5",
    },
  },
  {
    name: "a scheduler that sends a request to stop for everybody who asks",
    file: held,
    find: "return move({ ...state, asked }) // R12",
    replace:
      'return move({ ...state, asked }, { _tag: "SendCancel", worker: state.worker, attempt: state.attempt, force: true })',
    cell: ["Scheduler", "cancelling", "cancel from the client"],
    killedBy: {
      file: "cancel",
      race: "a timeout and a cancel ask the worker once between them (R12)",
      red: "never",
    },
  },
  {
    name: "a scheduler that keeps a refusal to itself",
    file: held,
    find: "return state.asked.client\n",
    replace: "return false\n",
    cell: ["Scheduler", "cancelling", "cancelFailed"],
    killedBy: {
      file: "refused",
      race: "after a refused cancel the future is pending again, and its value arrives (R13, G3, G5)",
      red: "sometimes",
    },
  },
  {
    name: "a scheduler that takes a dead worker for a stopped task",
    file: held,
    find: "endConfirmed(lost, state, workerLost, first)",
    replace: 'endConfirmed(state, state, { how: "killed", stopMs: 0 }, first)',
    cell: ["Scheduler", "cancelling", "worker lost or gone"],
    killedBy: {
      file: "lost",
      race: "a worker that dies during a cancel is told as WorkerLost (R8, G4)",
      red: "G2",
    },
  },
  {
    name: "a scheduler that places a task anew whose worker dies during a cancel",
    file: held,
    find: '  if (state._tag !== "cancelling") {\n    return lost',
    replace: "  if (lost.attempt > 0) {\n    return lost",
    cell: ["Scheduler", "cancelling", "worker lost or gone"],
    killedBy: {
      file: "lost",
      race: "a worker that dies during a cancel is told as WorkerLost (R8, G4)",
      red: "always",
    },
  },
  {
    name: "a scheduler that tells a timeout as a cancel when the worker dies",
    file: held,
    find: "return onlyTimeout(state)\n    ? move(",
    replace: "return state.overdue\n    ? move(",
    cell: ["Scheduler", "cancelling", "worker lost or gone"],
    killedBy: {
      file: "lost",
      race: "a task that only its timeout stopped ends as timed out when its worker dies (R41)",
      red: "G3",
    },
  },
  {
    name: "a scheduler that tells a timeout as a cancel when the task stops",
    file: held,
    find: 'if (state._tag === "cancelling" ? onlyTimeout(state) : ',
    replace: 'if (state._tag === "cancelling" ? state.overdue : ',
    cell: ["Scheduler", "cancelling", "canceled"],
    killedBy: {
      file: "cancel",
      race: "a timeout and a cancel ask the worker once between them (R12)",
      red: "G3",
    },
  },
]
