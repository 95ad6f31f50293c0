/** The client's machine: its table, the words it is printed with, and every situation there is. */
import {
  type Command,
  type Event,
  type Rules,
  type State,
  step,
} from "../../src/machine/ClientTask.ts"
import { combine, type Machine } from "./cell.ts"
import {
  cancelling,
  closing,
  confirm,
  detached,
  ended,
  finished,
  notFound,
  open,
  pending,
  refusal,
  refused,
  result,
  resultWins,
  running,
  stopped,
  unanswered,
  unconfirmed,
  workerLost,
} from "./clientSamples.ts"
import { table } from "./clientTable.ts"

const sayMove = (from: State, to: State): string => {
  if (to._tag === "ended") {
    if (from._tag === "ended") return ""
    return to.receipt === undefined ? `→ ${to.end}` : `→ ${to.end}, receipt \`${to.receipt._tag}\``
  }
  if (from._tag !== to._tag) return `→ ${to._tag}`
  return ""
}

const sayCommand = (command: Command, { event, state }: { event: Event; state: State }): string => {
  switch (command._tag) {
    case "SendCancel":
      return state._tag === "cancelling" ? "send `TaskCancel` again" : "send `TaskCancel`"
    case "SendAgain":
      return "send `Task` again"
    case "SendDetach":
      if (event._tag === "SchedulerChanged") return "send `TaskDetach`"
      return "detached from now on; send `TaskDetach`"
    case "StartBound":
      return "start the bound"
    case "StopBound":
      return "" // A rule under the table: whatever answers those who wait stops the bound.
    case "ShowRunning":
      return "show running"
    case "Wait":
      return state._tag === "cancelling" ? "join those who wait" : ""
    case "Reply":
      return "the receipt that ended it, else `AlreadyDone`"
    case "Answer":
      // An end that says its receipt has said this, too.
      return (event._tag === "BoundPassed" && command.receipt._tag === "Unconfirmed") ||
        command.receipt._tag === "Refused"
        ? `those who wait get \`${command.receipt._tag}\``
        : ""
    case "End":
      return "" // The state moved to says it.
    case "Ignore":
      return `— ${command.counter}`
  }
}

const hows = ["unknown", "neverStarted", "cooperative", "killed", "workerLost"] as const

const events: ReadonlyArray<Event> = [
  { _tag: "CancelAsked" },
  { _tag: "Started" },
  ...(["success", "failed", "failedTimeout", "failedWorkerDied"] as const).map(result),
  ...(["canceled", "cancelFailed", "cancelNotFound"] as const).flatMap((type) =>
    hows.map((how) => confirm(type, how)),
  ),
  { _tag: "BoundPassed" },
  { _tag: "ConnectionGone" },
  { _tag: "SchedulerChanged", again: true },
  { _tag: "SchedulerChanged", again: false },
  { _tag: "ClientClosed" },
  { _tag: "Forgotten" },
  { _tag: "DetachAsked" },
  refusal,
]

const receipts = [stopped, workerLost, finished, notFound, refused, unconfirmed, undefined]
const ends = ["succeeded", "failed", "cancelled", "lost"] as const

const states: ReadonlyArray<State> = [
  ...[pending, running, cancelling, unanswered].flatMap((one) => [one, detached(one)]),
  ...ends.flatMap((end) => receipts.map((receipt) => ended(end, receipt))),
]

/** The client's machine with its table. */
export const client: Machine<State, Event, Rules, Command> = {
  name: "client",
  table,
  step,
  rules: open,
  situations: combine(states, events, [
    open,
    closing,
    resultWins,
    { policy: "result-wins", closing: true },
  ]),
  states: { pending: "pending", cancelling: "cancelling", ended: "ended" },
  events: {
    CancelAsked: "cancel asked",
    Started: "started",
    ResultArrived: "result",
    ConfirmArrived: "confirm",
    BoundPassed: "bound passed",
    ConnectionGone: "connection gone for good",
    SchedulerChanged: "another scheduler",
    ClientClosed: "client closes",
    Forgotten: "forget",
    DetachAsked: "detach",
    AttachRefused: "attach refused",
  },
  sayMove,
  sayCommand,
}
