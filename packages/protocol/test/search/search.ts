/**
 * Breadth-first search through every reachable state of a model.
 *
 * Knows nothing about what is modelled. States are told apart by a 53-bit hash of their text, so
 * that a million of them fit; because the search is breadth-first, the first violation found has
 * the shortest trace.
 */

/** One thing that can happen next. */
export interface Action<State> {
  readonly label: string
  /** Whether it happens sooner or later if nothing else does. A state without such an action is at rest. */
  readonly must: boolean
  /** The state after it. Throws a `Violation` when it does what a guarantee forbids. */
  readonly run: () => State
}

export interface Model<State> {
  readonly initial: State
  readonly actions: (state: State) => ReadonlyArray<Action<State>>
  /** What a state that can be reached violates. */
  readonly always: (state: State) => string | undefined
  /** What a state in which nothing has to happen any more violates. */
  readonly atRest: (state: State) => string | undefined
}

export interface Found {
  readonly states: number
  readonly rests: number
  /** The guarantee that does not hold, and the shortest way to see it. */
  readonly violation: { readonly what: string; readonly trace: ReadonlyArray<string> } | undefined
}

/** Thrown by an action that does what a guarantee forbids. */
export class Violation extends Error {}

/** How a state was reached; shared by all states that come after it. */
interface Path {
  readonly label: string
  readonly before: Path | undefined
}

/** Walks every reachable state, or stops at the first violation. */
export const search = <State>(model: Model<State>, statesMax = 1_000_000): Found => {
  const seen = new Set<number>([hash(JSON.stringify(model.initial))])
  let frontier: Array<readonly [State, Path | undefined]> = [[model.initial, undefined]]
  let rests = 0
  const found = (what: string | undefined, path: Path | undefined): Found => ({
    states: seen.size,
    rests,
    violation: what === undefined ? undefined : { what, trace: traceOf(path) },
  })
  while (frontier.length > 0) {
    const next: Array<readonly [State, Path | undefined]> = []
    for (const [state, path] of frontier) {
      const actions = model.actions(state)
      if (!actions.some(({ must }) => must)) {
        rests++
        const wrong = model.atRest(state)
        if (wrong !== undefined) return found(wrong, path)
      }
      for (const { label, run } of actions) {
        const after = { label, before: path }
        const outcome = attempt(run)
        if (outcome instanceof Violation) return found(outcome.message, after)
        const wrong = model.always(outcome)
        if (wrong !== undefined) return found(wrong, after)
        const key = hash(JSON.stringify(outcome))
        if (seen.has(key)) continue
        seen.add(key)
        next.push([outcome, after])
      }
    }
    if (seen.size > statesMax) throw new Error(`more than ${statesMax} states`)
    frontier = next
  }
  return found(undefined, undefined)
}

const attempt = <State>(run: () => State): State | Violation => {
  try {
    return run()
  } catch (error) {
    if (error instanceof Violation) return error
    throw error
  }
}

const traceOf = (path: Path | undefined): ReadonlyArray<string> => {
  const labels: Array<string> = []
  for (let at = path; at !== undefined; at = at.before) labels.push(at.label)
  return labels.toReversed()
}

/** The 53-bit hash "cyrb53": two 32-bit multiplications per character. */
const hash = (text: string): number => {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
