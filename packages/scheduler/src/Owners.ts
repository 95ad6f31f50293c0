/**
 * Who has a future of a task, and whether it goes on when nobody has one any more.
 *
 * Of most tasks that is the client that submitted it and nobody else: all of them share one state.
 *
 * - **G9** Who has no future of a task, or has lost it, changes nothing.
 */
import { move, type Move } from "@scaler-ts/protocol"

export interface State {
  /** Whether the client that submitted the task is there. */
  readonly submitter: boolean
  /** Whether the task goes on without any owner. */
  readonly detached: boolean
  /** How many futures others have of it, or the same client beside the first. */
  readonly guests: number
}

export type Event =
  | { readonly _tag: "DetachAsked" }
  | { readonly _tag: "Attached" }
  /** Who had attached is gone, with one of its futures. */
  | { readonly _tag: "GuestLost" }
  | { readonly _tag: "SubmitterLost" }

/** Nobody has the task any more, and it is not detached: it is to be stopped. */
export interface Command {
  readonly _tag: "LoseOwner"
}

/** The state of a task that has just been submitted. */
export const alone: State = { submitter: true, detached: false, guests: 0 }

export const isOwned = ({ submitter, guests }: State): boolean => submitter || guests > 0

export const step = (state: State, { _tag }: Event): Move<State, Command> => {
  switch (_tag) {
    case "DetachAsked":
      return move({ ...state, detached: true })
    case "Attached":
      return move({ ...state, guests: state.guests + 1 })
    case "GuestLost":
      return state.guests === 0 ? move(state) : left({ ...state, guests: state.guests - 1 })
    case "SubmitterLost":
      return state.submitter ? left({ ...state, submitter: false }) : move(state)
  }
}

const left = (state: State): Move<State, Command> =>
  isOwned(state) || state.detached ? move(state) : move(state, { _tag: "LoseOwner" })
