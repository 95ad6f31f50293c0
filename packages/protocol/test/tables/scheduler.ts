/** The scheduler's table: one task. */
import { type Command, type Event, type State, step } from "../../src/machine/SchedulerTask.ts"
import { combine, condition, type Machine, type Table } from "./cell.ts"
import { cancelling } from "./schedulerCancelling.ts"
import { recalling, running } from "./schedulerGoing.ts"
import {
  byClient,
  confirmOf,
  current,
  endedBy,
  held,
  hurt,
  ignored,
  type In,
  overdue,
  queue,
  queued,
  started,
  unknown,
  unqueue,
  wanted,
  worn,
} from "./schedulerSamples.ts"

const confirmed = endedBy(confirmOf("cooperative", "w"))
const resulted = endedBy(undefined)

const table: Table<State, Event, undefined, Command> = {
  unknown: {
    TaskArrived: [
      {
        when: condition("sent for the first time", (at) => at.event.lost === 0),
        given: unknown,
        event: { _tag: "TaskArrived", attemptsMax: 3, lost: 0 },
        to: { ...queued, attempt: 0 },
        do: [queue],
      },
      {
        when: condition("sent again", (at) => at.event.lost > 0),
        given: unknown,
        event: { _tag: "TaskArrived", attemptsMax: 3, lost: 2 },
        to: { ...queued, attempt: 2, lostWorkers: ["", ""] },
        do: [queue],
      },
    ],
    SlotAvailable: ignored(unknown, { _tag: "SlotAvailable", worker: "w" }, "taskUnknown"),
    Started: ignored(unknown, current.Started, "taskUnknown"),
    CancelAsked: [
      {
        given: unknown,
        event: { _tag: "CancelAsked" },
        to: unknown,
        do: [
          {
            _tag: "Confirm",
            type: "cancelNotFound",
            how: "unknown",
            worker: "",
            attempt: 0,
            stopMs: 0,
          },
        ],
      },
    ],
    ResultArrived: ignored(unknown, current.ResultArrived, "taskUnknown"),
    Canceled: ignored(unknown, current.Canceled, "taskUnknown"),
    CancelFailed: ignored(unknown, current.CancelFailed, "taskUnknown"),
    CancelNotFound: ignored(unknown, current.CancelNotFound, "taskUnknown"),
    WorkerLost: ignored(unknown, { _tag: "WorkerLost", worker: "w" }, "taskUnknown"),
    OwnerLost: ignored(unknown, { _tag: "OwnerLost" }, "taskUnknown"),
    TimedOut: ignored(unknown, { _tag: "TimedOut", attempt: 2 }, "taskUnknown"),
    RecallAsked: ignored(unknown, { _tag: "RecallAsked" }, "taskUnknown"),
  },
  queued: {
    TaskArrived: ignored(queued, { _tag: "TaskArrived", attemptsMax: 3, lost: 0 }, "taskKnown"),
    SlotAvailable: [
      {
        given: { ...queued, attempt: 1 },
        event: { _tag: "SlotAvailable", worker: "w" },
        to: held.running,
        do: [{ _tag: "Dispatch", worker: "w", attempt: 2 }],
      },
    ],
    Started: ignored(queued, current.Started, "attemptStale"),
    CancelAsked: [
      {
        when: condition("no attempt lost", (at) => at.state.lostWorkers.length === 0),
        given: queued,
        event: { _tag: "CancelAsked" },
        to: endedBy(confirmOf("neverStarted", "")),
        do: [unqueue, confirmOf("neverStarted", "")],
      },
      {
        when: condition("an attempt was lost", (at) => at.state.lostWorkers.length > 0),
        given: hurt(queued),
        event: { _tag: "CancelAsked" },
        to: endedBy(confirmOf("workerLost", "v")),
        do: [unqueue, confirmOf("workerLost", "v")],
      },
    ],
    ResultArrived: ignored(queued, current.ResultArrived, "attemptStale"),
    Canceled: ignored(queued, current.Canceled, "attemptStale"),
    CancelFailed: ignored(queued, current.CancelFailed, "attemptStale"),
    CancelNotFound: ignored(queued, current.CancelNotFound, "attemptStale"),
    WorkerLost: ignored(queued, { _tag: "WorkerLost", worker: "w" }, "attemptStale"),
    OwnerLost: [{ given: queued, event: { _tag: "OwnerLost" }, to: resulted, do: [unqueue] }],
    TimedOut: ignored(queued, { _tag: "TimedOut", attempt: 2 }, "timeoutLate"),
    RecallAsked: ignored(queued, { _tag: "RecallAsked" }, "recallLate"),
  },
  running,
  recalling,
  cancelling,
  ended: {
    TaskArrived: ignored(resulted, { _tag: "TaskArrived", attemptsMax: 3, lost: 0 }, "taskKnown"),
    SlotAvailable: ignored(resulted, { _tag: "SlotAvailable", worker: "w" }, "slotUnwanted"),
    Started: ignored(resulted, current.Started, "attemptStale"),
    CancelAsked: [
      {
        when: condition("by a confirm", (at) => at.state.confirm !== undefined),
        given: confirmed,
        event: { _tag: "CancelAsked" },
        to: confirmed,
        do: [confirmOf("cooperative", "w")],
      },
      {
        when: condition("by a result", (at) => at.state.confirm === undefined),
        given: resulted,
        event: { _tag: "CancelAsked" },
        to: resulted,
        do: [{ _tag: "Ignore", counter: "cancelAfterResult" }],
      },
    ],
    ResultArrived: ignored(resulted, current.ResultArrived, "attemptStale"),
    Canceled: ignored(resulted, current.Canceled, "attemptStale"),
    CancelFailed: ignored(resulted, current.CancelFailed, "attemptStale"),
    CancelNotFound: ignored(resulted, current.CancelNotFound, "attemptStale"),
    WorkerLost: ignored(resulted, { _tag: "WorkerLost", worker: "w" }, "attemptStale"),
    OwnerLost: ignored(confirmed, { _tag: "OwnerLost" }, "ownerLate"),
    TimedOut: ignored(resulted, { _tag: "TimedOut", attempt: 2 }, "timeoutLate"),
    RecallAsked: ignored(resulted, { _tag: "RecallAsked" }, "recallLate"),
  },
}

