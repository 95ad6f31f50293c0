/** The worker's table, cell by cell. */
import type { Command, Event, IgnoredByWorker, State } from "../../src/machine/WorkerAttempt.ts"
import { type Case, condition, type Table } from "./cell.ts"

type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>
type On<T extends Event["_tag"]> = Extract<Event, { readonly _tag: T }>

export const gone: In<"absent"> = { _tag: "absent" }
export const waiting: In<"waiting"> = { _tag: "waiting" }
export const running: In<"running"> = { _tag: "running", refused: false }
export const runningOn: In<"running"> = { _tag: "running", refused: true }
export const stopping: In<"stopping"> = { _tag: "stopping", asked: true, refused: false }
export const unasked: In<"stopping"> = { _tag: "stopping", asked: false, refused: false }

export const forced: On<"CancelAsked"> = { _tag: "CancelAsked", force: true }
export const unforced: On<"CancelAsked"> = { _tag: "CancelAsked", force: false }
export const still: On<"StillStopping"> = { _tag: "StillStopping" }
export const graceThenKill: On<"GraceOver"> = { _tag: "GraceOver", canKill: true }
export const graceOnly: On<"GraceOver"> = { _tag: "GraceOver", canKill: false }
export const startable: On<"Dispatched"> = { _tag: "Dispatched", slotFree: true }
export const full: On<"Dispatched"> = { _tag: "Dispatched", slotFree: false }

export const start: Command = { _tag: "Start" }
export const interrupt: Command = { _tag: "Interrupt" }
const startGrace: Command = { _tag: "StartGrace" }
const stopGrace: Command = { _tag: "StopGrace" }
const sendStopping: Command = { _tag: "SendStopping" }
const sendStarted: Command = { _tag: "SendStarted" }
const sendResult: Command = { _tag: "SendResult" }
const canceled = (how: "neverStarted" | "cooperative" | "killed"): Command => ({
  _tag: "Confirm",
  type: "canceled",
  how,
})
const cancelFailed: Command = { _tag: "Confirm", type: "cancelFailed", how: "unknown" }
const cancelNotFound: Command = { _tag: "Confirm", type: "cancelNotFound", how: "unknown" }

const slotFree = condition<State, On<"Dispatched">>("a slot is free", (at) => at.event.slotFree)
const noSlot = condition<State, On<"Dispatched">>("no slot is free", (at) => !at.event.slotFree)
const isForced = condition<State, On<"CancelAsked">>("forced", (at) => at.event.force)
const isUnforced = condition<State, On<"CancelAsked">>("unforced", (at) => !at.event.force)
const wasRefused = condition<In<"running">, Event>(
  "a cancel of it was refused",
  (at) => at.state.refused,
)
const notRefused = condition<In<"running">, Event>("otherwise", (at) => !at.state.refused)
const wasAsked = condition<In<"stopping">, Event>("asked", (at) => at.state.asked)
const notAsked = condition<In<"stopping">, Event>("unasked", (at) => !at.state.asked)
const canKill = condition<In<"stopping">, On<"GraceOver">>(
  "this executor can kill",
  (at) => at.event.canKill,
)
const askedNoKill = condition<In<"stopping">, On<"GraceOver">>(
  "it cannot, asked",
  (at) => !at.event.canKill && at.state.asked,
)
const unaskedNoKill = condition<In<"stopping">, On<"GraceOver">>(
  "it cannot, unasked",
  (at) => !at.event.canKill && !at.state.asked,
)

const ignored = <S extends State, E extends Event>(
  given: S,
  event: E,
  counter: IgnoredByWorker,
): ReadonlyArray<Case<S, E, undefined, State, Command>> => [
  { given, event, to: given, do: [{ _tag: "Ignore", counter }] },
]

/** Whoever asked cannot be answered any more, or is answered by the worker's goodbye. */
const noLongerAsked = <E extends Event>(
  event: E,
): ReadonlyArray<Case<In<"stopping">, E, undefined, State, Command>> => [
  { when: wasAsked, given: stopping, event, to: unasked, do: [] },
  { when: notAsked, given: unasked, event, to: unasked, do: [] },
]

