/**
 * What one who watches is told of the moves of tasks, and what is left out.
 *
 * Nobody waits for who watches: it says how many messages it has room for, and there it ends. So that
 * what it sees is a sample and not a ruin, it is told all moves of a task or none: whether is settled
 * when the task is submitted. Every task is taken at first, and the less room is left the fewer are, by
 * a hash of their number; three quarters of the room are kept for the later moves of those that were taken. Where
 * even that does not do, no more is told of the tasks until then, and the sample begins anew.
 */
import { move, type Move } from "@scaler-ts/protocol"

export interface State {
  /** How many more messages there is room for. */
  readonly room: number
  /** The most that there ever was. */
  readonly roomMax: number
  /** The last task that was submitted before it began: of those it is told as well. */
  readonly beganAt: number
  /** Of tasks up to this one nothing more is told. */
  readonly cutAt: number
  /** How many moves were left out since that was last told, and whether tasks were cut off. */
  readonly leftOut: number
  readonly isCut: boolean
}

export type Event =
  /** There is room for so many messages more. */
  | { readonly _tag: "Asked"; readonly room: number }
  | { readonly _tag: "Submitted"; readonly task: number }
  /** A task has moved; `isTaken`: whether it was taken when it was submitted. `last`: the newest task. */
  | {
      readonly _tag: "Moved"
      readonly task: number
      readonly isTaken: boolean
      readonly last: number
    }
  /** All that has moved for now has. */
  | { readonly _tag: "TurnOver" }

export type Command =
  /** Remember that the task was taken. */
  | { readonly _tag: "Take" }
  /** Tell of this move. */
  | { readonly _tag: "Tell" }
  | { readonly _tag: "TellLeftOut"; readonly leftOut: number; readonly cut: boolean }

/** Nobody may ask for more at once, however much it asks for. */
export const roomLimit = 65_536

/** A watch without room, which begins after the task `beganAt`. */
export const begin = (beganAt: number): State => ({
  room: 0,
  roomMax: 0,
  beganAt,
  cutAt: 0,
  leftOut: 0,
  isCut: false,
})

export const step = (state: State, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "Asked": {
      const room = Math.min(roomLimit, state.room + event.room)
      return move({ ...state, room, roomMax: Math.max(state.roomMax, room) })
    }
    case "Submitted":
      return isTakenAt(state, event.task)
        ? move({ ...state, room: state.room - 1 }, { _tag: "Take" }, { _tag: "Tell" })
        : leaveOut(state)
    case "Moved":
      return moved(state, event)
    case "TurnOver": {
      const { room, leftOut, isCut } = state
      if (leftOut === 0 || room === 0) return move(state)
      const told: Command = { _tag: "TellLeftOut", leftOut, cut: isCut }
      return move({ ...state, room: room - 1, leftOut: 0, isCut: false }, told)
    }
  }
}

const moved = (
  state: State,
  { task, isTaken, last }: Extract<Event, { readonly _tag: "Moved" }>,
): Move<State, Command> => {
  if (task <= state.cutAt || !(isTaken || task <= state.beganAt)) return leaveOut(state)
  // The last place is for saying that something is missing.
  return state.room > 1
    ? move({ ...state, room: state.room - 1 }, { _tag: "Tell" })
    : leaveOut({ ...state, cutAt: last, isCut: true })
}

const leaveOut = (state: State): Move<State, Command> =>
  move({ ...state, leftOut: state.leftOut + 1 })

/** One task in `2 ** level` is taken: the less there is left of the quarter that is for new ones, the fewer. */
const isTakenAt = ({ room, roomMax }: State, task: number): boolean => {
  // Most tasks move three times more: to a worker, into its function, to their end.
  const quarter = Math.max(1, Math.floor((roomMax - 1) / 4))
  const free = room - (roomMax - quarter)
  // One more stays for saying that something is missing.
  if (free <= 0 || room <= 1) return false
  const level = Math.max(0, Math.floor(Math.log2(quarter / free)))
  return level === 0 || hashOf(task) >>> (32 - level) === 0
}

/** Spreads numbers that follow one another evenly (Fibonacci hashing), so that each level takes its share of any run. */
const hashOf = (task: number): number => Math.imul(task, 0x9e_37_79_b1) >>> 0