const sayMove = (from: State, to: State): string => {
  if (from._tag !== to._tag) {
    if (from._tag === "cancelling" && to._tag === "running") return "→ running"
    return to._tag === "ended" ? "end" : `→ ${to._tag}`
  }
  if (from._tag === "cancelling" && to._tag === "cancelling") {
    if (from.owed && !to.owed) return "stay; the recall is answered"
    if (!from.asked.client && to.asked.client) return "stay; note that the client asked"
    return from.started === to.started ? "" : "stay; note that it has started"
  }
  return ""
}

const sayCommand = (command: Command, at: { event: Event; state: State }): string => {
  switch (command._tag) {
    case "Queue":
    case "Unqueue":
      return "" // The state moved to says it.
    case "Dispatch":
      return "next attempt; send `Task`"
    case "SendCancel":
      return command.force ? "send forced `TaskCancel`" : "send unforced `TaskCancel`"
    case "FreeSlot":
      return "free slot"
    case "StartTimeout":
      return "start the timeout"
    case "StopTimeout":
      return "" // A rule under the table: whatever ends an attempt stops its timeout.
    case "ForwardStarted":
      return "forward `TaskStarted`"
    case "ForwardResult":
      return "forward `TaskResult`"
    case "ReportDied":
      return "report failedWorkerDied"
    case "ReportTimeout":
      return "report failedTimeout"
    case "Confirm":
      return sayConfirm(command, at)
    case "Ignore":
      return `— ${command.counter}`
  }
}

const sayConfirm = (
  command: Extract<Command, { readonly _tag: "Confirm" }>,
  { event, state }: { event: Event; state: State },
): string => {
  if (state._tag === "ended") return "the same confirm again"
  if (command.type !== "canceled") return `confirm ${command.type}`
  return event._tag === "Canceled" && event.worker === command.worker && event.how === command.how
    ? "forward the confirm"
    : `confirm canceled, ${command.how}`
}

const flags = [false, true] as const
const hows = ["unknown", "neverStarted", "cooperative", "killed", "workerLost"] as const

const histories = <S extends { readonly _tag: string }>(state: S): ReadonlyArray<S> =>
  [state, hurt(state), worn(state)].flatMap((one) => [one, wanted(one)])

const states: ReadonlyArray<State> = [
  unknown,
  ...histories(queued),
  ...histories(held.running).flatMap((one) => [one, started(one), overdue(one)]),
  ...histories(held.recalling).flatMap((one) => [one, started(one), overdue(one)]),
  ...histories(byClient)
    .flatMap((one) => [one, started(one), overdue(one)])
    .flatMap((one) =>
      flags.flatMap((owed) =>
        flags.flatMap((client) =>
          flags.map((timeout): In<"cancelling"> => ({ ...one, owed, asked: { client, timeout } })),
        ),
      ),
    ),
  confirmed,
  resulted,
]

const senders = ["w", "v"].flatMap((worker) => [2, 1].map((attempt) => ({ worker, attempt })))

const events: ReadonlyArray<Event> = [
  { _tag: "TaskArrived", attemptsMax: 3, lost: 0 },
  { _tag: "TaskArrived", attemptsMax: 3, lost: 2 },
  { _tag: "SlotAvailable", worker: "w" },
  { _tag: "CancelAsked" },
  ...senders.flatMap((from): ReadonlyArray<Event> => [
    { _tag: "Started", ...from },
    { _tag: "ResultArrived", ...from },
    ...hows.map((how): Event => ({ _tag: "Canceled", how, stopMs: 3, ...from })),
    { _tag: "CancelFailed", ...from },
    { _tag: "CancelNotFound", ...from },
  ]),
  { _tag: "WorkerLost", worker: "w" },
  { _tag: "WorkerLost", worker: "v" },
  { _tag: "OwnerLost" },
  { _tag: "TimedOut", attempt: 2 },
  { _tag: "TimedOut", attempt: 1 },
  { _tag: "RecallAsked" },
]

/** The scheduler's machine with its table. */
export const scheduler: Machine<State, Event, undefined, Command> = {
  name: "scheduler",
  table,
  step,
  rules: undefined,
  situations: combine(states, events, [undefined]),
  states: {
    unknown: "unknown",
    queued: "queued",
    running: "running",
    recalling: "recalling",
    cancelling: "cancelling",
    ended: "ended",
  },
  events: {
    TaskArrived: "`Task`",
    SlotAvailable: "slot available",
    Started: "started",
    CancelAsked: "cancel from the client",
    ResultArrived: "result",
    Canceled: "canceled",
    CancelFailed: "cancelFailed",
    CancelNotFound: "cancelNotFound",
    WorkerLost: "worker lost or gone",
    OwnerLost: "owner lost",
    TimedOut: "task timeout",
    RecallAsked: "recall",
  },
  sayMove,
  sayCommand,
}
