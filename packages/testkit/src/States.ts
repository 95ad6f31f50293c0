/**
 * Every reachable state of a model, each once.
 *
 * A model is pure machines and what lies between them, as plain data: an initial state, and what can
 * happen in a state. The search is breadth-first, so the first violation it finds has a trace that no
 * other is shorter than, and a search that hits its bound has still seen every state up to a depth.
 */
import { Values } from "@scaler-ts/protocol"
import { refuseHidden } from "./internal/hidden.ts"

/** One thing that can happen next. */
export interface Action<State> {
  /** What happens, for the trace: `"the scheduler hears TaskCancel"`. */
  readonly label: string
  /** Whether it happens sooner or later if nothing else does. A state without such an action is at rest. */
  readonly must: boolean
  /**
   * The state after it, leaving the one before it as it is. An `Error` it throws is a violation, and
   * its message says of what.
   */
  readonly run: () => State
}

export interface Model<State> {
  readonly initial: State
  readonly actions: (state: State) => ReadonlyArray<Action<State>>
  /** What a state violates, in a sentence, although every reachable state must not. */
  readonly always?: (state: State) => string | undefined
  /** What a state violates, in a sentence, in which nothing has to happen any more. */
  readonly atRest?: (state: State) => string | undefined
  /**
   * The text by which a state is known again: states with the same text are searched once. Its JSON
   * unless told otherwise, for states that are plain data. Leave out what no action and no check
   * depends on, or put what is interchangeable in order, and there is less to search.
   */
  readonly key?: (state: State) => string
}

export interface StatesOptions {
  /** How many states to visit at most. 1,000,000 unless told otherwise. */
  readonly statesMax?: number
  /** How many steps away from the initial state to go at most. As far as there are states unless told otherwise. */
  readonly depthMax?: number
}

interface Count {
  /** How many different states were visited. */
  readonly states: number
  /** How many of them are at rest. */
  readonly rests: number
  /** The steps to the furthest of them. */
  readonly depth: number
}

/** Every reachable state was visited, and nothing is wrong with any. */
export interface Verified extends Count {
  readonly _tag: "Verified"
}

/** The bound was hit first. Nothing is wrong with what was visited: all that is at most `within` steps away, and more. */
export interface Bounded extends Count {
  readonly _tag: "Bounded"
  readonly within: number
}

/** A reachable state breaks a check, or an action threw. */
export interface Violated<State> extends Count {
  readonly _tag: "Violated"
  readonly what: string
  /** The labels of the steps that lead to it; there is no shorter way to a violation. */
  readonly trace: ReadonlyArray<string>
  /** The state it shows in: the one after the trace or, if the last action threw, the one before that. */
  readonly state: State
  /** What was thrown, if something was. */
  readonly error?: unknown
}

export type StatesVerdict<State> = Verified | Bounded | Violated<State>

/** How a state was reached; shared by all states that come after it. */
interface Path {
  readonly label: string
  readonly depth: number
  readonly before: Path | undefined
}

interface Visited<State> {
  readonly state: State
  readonly key: string
  readonly path: Path | undefined
  readonly actions: ReadonlyArray<Action<State>>
}

/**
 * Visits every reachable state, or stops at the first violation or at a bound.
 *
 * Synchronous, and does the same every time if the model does.
 *
 * Throws an `Error` when a model cannot be searched: its states hold what JSON does not show and it
 * has no `key`, or an action changed the state it was given.
 *
 * @example Two counters that must not both be ahead
 * ```ts
 * import { States } from "@scaler-ts/testkit/search"
 *
 * const verdict = States.search({
 *   initial: { a: 0, b: 0 },
 *   actions: ({ a, b }) => [
 *     { label: "a", must: a < 2, run: () => ({ a: Math.min(a + 1, 2), b }) },
 *     { label: "b", must: b < 2, run: () => ({ a, b: Math.min(b + 1, 2) }) },
 *   ],
 *   always: ({ a, b }) => (a > 1 && b > 1 ? "both are ahead" : undefined),
 * })
 * verdict._tag === "Violated" && verdict.trace // => ["a", "a", "b", "b"]
 * ```
 */
export const search = <State>(
  model: Model<State>,
  options: StatesOptions = {},
): StatesVerdict<State> => new Walk(model, options).verdict()

