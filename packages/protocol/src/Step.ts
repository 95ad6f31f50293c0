/**
 * The shape of every decision in scaler-ts: a pure, total step.
 *
 * A step reads nothing but its arguments and does nothing but return: no clock, no randomness, no
 * I/O. That is what lets the same code run in production, under race exploration and under a
 * search of all its states.
 */

/** One move of a state machine: the state it ends in, and the commands its shell must carry out in order. */
export interface Move<State, Command> {
  readonly state: State
  readonly commands: ReadonlyArray<Command>
}

/** A move to `state` that asks the shell for `commands`. */
export const move = <State, Command>(
  state: State,
  ...commands: ReadonlyArray<Command>
): Move<State, Command> => ({ state, commands })