export const table: Table<State, Event, undefined, Command> = {
  absent: {
    Dispatched: [
      { when: slotFree, given: gone, event: startable, to: running, do: [start, sendStarted] },
      { when: noSlot, given: gone, event: full, to: waiting, do: [start] },
    ],
    SlotFreed: ignored(gone, { _tag: "SlotFreed" }, "slotUnwanted"),
    CancelAsked: [{ given: gone, event: forced, to: gone, do: [cancelNotFound] }],
    Returned: ignored(gone, { _tag: "Returned" }, "endLate"),
    Stopped: ignored(gone, { _tag: "Stopped" }, "endLate"),
    StillStopping: ignored(gone, still, "stillLate"),
    GraceOver: ignored(gone, graceOnly, "graceLate"),
    Exited: ignored(gone, { _tag: "Exited" }, "endLate"),
    DrainAsked: ignored(gone, { _tag: "DrainAsked" }, "drainLate"),
    DrainBoundPassed: ignored(gone, { _tag: "DrainBoundPassed" }, "drainLate"),
    SessionGone: ignored(gone, { _tag: "SessionGone" }, "sessionLate"),
  },
  waiting: {
    Dispatched: ignored(waiting, full, "attemptKnown"),
    SlotFreed: [{ given: waiting, event: { _tag: "SlotFreed" }, to: running, do: [sendStarted] }],
    CancelAsked: [{ given: waiting, event: unforced, to: gone, do: [canceled("neverStarted")] }],
    Returned: ignored(waiting, { _tag: "Returned" }, "endLate"),
    Stopped: ignored(waiting, { _tag: "Stopped" }, "endLate"),
    StillStopping: ignored(waiting, still, "stillLate"),
    GraceOver: ignored(waiting, graceOnly, "graceLate"),
    Exited: ignored(waiting, { _tag: "Exited" }, "endLate"),
    DrainAsked: [
      {
        given: waiting,
        event: { _tag: "DrainAsked" },
        to: gone,
        do: [canceled("neverStarted")],
      },
    ],
    DrainBoundPassed: ignored(waiting, { _tag: "DrainBoundPassed" }, "drainLate"),
    SessionGone: [{ given: waiting, event: { _tag: "SessionGone" }, to: gone, do: [] }],
  },
  running: {
    Dispatched: ignored(running, full, "attemptKnown"),
    SlotFreed: ignored(running, { _tag: "SlotFreed" }, "slotUnwanted"),
    CancelAsked: [
      { when: isForced, given: running, event: forced, to: stopping, do: [interrupt, startGrace] },
      { when: isUnforced, given: running, event: unforced, to: running, do: [cancelFailed] },
    ],
    Returned: [{ given: running, event: { _tag: "Returned" }, to: gone, do: [sendResult] }],
    Stopped: [
      {
        when: wasRefused,
        given: runningOn,
        event: { _tag: "Stopped" },
        to: gone,
        do: [canceled("cooperative")],
      },
      {
        when: notRefused,
        given: running,
        event: { _tag: "Stopped" },
        to: gone,
        do: [sendResult],
      },
    ],
    StillStopping: ignored(running, still, "stillLate"),
    GraceOver: ignored(running, graceThenKill, "graceLate"),
    Exited: [{ given: running, event: { _tag: "Exited" }, to: gone, do: [{ _tag: "SendDied" }] }],
    DrainAsked: ignored(running, { _tag: "DrainAsked" }, "drainLate"),
    DrainBoundPassed: [
      {
        given: running,
        event: { _tag: "DrainBoundPassed" },
        to: unasked,
        do: [interrupt, startGrace],
      },
    ],
    SessionGone: [
      { given: running, event: { _tag: "SessionGone" }, to: unasked, do: [interrupt, startGrace] },
    ],
  },
  stopping: {
    Dispatched: ignored(stopping, full, "attemptKnown"),
    SlotFreed: ignored(stopping, { _tag: "SlotFreed" }, "slotUnwanted"),
    CancelAsked: ignored(stopping, forced, "cancelRepeated"),
    Returned: [
      { given: stopping, event: { _tag: "Returned" }, to: gone, do: [stopGrace, sendResult] },
    ],
    Stopped: [
      {
        when: wasAsked,
        given: stopping,
        event: { _tag: "Stopped" },
        to: gone,
        do: [stopGrace, canceled("cooperative")],
      },
      {
        when: notAsked,
        given: unasked,
        event: { _tag: "Stopped" },
        to: gone,
        do: [stopGrace],
      },
    ],
    StillStopping: [
      { when: wasAsked, given: stopping, event: still, to: stopping, do: [sendStopping] },
      { when: notAsked, given: unasked, event: still, to: unasked, do: [] },
    ],
    GraceOver: [
      {
        when: canKill,
        given: stopping,
        event: graceThenKill,
        to: stopping,
        do: [{ _tag: "Kill" }],
      },
      { when: askedNoKill, given: stopping, event: graceOnly, to: runningOn, do: [cancelFailed] },
      { when: unaskedNoKill, given: unasked, event: graceOnly, to: running, do: [] },
    ],
    Exited: [
      {
        when: wasAsked,
        given: stopping,
        event: { _tag: "Exited" },
        to: gone,
        do: [stopGrace, canceled("killed")],
      },
      {
        when: notAsked,
        given: unasked,
        event: { _tag: "Exited" },
        to: gone,
        do: [stopGrace],
      },
    ],
    DrainAsked: ignored(stopping, { _tag: "DrainAsked" }, "drainLate"),
    DrainBoundPassed: noLongerAsked({ _tag: "DrainBoundPassed" }),
    SessionGone: noLongerAsked({ _tag: "SessionGone" }),
  },
}
