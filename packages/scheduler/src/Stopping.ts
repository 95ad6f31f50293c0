/**
 * How a scheduler stops: it lets nobody new in, and what there is go on until a bound; then it cancels
 * what is left and waits for the answers until another; then it tells everybody and is gone.
 */
import { move, type Move } from "@scaler-ts/protocol"

export type State = "open" | "finishing" | "cancelling" | "stopped"

export type Event =
  /** Somebody asks that it stop, and gives what runs so much time. */
  | { readonly _tag: "StopAsked"; readonly boundMs: number; readonly isEmpty: boolean }
  /** No task is left. */
  | { readonly _tag: "Emptied" }
  | { readonly _tag: "BoundPassed" }

export type Command =
  /** Let nobody in any more, and cancel what is submitted. */
  | { readonly _tag: "CloseDoors" }
  /** Instead of the bound that runs, if one does. */
  | { readonly _tag: "StartBound"; readonly boundMs: number }
  | { readonly _tag: "StopBound" }
  | { readonly _tag: "CancelAll" }
  /** Tell those who asked what is left, and everybody that it has stopped. */
  | { readonly _tag: "Leave" }

/** How long the answers to the cancels may take: longer than a worker takes to kill what does not stop. */
export const answersMs = 30_000

export const step = (state: State, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "StopAsked":
      return asked(state, event.boundMs, event.isEmpty)
    case "Emptied":
      return state === "finishing" || state === "cancelling"
        ? move("stopped", { _tag: "StopBound" }, { _tag: "Leave" })
        : move(state)
    case "BoundPassed":
      switch (state) {
        case "finishing":
          return cancelAll
        case "cancelling":
          return move("stopped", { _tag: "Leave" })
        case "open":
        case "stopped":
          return move(state)
      }
  }
}

const asked = (state: State, boundMs: number, isEmpty: boolean): Move<State, Command> => {
  switch (state) {
    case "open":
      if (isEmpty) return move("stopped", { _tag: "CloseDoors" }, { _tag: "Leave" })
      return move("finishing", { _tag: "CloseDoors" }, { _tag: "StartBound", boundMs })
    // Who asks again may have less patience: the newest bound counts.
    case "finishing":
      return move("finishing", { _tag: "StartBound", boundMs })
    case "cancelling":
    case "stopped":
      return move(state)
  }
}

// The bound comes first: to cancel what is queued may leave nothing to wait for.
const cancelAll: Move<State, Command> = move<State, Command>(
  "cancelling",
  { _tag: "StartBound", boundMs: answersMs },
  { _tag: "CancelAll" },
)
