/**
 * The tables of `docs/semantics.md` as data: what a test checks is what the document prints.
 *
 * A table has a cell for every kind of state and every kind of event. A cell is a list of cases:
 * a concrete situation, the condition it stands for, and the one right move.
 */
import type { Move } from "../../src/Step.ts"

interface Tagged {
  readonly _tag: string
}

/** Everything a step looks at. */
export interface Situation<S, E, R> {
  readonly state: S
  readonly event: E
  readonly rules: R
}

/** When a case applies: as a sentence reads it, and as a program does. */
export interface Condition<S, E, R> {
  /** Empty for a condition that the document has no need to print. */
  readonly words: string
  readonly holds: (at: Situation<S, E, R>) => boolean
}

/** One line of a cell. */
export interface Case<S, E, R, State, Command> {
  readonly when?: Condition<S, E, R>
  readonly given: S
  readonly event: E
  readonly rules?: R
  readonly to: State
  readonly do: ReadonlyArray<Command>
}

type Of<T extends Tagged, Tag extends T["_tag"]> = Extract<T, { readonly _tag: Tag }>

/** The cases of every event in one kind of state. */
export type Column<State extends Tagged, Event extends Tagged, R, To, Command> = {
  readonly [E in Event["_tag"]]: ReadonlyArray<Case<State, Of<Event, E>, R, To, Command>>
}

/** A cell for every kind of state and every kind of event: the compiler refuses a table with a gap. */
export type Table<State extends Tagged, Event extends Tagged, R, Command> = {
  readonly [S in State["_tag"]]: Column<Of<State, S>, Event, R, State, Command>
}

/** A machine, its table, and the words the table is printed with. */
export interface Machine<State extends Tagged, Event extends Tagged, R, Command extends Tagged> {
  readonly name: string
  readonly table: Table<State, Event, R, Command>
  readonly step: (state: State, event: Event, rules: R) => Move<State, Command>
  /** The rules of a case that names none. */
  readonly rules: R
  /** Every situation that could make a difference: the proof that the cases are all there are. */
  readonly situations: ReadonlyArray<Situation<State, Event, R>>
  readonly states: { readonly [S in State["_tag"]]: string }
  readonly events: { readonly [E in Event["_tag"]]: string }
  /** What the document says of the state moved to; empty when nothing changed. */
  readonly sayMove: (from: State, to: State) => string
  /** What the document says of a command; empty when a rule under the table says it. */
  readonly sayCommand: (command: Command, at: Situation<State, Event, R>) => string
}

/** A machine of any kind, for those who walk all three. */
// The members are functions of their own machine's types only; nobody mixes two machines.
export type AnyMachine = Machine<Tagged, Tagged, unknown, Tagged>

/** A machine, its types forgotten. */
export const anyMachine = <S extends Tagged, E extends Tagged, R, C extends Tagged>(
  machine: Machine<S, E, R, C>,
): AnyMachine => machine as unknown as AnyMachine

type AnyCase = Case<Tagged, Tagged, unknown, Tagged, Tagged>

/** The cases of one cell. */
export const casesOf = (
  machine: AnyMachine,
  state: string,
  event: string,
): ReadonlyArray<AnyCase> => machine.table[state]?.[event] ?? []

/** Whether a case is the one for a situation. */
export const applies = (example: AnyCase, at: Situation<Tagged, Tagged, unknown>): boolean =>
  example.when?.holds(at) ?? true

/** A move in words: the state moved to, then every command. */
export const explain = (
  machine: AnyMachine,
  at: Situation<Tagged, Tagged, unknown>,
  { state, commands }: Move<Tagged, Tagged>,
): string => {
  const said = [
    machine.sayMove(at.state, state),
    ...commands.map((command) => machine.sayCommand(command, at)),
  ].filter((words) => words !== "")
  return said.length === 0 ? "stay" : said.join("; ")
}

/** A case in words. */
export const explainCase = (machine: AnyMachine, example: AnyCase): string =>
  explain(
    machine,
    { state: example.given, event: example.event, rules: example.rules ?? machine.rules },
    { state: example.to, commands: example.do },
  )

/** A condition from its words and its test. */
export const condition = <S, E, R = unknown>(
  words: string,
  holds: (at: Situation<S, E, R>) => boolean,
): Condition<S, E, R> => ({ words, holds })

/** The condition that all of several hold. */
export const both = <S, E, R>(
  ...conditions: ReadonlyArray<Condition<S, E, R>>
): Condition<S, E, R> => ({
  words: conditions
    .map(({ words }) => words)
    .filter((words) => words !== "")
    .join(", "),
  holds: (at) => conditions.every(({ holds }) => holds(at)),
})

/** Every combination of a state, an event and rules. */
export const combine = <S, E, R>(
  states: ReadonlyArray<S>,
  events: ReadonlyArray<E>,
  rules: ReadonlyArray<R>,
): ReadonlyArray<Situation<S, E, R>> =>
  states.flatMap((state) =>
    events.flatMap((event) => rules.map((rule) => ({ state, event, rules: rule }))),
  )
