/**
 * What a worker knows about one attempt.
 *
 * Only the worker can tell whether a function ran to its end, so every confirm a client ever sees
 * starts in this file.
 *
 * - **G2** `canceled` is confirmed only when the code has been seen to stop.
 * - **G4** Every cancel is answered: by a confirm, or by the result that was first.
 * - **G6** An attempt that was started frees its slot once, when it ends.
 */
import { move, type Move } from "../Step.ts"

export type State =
  /** Unseen, or ended: a worker keeps nothing of either. */
  | { readonly _tag: "absent" }
  | { readonly _tag: "waiting" }
  | {
      readonly _tag: "running"
      /** Whether a cancel of this attempt was refused, so that a late stop is its confirm (R38). */
      readonly refused: boolean
    }
  | {
      readonly _tag: "stopping"
      /** Whether somebody waits for the confirm. */
      readonly asked: boolean
      readonly refused: boolean
    }

export type Event =
  /** The scheduler sent the attempt; `slotFree` says whether it can start at once. */
  | { readonly _tag: "Dispatched"; readonly slotFree: boolean }
  | { readonly _tag: "SlotFreed" }
  | { readonly _tag: "CancelAsked"; readonly force: boolean }
  /** The function returned or threw by itself. */
  | { readonly _tag: "Returned" }
  /** The function stopped because it was interrupted. */
  | { readonly _tag: "Stopped" }
  /** It was interrupted, or is being killed, and has not stopped for a while. */
  | { readonly _tag: "StillStopping" }
  | { readonly _tag: "GraceOver"; readonly canKill: boolean }
  /** What ran the function is gone: killed by us or dead by itself. */
  | { readonly _tag: "Exited" }
  | { readonly _tag: "DrainAsked" }
  | { readonly _tag: "DrainBoundPassed" }
  | { readonly _tag: "SessionGone" }

export type Command =
  /** Run the function, or put it in line for a slot. */
  | { readonly _tag: "Start" }
  | { readonly _tag: "SendStarted" }
  | { readonly _tag: "Interrupt" }
  | { readonly _tag: "StartGrace" }
  | { readonly _tag: "StopGrace" }
  | { readonly _tag: "Kill" }
  /** Say how far its stop has come. */
  | { readonly _tag: "SendStopping" }
  /** Send what the function returned or threw. */
  | { readonly _tag: "SendResult" }
  /** Send a `failedWorkerDied` that says how what ran the function ended. */
  | { readonly _tag: "SendDied" }
  | {
      readonly _tag: "Confirm"
      readonly type: "canceled" | "cancelFailed" | "cancelNotFound"
      readonly how: "unknown" | "neverStarted" | "cooperative" | "killed"
    }
  | { readonly _tag: "Ignore"; readonly counter: IgnoredByWorker }

/** Under these names a worker counts what it ignored. */
export type IgnoredByWorker =
  | "attemptKnown"
  | "slotUnwanted"
  | "cancelRepeated"
  | "endLate"
  | "graceLate"
  | "stillLate"
  | "drainLate"
  | "sessionLate"

type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>

/** The state of an attempt nobody has told the worker about. */
export const absent: State = { _tag: "absent" }

export const step = (state: State, event: Event): Move<State, Command> => {
  switch (state._tag) {
    case "absent":
      return onAbsent(state, event)
    case "waiting":
      return onWaiting(state, event)
    case "running":
      return onRunning(state, event)
    case "stopping":
      return onStopping(state, event)
  }
}

const onAbsent = (state: In<"absent">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "Dispatched":
      return event.slotFree ? startedAtOnce : move({ _tag: "waiting" }, start)
    case "CancelAsked":
      return move(state, confirm("cancelNotFound", "unknown"))
    case "SlotFreed":
      return ignore(state, "slotUnwanted")
    case "Returned":
    case "Stopped":
    case "Exited":
      return ignore(state, "endLate")
    case "GraceOver":
      return ignore(state, "graceLate")
    case "StillStopping":
      return ignore(state, "stillLate")
    case "DrainAsked":
    case "DrainBoundPassed":
      return ignore(state, "drainLate")
    case "SessionGone":
      return ignore(state, "sessionLate")
  }
}

