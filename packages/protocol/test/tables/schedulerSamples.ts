/** The states, events, commands and conditions that the scheduler's table is written with. */
import type {
  Asked,
  Command,
  Confirm,
  Event,
  IgnoredByScheduler,
  State,
} from "../../src/machine/SchedulerTask.ts"
import { type Case, condition } from "./cell.ts"

export type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>
export type On<T extends Event["_tag"]> = Extract<Event, { readonly _tag: T }>
export type Held = In<"running" | "recalling" | "cancelling">
export type Report = Extract<Event, { readonly worker: string; readonly attempt: number }>
export type Cases<S, E> = ReadonlyArray<Case<S, E, undefined, State, Command>>

/** The second attempt of three, on worker `w`; nobody has been lost so far. */
const memory = { attempt: 2, attemptsMax: 3, lostWorkers: [] as ReadonlyArray<string> }
const holding = { ...memory, worker: "w", started: false, overdue: false, wanted: false }

export const unknown: In<"unknown"> = { _tag: "unknown" }
export const queued: In<"queued"> = { _tag: "queued", ...memory, wanted: false }
export const held = {
  running: { _tag: "running", ...holding } as In<"running">,
  recalling: { _tag: "recalling", ...holding } as In<"recalling">,
}
const cancellingBy = (asked: Partial<Asked>, owed = false): In<"cancelling"> => ({
  _tag: "cancelling",
  ...holding,
  wanted: true,
  asked: { client: false, timeout: false, ...asked },
  owed,
})
export const byClient: In<"cancelling"> = cancellingBy({ client: true })
export const byTimeout: In<"cancelling"> = cancellingBy({ timeout: true })
export const byOwner: In<"cancelling"> = cancellingBy({})
/** Cancelled by the client while the answer to a recall was still to come. */
export const byClientOwed: In<"cancelling"> = cancellingBy({ client: true }, true)

/** The same, when the first attempt was lost with worker `v`. */
export const hurt = <S extends object>(state: S): S & { readonly lostWorkers: Array<string> } => ({
  ...state,
  lostWorkers: ["v"],
})
/** The same, when no further attempt may be lost. */
export const worn = <S extends object>(state: S): S & { readonly lostWorkers: Array<string> } => ({
  ...state,
  lostWorkers: ["u", "v"],
})
/** The same, when a forced cancel was sent and refused. */
export const wanted = <S extends object>(state: S): S & { readonly wanted: true } => ({
  ...state,
  wanted: true,
})
/** The same, when it was a timeout whose cancel was refused. */
export const overdue = <S extends object>(
  state: S,
): S & { readonly wanted: true; readonly overdue: true } => ({
  ...state,
  wanted: true,
  overdue: true,
})
export const started = <S extends object>(state: S): S & { readonly started: true } => ({
  ...state,
  started: true,
})

export const confirmOf = (how: Confirm["how"], worker: string): Confirm => ({
  _tag: "Confirm",
  type: "canceled",
  how,
  worker,
  attempt: 2,
  stopMs: how === "cooperative" ? 3 : 0,
})
export const endedBy = (confirm: Confirm | undefined): In<"ended"> => ({ _tag: "ended", confirm })
export const refusal: Confirm = { ...confirmOf("unknown", "w"), type: "cancelFailed" }

const about = { worker: "w", attempt: 2 } as const
export const current: {
  readonly Started: On<"Started">
  readonly ResultArrived: On<"ResultArrived">
  readonly NeverStarted: On<"Canceled">
  readonly Canceled: On<"Canceled">
  readonly CancelFailed: On<"CancelFailed">
  readonly CancelNotFound: On<"CancelNotFound">
} = {
  Started: { _tag: "Started", ...about },
  ResultArrived: { _tag: "ResultArrived", ...about },
  NeverStarted: { _tag: "Canceled", ...about, how: "neverStarted", stopMs: 0 },
  Canceled: { _tag: "Canceled", ...about, how: "cooperative", stopMs: 3 },
  CancelFailed: { _tag: "CancelFailed", ...about },
  CancelNotFound: { _tag: "CancelNotFound", ...about },
}

export const queue: Command = { _tag: "Queue" }
export const unqueue: Command = { _tag: "Unqueue" }
export const free: Command = { _tag: "FreeSlot", worker: "w" }
export const stopTimeout: Command = { _tag: "StopTimeout" }
export const forwardResult: Command = { _tag: "ForwardResult" }
export const forcedCancel: Command = { _tag: "SendCancel", ...about, force: true }
export const unforcedCancel: Command = { _tag: "SendCancel", ...about, force: false }
export const reportTimeout: Command = { _tag: "ReportTimeout", ...about }
export const reportDied = (...lostWorkers: ReadonlyArray<string>): Command => ({
  _tag: "ReportDied",
  attempt: 2,
  lostWorkers,
})

/** What the last row of the printed table says of every report that is not about the current attempt. */
export const staleWords = "of another attempt or worker"
export const stale = condition<Held, Report>(
  staleWords,
  ({ state, event }) => event.worker !== state.worker || event.attempt !== state.attempt,
)
const isCurrent = ({ state, event }: { state: Held; event: Report }): boolean =>
  event.worker === state.worker && event.attempt === state.attempt

/** A condition on a report about the current attempt. */
export const report = <S extends Held, E extends Report>(
  words: string,
  holds: (at: { readonly state: S; readonly event: E }) => boolean = () => true,
) => condition<S, E>(words, (at) => isCurrent(at) && holds(at))

export const ignored = <S extends State, E extends Event>(
  given: S,
  event: E,
  counter: IgnoredByScheduler,
): Cases<S, E> => [{ given, event, to: given, do: [{ _tag: "Ignore", counter }] }]

/** The case that every report has: it is about another attempt, or from another worker. */
export const ignoredStale = <S extends Held, E extends Report>(given: S, event: E): Cases<S, E> => [
  {
    when: stale,
    given,
    event: { ...event, attempt: 1 },
    to: given,
    do: [{ _tag: "Ignore", counter: "attemptStale" }],
  },
]
