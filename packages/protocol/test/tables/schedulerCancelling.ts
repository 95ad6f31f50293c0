/** The scheduler's table where an attempt is to stop: `cancelling`. */
import type { Command } from "../../src/machine/SchedulerTask.ts"
import { condition } from "./cell.ts"
import {
  type ColumnOf,
  firstStart,
  ignoredLoss,
  ignoredStart,
  result,
  thisWorker,
} from "./schedulerCells.ts"
import {
  byClient,
  byClientOwed,
  byTimeout,
  type Cases,
  confirmOf,
  current,
  endedBy,
  free,
  held,
  hurt,
  ignored,
  ignoredStale,
  type In,
  type On,
  overdue,
  refusal,
  report,
  reportTimeout,
  started,
  stopTimeout,
  wanted,
  worn,
} from "./schedulerSamples.ts"

const onTimeout = ({ state }: { readonly state: In<"cancelling"> }): boolean =>
  state.asked.timeout && !state.asked.client

type Stopping = In<"cancelling">

/** `cancelling`: the worker is gone, and with it the attempt. */
const lostStopping = <E extends On<"WorkerLost"> | On<"CancelNotFound">>(
  event: E,
  when: (
    words: string,
    holds: (at: { readonly state: Stopping }) => boolean,
  ) => NonNullable<Cases<Stopping, E>[number]["when"]>,
  before: ReadonlyArray<Command>,
): Cases<Stopping, E> => [
  {
    when: when("only a timeout asked", onTimeout),
    given: byTimeout,
    event,
    to: endedBy(undefined),
    do: [...before, reportTimeout],
  },
  {
    when: when("otherwise, no attempt lost before", (at) => {
      return !onTimeout(at) && at.state.lostWorkers.length === 0
    }),
    given: byClient,
    event,
    to: endedBy(confirmOf("workerLost", "w")),
    do: [...before, confirmOf("workerLost", "w")],
  },
  {
    when: when("otherwise", (at) => !onTimeout(at) && at.state.lostWorkers.length > 0),
    given: worn(byClient),
    event,
    to: endedBy(confirmOf("workerLost", "w")),
    do: [...before, confirmOf("workerLost", "w")],
  },
]

const canceledStopping: Cases<Stopping, On<"Canceled">> = [
  {
    when: report("only a timeout asked", onTimeout),
    given: byTimeout,
    event: current.Canceled,
    to: endedBy(undefined),
    do: [stopTimeout, free, reportTimeout],
  },
  {
    when: report("otherwise, no attempt lost", (at) => {
      return !onTimeout(at) && at.state.lostWorkers.length === 0
    }),
    given: byClient,
    event: current.Canceled,
    to: endedBy(confirmOf("cooperative", "w")),
    do: [stopTimeout, free, confirmOf("cooperative", "w")],
  },
  {
    when: report("otherwise, an attempt was lost", (at) => {
      return !onTimeout(at) && at.state.lostWorkers.length > 0
    }),
    given: hurt(byClient),
    event: current.NeverStarted,
    to: endedBy(confirmOf("workerLost", "v")),
    do: [stopTimeout, free, confirmOf("workerLost", "v")],
  },
  ...ignoredStale(byClient, current.Canceled),
]

const refusedStopping: Cases<Stopping, On<"CancelFailed">> = [
  {
    when: report("a recall's answer is owed", (at) => at.state.owed),
    given: byClientOwed,
    event: current.CancelFailed,
    to: byClient,
    do: [],
  },
  {
    when: report("otherwise, the client asked", (at) => !at.state.owed && at.state.asked.client),
    given: byClient,
    event: current.CancelFailed,
    to: wanted(held.running),
    do: [refusal],
  },
  {
    when: report("otherwise", (at) => !at.state.owed && !at.state.asked.client),
    given: byTimeout,
    event: current.CancelFailed,
    to: overdue(held.running),
    do: [],
  },
  ...ignoredStale(byClient, current.CancelFailed),
]

export const cancelling: ColumnOf<Stopping> = {
  TaskArrived: ignored(byClient, { _tag: "TaskArrived", attemptsMax: 3, lost: 0 }, "taskKnown"),
  SlotAvailable: ignored(byClient, { _tag: "SlotAvailable", worker: "v" }, "slotUnwanted"),
  Started: [
    {
      when: firstStart<Stopping>(),
      given: byClient,
      event: current.Started,
      to: started(byClient),
      do: [],
    },
    ...ignoredStart(byClient),
  ],
  CancelAsked: [
    {
      when: condition("the client asked before", (at) => at.state.asked.client),
      given: byClient,
      event: { _tag: "CancelAsked" },
      to: byClient,
      do: [],
    },
    {
      when: condition("otherwise", (at) => !at.state.asked.client),
      given: byTimeout,
      event: { _tag: "CancelAsked" },
      to: { ...byTimeout, asked: { client: true, timeout: true } },
      do: [],
    },
  ],
  ResultArrived: result(byClient),
  Canceled: canceledStopping,
  CancelFailed: refusedStopping,
  CancelNotFound: [
    ...lostStopping(current.CancelNotFound, (words, holds) => report(words, holds), [
      stopTimeout,
      free,
    ]),
    ...ignoredStale(byClient, current.CancelNotFound),
  ],
  WorkerLost: [
    ...lostStopping({ _tag: "WorkerLost", worker: "w" }, thisWorker<Stopping>, [stopTimeout]),
    ...ignoredLoss(byClient),
  ],
  OwnerLost: [{ given: byClient, event: { _tag: "OwnerLost" }, to: byClient, do: [] }],
  TimedOut: ignored(byClient, { _tag: "TimedOut", attempt: 2 }, "timeoutLate"),
  RecallAsked: ignored(byClient, { _tag: "RecallAsked" }, "recallLate"),
}
