/**
 * Who has a future of a task, and whether it goes on when nobody has one any more.
 *
 * Of most tasks that is the client that submitted it and nobody else: all of them share one state.
 *
 * - **G9** Who has no future of a task, or has lost it, changes nothing.
 */
import { move, type Move } from "@scaler-ts/protocol"

/** A client that has attached to a task. */
interface Attached {
  readonly client: object
}

export interface State<Guest extends Attached> {
  /** Whether the client that submitted the task is there. */
  readonly submitter: boolean
  /** Whether the task goes on without any owner. */
  readonly detached: boolean
  /** Who has attached, in this order. One client may have done so several times. */
  readonly guests: ReadonlyArray<Guest>
}

export type Event<Guest extends Attached> =
  | { readonly _tag: "DetachAsked" }
  | { readonly _tag: "Attached"; readonly guest: Guest }
  | { readonly _tag: "ClientLost"; readonly client: object; readonly isSubmitter: boolean }

/** Nobody has the task any more, and it is not detached: it is to be stopped. */
export interface Command {
  readonly _tag: "LoseOwner"
}

/** The state of a task that has just been submitted. */
export const alone: State<never> = { submitter: true, detached: false, guests: [] }

export const step = <Guest extends Attached>(
  state: State<Guest>,
  event: Event<Guest>,
): Move<State<Guest>, Command> => {
  switch (event._tag) {
    case "DetachAsked":
      return move({ ...state, detached: true })
    case "Attached":
      return move({ ...state, guests: [...state.guests, event.guest] })
    case "ClientLost": {
      const guests = state.guests.filter(({ client }) => client !== event.client)
      const submitter = state.submitter && !event.isSubmitter
      if (submitter === state.submitter && guests.length === state.guests.length) return move(state)
      const left = { submitter, detached: state.detached, guests }
      return submitter || state.detached || guests.length > 0
        ? move(left)
        : move(left, { _tag: "LoseOwner" })
    }
  }
}
