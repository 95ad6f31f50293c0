/** The worker's machine: its table, the words it is printed with, and every situation there is. */
import {
  absent,
  type Command,
  type Event,
  type State,
  step,
} from "../../src/machine/WorkerAttempt.ts"
import { combine, type Machine } from "./cell.ts"
import {
  forced,
  full,
  graceOnly,
  graceThenKill,
  running,
  runningOn,
  startable,
  still,
  table,
  unforced,
  waiting,
} from "./workerTable.ts"

const sayMove = (from: State, to: State): string => {
  if (from._tag === to._tag) {
    return from._tag === "stopping" && to._tag === "stopping" && from.asked && !to.asked
      ? "stay, unasked"
      : ""
  }
  switch (to._tag) {
    case "absent":
      return "end"
    case "stopping":
      return to.asked ? "→ stopping" : "→ stopping, unasked"
    default:
      return `→ ${to._tag}`
  }
}

const sayCommand = (command: Command): string => {
  switch (command._tag) {
    case "Start":
      return "take it in"
    case "SendStarted":
      return "send `TaskStarted`"
    case "Interrupt":
      return "interrupt"
    case "StartGrace":
      return "start the grace period"
    case "StopGrace":
      return "" // A rule under the table: every end stops the grace period.
    case "Kill":
      return "kill"
    case "SendStopping":
      return "send `TaskStopping`"
    case "SendResult":
      return "send `TaskResult`"
    case "SendDied":
      return "send `TaskResult` failedWorkerDied"
    case "Confirm":
      return command.how === "unknown"
        ? `confirm ${command.type}`
        : `confirm ${command.type}, ${command.how}`
    case "Ignore":
      return `— ${command.counter}`
  }
}

const flags = [false, true] as const

const events: ReadonlyArray<Event> = [
  startable,
  full,
  { _tag: "SlotFreed" },
  forced,
  unforced,
  { _tag: "Returned" },
  { _tag: "Stopped" },
  still,
  graceThenKill,
  graceOnly,
  { _tag: "Exited" },
  { _tag: "DrainAsked" },
  { _tag: "DrainBoundPassed" },
  { _tag: "SessionGone" },
]

const states: ReadonlyArray<State> = [
  absent,
  waiting,
  running,
  runningOn,
  ...flags.flatMap((asked) =>
    flags.map((refused): State => ({ _tag: "stopping", asked, refused })),
  ),
]

/** The worker's machine with its table. */
export const worker: Machine<State, Event, undefined, Command> = {
  name: "worker",
  table,
  step,
  rules: undefined,
  situations: combine(states, events, [undefined]),
  states: {
    absent: "unseen or ended",
    waiting: "waiting",
    running: "running",
    stopping: "stopping",
  },
  events: {
    Dispatched: "dispatched",
    SlotFreed: "slot free",
    CancelAsked: "cancel",
    Returned: "function returned or threw by itself",
    Stopped: "function stopped because interrupted",
    StillStopping: "it still stops",
    GraceOver: "grace period over",
    Exited: "what ran it has exited",
    DrainAsked: "drain",
    DrainBoundPassed: "drain bound passed",
    SessionGone: "session gone",
  },
  sayMove,
  sayCommand,
}
