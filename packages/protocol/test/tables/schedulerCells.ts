/** Cells that the scheduler's columns have in common, where an attempt holds a slot. */
import type { Command, Event, State } from "../../src/machine/SchedulerTask.ts"
import { type Column, condition } from "./cell.ts"
import {
  type Cases,
  current,
  endedBy,
  forwardResult,
  free,
  type Held,
  ignoredStale,
  type On,
  report,
  started,
  stopTimeout,
} from "./schedulerSamples.ts"

export type ColumnOf<S extends State> = Column<S, Event, undefined, State, Command>

export const attemptsLeft = ({ state }: { readonly state: Held }): boolean =>
  state.lostWorkers.length + 1 < state.attemptsMax
export const thisWorker = <S extends Held>(
  words: string,
  holds: (at: { readonly state: S }) => boolean = () => true,
) => condition<S, On<"WorkerLost">>(words, (at) => at.event.worker === at.state.worker && holds(at))
export const otherWorker = condition<Held, On<"WorkerLost">>(
  "another worker",
  (at) => at.event.worker !== at.state.worker,
)
export const thisTimer = condition<Held, On<"TimedOut">>(
  "this attempt",
  (at) => at.event.attempt === at.state.attempt,
)
export const oldTimer = condition<Held, On<"TimedOut">>(
  "another attempt",
  (at) => at.event.attempt !== at.state.attempt,
)
export const hasStarted = condition<Held, Event>("started", (at) => at.state.started)
export const notStarted = condition<Held, Event>("not started", (at) => !at.state.started)

export const firstStart = <S extends Held>() =>
  report<S, On<"Started">>("", (at) => !at.state.started)
export const secondStart = <S extends Held>() =>
  report<S, On<"Started">>("told before", (at) => at.state.started)

export const ignoredLoss = <S extends Held>(given: S): Cases<S, On<"WorkerLost">> => [
  {
    when: otherWorker,
    given,
    event: { _tag: "WorkerLost", worker: "v" },
    to: given,
    do: [{ _tag: "Ignore", counter: "attemptStale" }],
  },
]

export const ignoredStart = <S extends Held>(given: S): Cases<S, On<"Started">> => [
  {
    when: secondStart<S>(),
    given: started(given),
    event: current.Started,
    to: started(given),
    do: [{ _tag: "Ignore", counter: "attemptStale" }],
  },
  ...ignoredStale(given, current.Started),
]

export const result = <S extends Held>(given: S): Cases<S, On<"ResultArrived">> => [
  {
    when: report<S, On<"ResultArrived">>(""),
    given,
    event: current.ResultArrived,
    to: endedBy(undefined),
    do: [stopTimeout, free, forwardResult],
  },
  ...ignoredStale(given, current.ResultArrived),
]
