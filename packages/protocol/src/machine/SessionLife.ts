/**
 * The life of a session at the end that connects, a client's or a worker's: it outlives its
 * connections, for as long as they can be made again in time.
 *
 * A session that nobody has answered yet ends with its first connection: there is nothing to resume,
 * and whoever waits for it to open is better told at once.
 */
import { type Move, move } from "../Step.ts"

export type State =
  /** `tries`: how many it took to come to this connection, as long as it has brought nothing new. */
  | { readonly _tag: "open"; readonly tries: number }
  /** There is no connection. `tries`: how many were tried since the last good one. */
  | { readonly _tag: "broken"; readonly tries: number; readonly reason: string }
  /** Hello has been said again, and nothing been heard yet. */
  | { readonly _tag: "resuming"; readonly tries: number; readonly reason: string }
  | { readonly _tag: "ended" }

export type Event =
  /** The connection is gone; `canResume`: whether there is a session to resume, and time for it. */
  | { readonly _tag: "Broke"; readonly reason: string; readonly canResume: boolean }
  /** The pause before the next try is over, or the time for an answer to the last one. */
  | { readonly _tag: "PauseOver" }
  /** Something new has come in this connection, or something of ours has arrived. */
  | { readonly _tag: "Progressed" }
  /** A frame has come that follows those before. */
  | { readonly _tag: "Heard" }
  | { readonly _tag: "BoundPassed" }
  /** It cannot be resumed: the other end has ended it, or more has to be kept than may be. */
  | { readonly _tag: "Refused"; readonly reason: string }
  /** Its owner has closed it. */
  | { readonly _tag: "Closed" }

export type Command =
  | { readonly _tag: "StartBound" }
  /** The bound, and the pause if there is one. */
  | { readonly _tag: "StopTimers" }
  /** Keep what is sent from now on. */
  | { readonly _tag: "Suspend" }
  /** Wait before the next try; `tries` have failed. */
  | { readonly _tag: "Pause"; readonly tries: number }
  /** Do so in a new connection, and give the other end some time to answer. */
  | { readonly _tag: "SayHelloAgain" }
  /** Send what was kept. */
  | { readonly _tag: "Resume" }
  /** Hand over what is still to be said, and end the conversation; `acknowledged`: once it has been heard. */
  | { readonly _tag: "Close"; readonly acknowledged: boolean }
  /** End the conversation at once. */
  | { readonly _tag: "End" }
  /** End the connection in which nobody has answered yet. */
  | { readonly _tag: "Disconnect" }
  | { readonly _tag: "Lose"; readonly reason: string }

export const open: State = { _tag: "open", tries: 0 }

const ended: State = { _tag: "ended" }

export const step = (state: State, event: Event): Move<State, Command> => {
  switch (state._tag) {
    case "open":
      return whileOpen(state, event)
    case "broken":
    case "resuming":
      return whileAway(state, event)
    case "ended":
      return move(state)
  }
}

const whileOpen = (
  state: Extract<State, { readonly _tag: "open" }>,
  event: Event,
): Move<State, Command> => {
  const { tries } = state
  switch (event._tag) {
    case "Broke":
      // One connection after the other that breaks and brings nothing is made with pauses, too.
      return event.canResume
        ? move(
            { _tag: "broken", tries, reason: event.reason },
            { _tag: "Suspend" },
            { _tag: "StartBound" },
            { _tag: "Pause", tries },
          )
        : move(ended, { _tag: "End" }, lose(event.reason))
    case "Refused":
      return move(ended, { _tag: "Close", acknowledged: false }, lose(event.reason))
    case "Closed":
      // A result that the scheduler never got would be lost with the goodbye behind it.
      return move(ended, { _tag: "Close", acknowledged: true })
    case "Progressed":
      return move(open)
    case "PauseOver":
    case "Heard":
    case "BoundPassed":
      return move(state)
  }
}

type Away = Extract<State, { readonly reason: string }>

const whileAway = (state: Away, event: Event): Move<State, Command> => {
  const { tries, reason } = state
  switch (event._tag) {
    case "PauseOver":
      return state._tag === "broken"
        ? move({ _tag: "resuming", tries: tries + 1, reason }, { _tag: "SayHelloAgain" })
        : move({ _tag: "broken", tries, reason }, { _tag: "Disconnect" }, { _tag: "Pause", tries })
    case "Broke":
      return state._tag === "resuming"
        ? move({ _tag: "broken", tries, reason }, { _tag: "Pause", tries })
        : move(state)
    case "Heard":
      return state._tag === "resuming"
        ? move({ _tag: "open", tries }, { _tag: "StopTimers" }, { _tag: "Resume" })
        : move(state)
    case "Progressed":
      return move(state)
    case "BoundPassed":
      return move(ended, ...over(state), lose(`${reason}; it could not be resumed in time`))
    case "Refused":
      return move(ended, ...over(state), lose(`${reason}; ${event.reason}`))
    case "Closed":
      return move(ended, ...over(state))
  }
}

const over = ({ _tag }: Away): ReadonlyArray<Command> => [
  { _tag: "StopTimers" },
  { _tag: "End" },
  ...(_tag === "resuming" ? [{ _tag: "Disconnect" } as const] : []),
]

const lose = (reason: string): Command => ({ _tag: "Lose", reason })

/** How long the other end may take to answer a hello that is said again, in milliseconds. */
export const answerMs = 5_000

const pauseMsMin = 100
const pauseMsMax = 5_000

/**
 * How long to wait before the next try, in milliseconds: not at all before the first, then longer each
 * time until a connection brings something. `chance`, from 0 to 1, spreads those who lost their scheduler at the same moment.
 */
export const pauseMs = (tries: number, chance: number): number =>
  tries === 0 ? 0 : Math.min(pauseMsMax, pauseMsMin * 2 ** (tries - 1)) * (0.5 + chance / 2)