const onWaiting = (state: In<"waiting">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "SlotFreed":
      return slotFreed
    case "CancelAsked":
    case "DrainAsked":
      return move(absent, confirm("canceled", "neverStarted"))
    case "SessionGone":
      return move(absent)
    case "Dispatched":
      return ignore(state, "attemptKnown")
    case "Returned":
    case "Stopped":
    case "Exited":
      return ignore(state, "endLate")
    case "GraceOver":
      return ignore(state, "graceLate")
    case "StillStopping":
      return ignore(state, "stillLate")
    case "DrainBoundPassed":
      return ignore(state, "drainLate")
  }
}

const onRunning = (state: In<"running">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "CancelAsked":
      return event.force
        ? move({ _tag: "stopping", asked: true, refused: state.refused }, interrupt, startGrace)
        : move(state, confirm("cancelFailed", "unknown"))
    case "Returned":
      return ended
    case "Stopped":
      return state.refused
        ? move(absent, confirm("canceled", "cooperative")) // R38
        : ended // It failed, as far as anybody knows: nobody is waiting for a stop.
    case "Exited":
      return move(absent, { _tag: "SendDied" })
    case "DrainBoundPassed":
    case "SessionGone":
      return move({ _tag: "stopping", asked: false, refused: state.refused }, interrupt, startGrace)
    case "Dispatched":
      return ignore(state, "attemptKnown")
    case "SlotFreed":
      return ignore(state, "slotUnwanted")
    case "GraceOver":
      return ignore(state, "graceLate")
    case "StillStopping":
      return ignore(state, "stillLate")
    case "DrainAsked":
      return ignore(state, "drainLate")
  }
}

const onStopping = (state: In<"stopping">, event: Event): Move<State, Command> => {
  const answered = (how: "cooperative" | "killed"): ReadonlyArray<Command> =>
    state.asked ? [confirm("canceled", how)] : [] // G2
  switch (event._tag) {
    case "CancelAsked":
      return ignore(state, "cancelRepeated") // Answered once, when it has stopped.
    case "Returned":
      return move(absent, stopGrace, sendResult) // It finished first; the result answers the cancel.
    case "Stopped":
      return move(absent, stopGrace, ...answered("cooperative"))
    case "Exited":
      return move(absent, stopGrace, ...answered("killed"))
    case "StillStopping":
      return state.asked ? move(state, sendStopping) : move(state)
    case "GraceOver":
      if (event.canKill) return move(state, kill)
      return state.asked
        ? move({ _tag: "running", refused: true }, confirm("cancelFailed", "unknown"))
        : move({ _tag: "running", refused: state.refused })
    case "DrainBoundPassed":
    case "SessionGone":
      return move({ ...state, asked: false })
    case "Dispatched":
      return ignore(state, "attemptKnown")
    case "SlotFreed":
      return ignore(state, "slotUnwanted")
    case "DrainAsked":
      return ignore(state, "drainLate")
  }
}

type Confirm = Extract<Command, { readonly _tag: "Confirm" }>

const confirm = (type: Confirm["type"], how: Confirm["how"]): Confirm => ({
  _tag: "Confirm",
  type,
  how,
})

const ignore = (state: State, counter: IgnoredByWorker): Move<State, Command> =>
  move(state, { _tag: "Ignore", counter })

const start: Command = { _tag: "Start" }
const interrupt: Command = { _tag: "Interrupt" }
const startGrace: Command = { _tag: "StartGrace" }
const stopGrace: Command = { _tag: "StopGrace" }
const kill: Command = { _tag: "Kill" }
const sendStopping: Command = { _tag: "SendStopping" }
const sendResult: Command = { _tag: "SendResult" }
const sendStarted: Command = { _tag: "SendStarted" }
const runningNow: State = { _tag: "running", refused: false }
const startedAtOnce = move<State, Command>(runningNow, start, sendStarted)
const slotFreed = move<State, Command>(runningNow, sendStarted)
const ended = move<State, Command>(absent, sendResult)
