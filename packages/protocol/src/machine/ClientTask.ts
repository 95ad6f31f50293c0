/**
 * What a client knows about one task: the state of its future.
 *
 * The rule for cancel (`docs/semantics.md`): a confirm **or** a result ends a future that is being
 * cancelled, and the receipt says which of the two it was.
 *
 * - **G1** A future ends once; nothing leaves `ended`.
 * - **G3** Under `cancel-wins` a confirm and a result both end a cancelled future as cancelled.
 * - **G8** Whoever waits for a receipt waits for a bound that runs.
 */
import { endOf, receiptOf, withLoss } from "../internal/clientEnds.ts"
import type { ConfirmHow, TaskAttachRefused, TaskCancelConfirm, TaskResult } from "../Message.ts"
import { move, type Move } from "../Step.ts"

/** Whether a result that races a cancel is only reported (`cancel-wins`) or also kept (`result-wins`). */
export type CancelPolicy = "cancel-wins" | "result-wins"

/** How a future can end. */
export type End = "succeeded" | "failed" | "cancelled" | "lost"

/** Why a client cannot tell what became, or will become, of a task. */
export type LostReason =
  | "workerDied"
  | "connectionLost"
  | "clientClosed"
  | "forgotten"
  /** Its client closed and let it go on: whoever knows its id can attach to it. */
  | "detached"
  /** Nobody could attach to it: `TaskLost` says why. */
  | "notAttached"

/** What became of a cancel, as far as this machine knows; the client adds results and times. */
export type Receipt =
  | {
      readonly _tag: "Stopped"
      readonly how: Exclude<ConfirmHow, "workerLost">
      readonly worker: string
      readonly attempt: number
      readonly stopMs: number
    }
  | { readonly _tag: "Finished" }
  | { readonly _tag: "WorkerLost"; readonly worker: string }
  | { readonly _tag: "NotFound" }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "Unconfirmed" }

export type State =
  | {
      readonly _tag: "pending"
      readonly running: boolean
      /** Whether the task goes on without this client: it was detached, or only attached to. */
      readonly detached: boolean
    }
  | {
      readonly _tag: "cancelling"
      /** Whether the bound of the newest request still runs. */
      readonly bound: "running" | "passed"
      readonly detached: boolean
    }
  | { readonly _tag: "ended"; readonly end: End; readonly receipt: Receipt | undefined }

export type Event =
  | { readonly _tag: "CancelAsked" }
  | { readonly _tag: "Started" }
  | { readonly _tag: "ResultArrived"; readonly result: TaskResult }
  | { readonly _tag: "ConfirmArrived"; readonly confirm: TaskCancelConfirm }
  | { readonly _tag: "BoundPassed" }
  | { readonly _tag: "ConnectionGone" }
  /** Another scheduler is there, which knows nothing. `again`: whether the task may be sent to it. */
  | { readonly _tag: "SchedulerChanged"; readonly again: boolean }
  | { readonly _tag: "ClientClosed" }
  | { readonly _tag: "Forgotten" }
  | { readonly _tag: "DetachAsked" }
  | { readonly _tag: "AttachRefused"; readonly refusal: TaskAttachRefused }

export type Command =
  | { readonly _tag: "SendCancel" }
  /** Send the task once more, to the scheduler that is there now. */
  | { readonly _tag: "SendAgain" }
  | { readonly _tag: "SendDetach" }
  | { readonly _tag: "StartBound" }
  | { readonly _tag: "StopBound" }
  | { readonly _tag: "ShowRunning" }
  /** The asker of this event joins those who wait for the receipt. */
  | { readonly _tag: "Wait" }
  /** The asker of this event gets the receipt that ended the future, or `AlreadyDone`. */
  | { readonly _tag: "Reply" }
  /** Everybody who waits gets this receipt. */
  | { readonly _tag: "Answer"; readonly receipt: Receipt }
  | {
      readonly _tag: "End"
      readonly end: End
      /** The result that ended it, or that raced the cancel which did. */
      readonly result?: TaskResult
      readonly lost?: LostReason
      readonly refusal?: TaskAttachRefused
      /** Whether the task goes on without this client. */
      readonly detached?: true
    }
  | { readonly _tag: "Ignore"; readonly counter: IgnoredByClient }

/** Under these names a client counts what it ignored. */
export type IgnoredByClient =
  | "startedLate"
  | "resultAfterEnd"
  | "confirmAfterEnd"
  | "confirmUnasked"
  | "boundLate"
  | "eventAfterEnd"

/** What of the client as a whole a step depends on. */
export interface Rules {
  readonly policy: CancelPolicy
  readonly closing: boolean
}

/** The state of a future whose task has just been submitted. */
export const initial: State = { _tag: "pending", running: false, detached: false }

/** The state of a future of a task that somebody else has submitted. */
export const attached: State = { _tag: "pending", running: false, detached: true }

export const step = (state: State, event: Event, rules: Rules): Move<State, Command> => {
  switch (state._tag) {
    case "pending":
      return pending(state, event)
    case "cancelling":
      return cancelling(state, event, rules)
    case "ended":
      return ended(state, event)
  }
}

type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>
type Open = In<"pending"> | In<"cancelling">

