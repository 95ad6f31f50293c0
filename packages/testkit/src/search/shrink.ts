/** Makes a failing schedule small: fewer faults and early timers, fewer steps, fewer changes of place. */

/** A schedule that fails. */
export interface Failing {
  readonly ids: ReadonlyArray<string>
  /** What makes one schedule better than another, most important first; less is better. */
  readonly cost: ReadonlyArray<number>
}

/** Runs a schedule as far as it can be followed and says what it came to if it fails in the same way. */
export type Attempt = (ids: ReadonlyArray<string>) => Failing | undefined

/**
 * Leaves out steps and moves steps forward for as long as the same thing still fails, and returns what
 * no single change makes better. Pauses after every attempt, so that whoever drives it may stop there:
 * `best` is always one that fails.
 */
export class Shrinking {
  best: Failing
  private readonly attempt: Attempt
  private readonly lighterThan: (id: string) => ReadonlyArray<string>

  /** `lighterThan`: what might take the place of a step and cost less. */
  constructor(
    failing: Failing,
    attempt: Attempt,
    lighterThan: (id: string) => ReadonlyArray<string> = () => [],
  ) {
    this.best = failing
    this.attempt = attempt
    this.lighterThan = lighterThan
  }

  *run(): Generator<void, void> {
    yield* this.lighten()
    yield* this.replace()
    // Whole tails next, because most of what follows a failure has nothing to do with it.
    for (let size = this.best.ids.length >> 1; size > 0; size >>= 1) {
      for (let at = this.best.ids.length - size; at >= 0; at -= size) {
        const { ids } = this.best
        this.tries([...ids.slice(0, at), ...ids.slice(at + size)])
        yield
      }
    }
    while (yield* this.improve());
  }

  /** What weighs most goes first: shorter is no better if it keeps that. */
  private *lighten(): Generator<void, void> {
    for (const id of this.best.ids) {
      const weight = this.best.cost[0] ?? 0
      if (weight === 0) return
      const found = this.attempt(this.best.ids.filter((other) => other !== id))
      if (found !== undefined && (found.cost[0] ?? 0) < weight) this.best = found
      yield
    }
  }

  /** What weighs less in its place goes next. */
  private *replace(): Generator<void, void> {
    for (const id of this.best.ids) {
      for (const lighter of this.lighterThan(id)) {
        const isBetter = this.tries(this.best.ids.map((other) => (other === id ? lighter : other)))
        yield
        if (isBetter) break
      }
    }
  }

  /** Tries every single change until one helps; whether one did. */
  private *improve(): Generator<void, boolean> {
    const { ids } = this.best
    for (let at = ids.length - 1; at >= 0; at--) {
      if (this.tries([...ids.slice(0, at), ...ids.slice(at + 1)])) return true
      yield
    }
    for (const [from, id] of ids.entries()) {
      for (let to = 0; to < from; to++) {
        const moved = [...ids.slice(0, to), id, ...ids.slice(to, from), ...ids.slice(from + 1)]
        if (this.tries(moved)) return true
        yield
      }
    }
    return false
  }

  private tries(ids: ReadonlyArray<string>): boolean {
    const found = this.attempt(ids)
    if (found === undefined || !isLess(found.cost, this.best.cost)) return false
    this.best = found
    return true
  }
}

const isLess = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): boolean => {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? 0
    if (value !== against) return value < against
  }
  return false
}
