/** The scheduler's table where an attempt goes on: `running` and `recalling`. */
import type { Command } from "../../src/machine/SchedulerTask.ts"
import {
  attemptsLeft,
  type ColumnOf,
  firstStart,
  hasStarted,
  ignoredLoss,
  ignoredStart,
  notStarted,
  oldTimer,
  result,
  thisTimer,
  thisWorker,
} from "./schedulerCells.ts"
import {
  byClient,
  byOwner,
  byTimeout,
  type Cases,
  confirmOf,
  current,
  endedBy,
  forcedCancel,
  free,
  held,
  hurt,
  ignored,
  ignoredStale,
  type In,
  type On,
  queue,
  queued,
  report,
  overdue,
  reportDied,
  reportTimeout,
  started,
  stopTimeout,
  unforcedCancel,
  wanted,
  worn,
} from "./schedulerSamples.ts"

type Going = In<"running" | "recalling">

/** `running` and `recalling`: the worker is gone, and with it the attempt. */
const lostGoing = <E extends On<"WorkerLost"> | On<"CancelNotFound">>(
  given: Going,
  event: E,
  when: (
    words: string,
    holds: (at: { readonly state: Going }) => boolean,
  ) => NonNullable<Cases<Going, E>[number]["when"]>,
  before: ReadonlyArray<Command>,
): Cases<Going, E> => [
  {
    when: when("attempts left, never cancelled", (at) => attemptsLeft(at) && !at.state.wanted),
    given: hurt(given),
    event,
    to: { ...queued, lostWorkers: ["v", "w"] },
    do: [...before, queue],
  },
  {
    when: when("attempts left, a cancel was refused", (at) => attemptsLeft(at) && at.state.wanted),
    given: wanted(given),
    event,
    to: endedBy(undefined),
    do: [...before, reportDied("w")],
  },
  {
    when: when("none left", (at) => !attemptsLeft(at)),
    given: worn(given),
    event,
    to: endedBy(undefined),
    do: [...before, reportDied("u", "v", "w")],
  },
]

/** A stop that is the answer to a cancel which was refused, as far as anybody knows. */
const isStop = (at: { readonly state: Going; readonly event: On<"Canceled"> }): boolean =>
  at.event.how !== "neverStarted" && !at.state.overdue

const canceledGoing = (given: Going): Cases<Going, On<"Canceled">> => [
  {
    when: report("neverStarted, never cancelled", (at) => {
      return at.event.how === "neverStarted" && !at.state.wanted
    }),
    given: hurt(given),
    event: current.NeverStarted,
    to: hurt(queued),
    do: [stopTimeout, free, queue],
  },
  {
    when: report("neverStarted, a cancel was refused", (at) => {
      return at.event.how === "neverStarted" && at.state.wanted
    }),
    given: wanted(hurt(given)),
    event: current.NeverStarted,
    to: endedBy(undefined),
    do: [stopTimeout, free, reportDied("v")],
  },
  {
    when: report("any other how, only a timeout was refused", (at) => {
      return at.event.how !== "neverStarted" && at.state.overdue
    }),
    given: overdue(hurt(given)),
    event: current.Canceled,
    to: endedBy(undefined),
    do: [stopTimeout, free, reportTimeout],
  },
  {
    when: report("any other how otherwise, no attempt lost", (at) => {
      return isStop(at) && at.state.lostWorkers.length === 0
    }),
    given: wanted(given),
    event: current.Canceled,
    to: endedBy(confirmOf("cooperative", "w")),
    do: [stopTimeout, free, confirmOf("cooperative", "w")],
  },
  {
    when: report("any other how otherwise, an attempt was lost", (at) => {
      return isStop(at) && at.state.lostWorkers.length > 0
    }),
    given: wanted(hurt(given)),
    event: current.Canceled,
    to: endedBy(confirmOf("workerLost", "v")),
    do: [stopTimeout, free, confirmOf("workerLost", "v")],
  },
  ...ignoredStale(given, current.Canceled),
]

/** What `running` and `recalling` have in common; `owed` is whether a recall is still to be answered. */
const going = (given: Going, owed: boolean): ColumnOf<Going> => ({
  TaskArrived: ignored(given, { _tag: "TaskArrived", attemptsMax: 3, lost: 0 }, "taskKnown"),
  SlotAvailable: ignored(given, { _tag: "SlotAvailable", worker: "v" }, "slotUnwanted"),
  Started: [
    {
      when: firstStart<Going>(),
      given,
      event: current.Started,
      to: started(given),
      do: [
        { _tag: "ForwardStarted", worker: "w", attempt: 2 },
        { _tag: "StartTimeout", attempt: 2 },
      ],
    },
    ...ignoredStart(given),
  ],
  CancelAsked: [
    { given, event: { _tag: "CancelAsked" }, to: { ...byClient, owed }, do: [forcedCancel] },
  ],
  ResultArrived: result(given),
  Canceled: canceledGoing(given),
  CancelFailed: [],
  CancelNotFound: [
    ...lostGoing(given, current.CancelNotFound, (words, holds) => report(words, holds), [
      stopTimeout,
      free,
    ]),
    ...ignoredStale(given, current.CancelNotFound),
  ],
  WorkerLost: [
    ...lostGoing(given, { _tag: "WorkerLost", worker: "w" }, thisWorker<Going>, [stopTimeout]),
    ...ignoredLoss(given),
  ],
  OwnerLost: [
    { given, event: { _tag: "OwnerLost" }, to: { ...byOwner, owed }, do: [forcedCancel] },
  ],
  TimedOut: [
    {
      when: thisTimer,
      given: started(given),
      event: { _tag: "TimedOut", attempt: 2 },
      to: started({ ...byTimeout, owed }),
      do: [forcedCancel],
    },
    {
      when: oldTimer,
      given,
      event: { _tag: "TimedOut", attempt: 1 },
      to: given,
      do: [{ _tag: "Ignore", counter: "timeoutLate" }],
    },
  ],
  RecallAsked: ignored(given, { _tag: "RecallAsked" }, "recallLate"),
})

export const running: ColumnOf<In<"running">> = {
  ...(going(held.running, false) as ColumnOf<In<"running">>),
  CancelFailed: [
    {
      when: report(""),
      given: held.running,
      event: current.CancelFailed,
      to: held.running,
      do: [{ _tag: "Ignore", counter: "attemptStale" }],
    },
    ...ignoredStale(held.running, current.CancelFailed),
  ],
  RecallAsked: [
    {
      when: notStarted,
      given: held.running,
      event: { _tag: "RecallAsked" },
      to: held.recalling,
      do: [unforcedCancel],
    },
    {
      when: hasStarted,
      given: started(held.running),
      event: { _tag: "RecallAsked" },
      to: started(held.running),
      do: [{ _tag: "Ignore", counter: "recallLate" }],
    },
  ],
}

export const recalling: ColumnOf<In<"recalling">> = {
  ...(going(held.recalling, true) as ColumnOf<In<"recalling">>),
  CancelFailed: [
    {
      when: report(""),
      given: held.recalling,
      event: current.CancelFailed,
      to: held.running,
      do: [],
    },
    ...ignoredStale(held.recalling, current.CancelFailed),
  ],
}