const pending = (state: In<"pending">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "CancelAsked":
      return move(cancellingNow(state), sendCancel, startBound, wait)
    case "ClientClosed":
      return state.detached ? lose("detached") : move(cancellingNow(state), sendCancel, startBound)
    case "Started":
      return state.detached ? move(runningOf(state), showRunning) : startedMove
    case "ResultArrived":
      return endWith(event.result)
    case "ConfirmArrived":
      // Someone else's cancel, or the late answer to one of ours that had been refused.
      return event.confirm.type === "canceled"
        ? move(endedAs("cancelled", undefined), { _tag: "End", end: "cancelled" })
        : ignore(state, "confirmUnasked")
    case "BoundPassed":
      return ignore(state, "boundLate")
    case "ConnectionGone":
      return lose("connectionLost", state.detached)
    case "SchedulerChanged":
      if (!event.again) return lose("connectionLost", state.detached)
      return state.detached
        ? move({ ...state, running: false }, sendAgain, sendDetach)
        : move(initial, sendAgain)
    case "Forgotten":
      return lose("forgotten")
    case "DetachAsked":
      return move({ ...state, detached: true }, sendDetach)
    case "AttachRefused": {
      const { refusal } = event
      return move(endedAs("lost", undefined), {
        _tag: "End",
        end: "lost",
        lost: "notAttached",
        refusal,
      })
    }
  }
}

const cancelling = (state: In<"cancelling">, event: Event, rules: Rules): Move<State, Command> => {
  const stop = state.bound === "running" ? [stopBound] : []
  const answer = (end: End, receipt: Receipt, rest: Partial<EndCommand> = {}) =>
    move<State, Command>(
      endedAs(end, receipt),
      ...stop,
      { _tag: "End", end, ...rest },
      { _tag: "Answer", receipt },
    )
  switch (event._tag) {
    case "CancelAsked":
      return state.bound === "running"
        ? move(state, wait)
        : move(cancellingNow(state), sendCancel, startBound, wait) // G8, R17, R42
    case "ClientClosed":
      return state.bound === "running"
        ? move<State, Command>(state)
        : move(cancellingNow(state), sendCancel, startBound) // G8
    case "Started":
      return ignore(state, "startedLate")
    case "ResultArrived":
      return rules.policy === "cancel-wins"
        ? answer("cancelled", finished, { result: event.result }) // G3
        : answer(endOf(event.result), finished, withLoss(event.result))
    case "ConfirmArrived":
      switch (event.confirm.type) {
        case "canceled":
          return answer("cancelled", receiptOf(event.confirm))
        case "cancelNotFound":
          return answer("cancelled", notFound)
        case "cancelFailed":
          return rules.closing
            ? answer("lost", refused, { lost: "clientClosed" }) // R44
            : move(runningOf(state), ...stop, { _tag: "Answer", receipt: refused }) // R13
      }
    case "BoundPassed":
      if (state.bound === "passed") return ignore(state, "boundLate")
      return rules.closing
        ? answer("lost", unconfirmed, { lost: "clientClosed" }) // R44
        : move({ ...state, bound: "passed" }, { _tag: "Answer", receipt: unconfirmed })
    case "ConnectionGone":
    // Who was to be stopped is not sent again, and whether it was stopped nobody can say (R39).
    case "SchedulerChanged":
      return answer("lost", unconfirmed, { lost: "connectionLost" })
    case "Forgotten":
      return answer("lost", unconfirmed, { lost: "forgotten" })
    case "DetachAsked":
      return move({ ...state, detached: true }, sendDetach)
    case "AttachRefused": {
      const { refusal } = event
      return answer("lost", notFound, { lost: "notAttached", refusal })
    }
  }
}

const ended = (state: In<"ended">, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "CancelAsked":
      return move(state, { _tag: "Reply" }) // R18, R43
    case "Started":
      return ignore(state, "startedLate")
    case "ResultArrived":
      return ignore(state, "resultAfterEnd")
    case "ConfirmArrived":
      return ignore(state, "confirmAfterEnd")
    case "BoundPassed":
      return ignore(state, "boundLate")
    case "ConnectionGone":
    case "SchedulerChanged":
    case "ClientClosed":
    case "Forgotten":
    case "DetachAsked":
    case "AttachRefused":
      return ignore(state, "eventAfterEnd")
  }
}

/** The command by which a future ends. */
export type EndCommand = Extract<Command, { readonly _tag: "End" }>

const ignore = (state: State, counter: IgnoredByClient): Move<State, Command> =>
  move(state, { _tag: "Ignore", counter })

const endedAs = (end: End, receipt: Receipt | undefined): State => ({ _tag: "ended", end, receipt })

const endWith = (result: TaskResult): Move<State, Command> => {
  const end = endOf(result)
  return move(endedAs(end, undefined), { _tag: "End", end, ...withLoss(result) })
}

const lose = (lost: LostReason, detached = false): Move<State, Command> =>
  move(endedAs("lost", undefined), {
    _tag: "End",
    end: "lost",
    lost,
    ...(detached ? { detached } : {}),
  })

const cancellingNow = ({ detached }: Open): State =>
  detached ? { _tag: "cancelling", bound: "running", detached } : cancellingOwn
const runningOf = ({ detached }: Open): State =>
  detached ? { _tag: "pending", running: true, detached } : runningOwn

// Of most futures, of which a million may be pending, so all share these.
const cancellingOwn: State = { _tag: "cancelling", bound: "running", detached: false }
const runningOwn: State = { _tag: "pending", running: true, detached: false }
const showRunning: Command = { _tag: "ShowRunning" }
const startedMove: Move<State, Command> = move(runningOwn, showRunning)
const finished: Receipt = { _tag: "Finished" }
const notFound: Receipt = { _tag: "NotFound" }
const refused: Receipt = { _tag: "Refused" }
const unconfirmed: Receipt = { _tag: "Unconfirmed" }
const sendAgain: Command = { _tag: "SendAgain" }
const sendCancel: Command = { _tag: "SendCancel" }
const sendDetach: Command = { _tag: "SendDetach" }
const startBound: Command = { _tag: "StartBound" }
const stopBound: Command = { _tag: "StopBound" }
const wait: Command = { _tag: "Wait" }