/** The verdict in a line and, for a violation, the steps that lead to it and the state it shows in. */
export const reportOf = <State>(name: string, verdict: StatesVerdict<State>): string => {
  const { states, depth } = verdict
  const count = `${states.toLocaleString("en")} ${states === 1 ? "state" : "states"}`
  const steps = (many: number): string => `${many} ${many === 1 ? "step" : "steps"}`
  switch (verdict._tag) {
    case "Verified":
      return `✓ ${name}: verified, all ${count}, the furthest ${steps(depth)} away`
    case "Bounded":
      return (
        `~ ${name}: not verified, the bound was hit after ${count}; ` +
        `nothing is wrong within ${steps(verdict.within)}`
      )
    case "Violated": {
      const { trace, what, state } = verdict
      return [
        `✗ ${name}: violated after ${steps(trace.length)}, found among ${count}`,
        "",
        ...trace.map((label, index) => `  ${String(index + 1).padStart(3)}  ${label}`),
        `    ✗  ${what}`,
        "",
        ...(JSON.stringify(state, undefined, 2) ?? "").split("\n").map((line) => `  ${line}`),
      ].join("\n")
    }
  }
}

class Walk<State> {
  private readonly model: Model<State>
  private readonly statesMax: number
  private readonly depthMax: number
  private readonly seen = new Set<string>()
  private rests = 0
  private depth = 0
  private next: Array<Visited<State>> = []
  private wrong: Violated<State> | undefined

  constructor(model: Model<State>, { statesMax = 1_000_000, depthMax = Infinity }: StatesOptions) {
    this.model = model
    this.statesMax = statesMax
    this.depthMax = depthMax
  }

  verdict(): StatesVerdict<State> {
    this.visit(this.model.initial, undefined)
    for (let within = 0; this.wrong === undefined; within++) {
      const frontier = this.next
      this.next = []
      if (frontier.length === 0) return { _tag: "Verified", ...this.count }
      if (within >= this.depthMax && frontier.some(({ actions }) => actions.length > 0)) {
        return { _tag: "Bounded", within, ...this.count }
      }
      for (const visited of frontier) {
        this.expand(visited)
        if (this.wrong !== undefined) return this.wrong
        if (this.seen.size > this.statesMax) return { _tag: "Bounded", within, ...this.count }
      }
    }
    return this.wrong
  }

  private get count(): Count {
    return { states: this.seen.size, rests: this.rests, depth: this.depth }
  }

  private expand({ state, key, path, actions }: Visited<State>): void {
    for (const { label, run } of actions) {
      const after: Path = { label, depth: (path?.depth ?? 0) + 1, before: path }
      const outcome = this.attempt(state, after, run)
      if (outcome !== undefined) this.visit(outcome.value, after)
      if (this.wrong !== undefined) return
    }
    if (this.keyOf(state) !== key) throw new Error(changes(traceOf(path), actions))
  }

  private visit(state: State, path: Path | undefined): void {
    const { always, atRest } = this.model
    if (this.violates(state, path, always)) return
    const key = this.keyOf(state)
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.depth = path?.depth ?? 0
    if (this.model.key === undefined) refuseHidden(state)
    const actions = this.attempt(state, path, () => this.model.actions(state))
    if (actions === undefined) return
    if (!actions.value.some(({ must }) => must)) {
      this.rests++
      if (this.violates(state, path, atRest)) return
    }
    this.next.push({ state, key, path, actions: actions.value })
  }

  private violates(
    state: State,
    path: Path | undefined,
    check: ((state: State) => string | undefined) | undefined,
  ): boolean {
    const what = check && this.attempt(state, path, () => check(state))?.value
    if (what !== undefined) this.violate({ what, state, trace: traceOf(path) })
    return this.wrong !== undefined
  }

  private violate(found: Omit<Violated<State>, "_tag" | keyof Count>): void {
    this.wrong ??= { _tag: "Violated", ...this.count, ...found }
  }

  /** What throws is a violation, at the state it was given. */
  private attempt<A>(state: State, path: Path | undefined, run: () => A): { value: A } | undefined {
    try {
      return { value: run() }
    } catch (error) {
      this.violate({ what: messageOf(error), state, trace: traceOf(path), error })
      return undefined
    }
  }

  private keyOf(state: State): string {
    return this.model.key?.(state) ?? JSON.stringify(state) ?? ""
  }
}

const traceOf = (path: Path | undefined): ReadonlyArray<string> => {
  const labels: Array<string> = []
  for (let at = path; at !== undefined; at = at.before) labels.push(at.label)
  return labels.toReversed()
}

/** What a plain error says is meant for the report; of any other its name belongs to what went wrong. */
const messageOf = (error: unknown): string =>
  error instanceof Error && (error.name === "Error" || error.name === "AssertionError")
    ? error.message
    : `threw ${Values.shown(error)}`

const changes = (trace: ReadonlyArray<string>, actions: ReadonlyArray<Action<unknown>>): string =>
  `an action changed the state it was given, instead of giving a new one: after ` +
  `[${trace.join(", ")}], one of ${actions.map(({ label }) => `"${label}"`).join(", ")}`
