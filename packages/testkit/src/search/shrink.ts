/** Makes a failing schedule small: fewer steps, fewer early timers, fewer changes of place. */

/** A schedule that fails. */
export interface Failing {
  readonly ids: ReadonlyArray<string>
  /** What makes one schedule better than another, most important first; less is better. */
  readonly cost: ReadonlyArray<number>
}

/**
 * Leaves out steps and moves steps forward for as long as the same thing still fails, and gives what
 * no single change makes better.
 *
 * `attempt` runs a schedule as far as it can be followed and says what it came to if it fails in the
 * same way.
 */
export const shrink = (
  failing: Failing,
  attempt: (ids: ReadonlyArray<string>) => Failing | undefined,
  attemptsMax = 2_000,
): Failing => {
  let best = failing
  let attempts = 0
  const tries = (ids: ReadonlyArray<string>): boolean => {
    if (attempts++ >= attemptsMax) return false
    const found = attempt(ids)
    if (found === undefined || !isLess(found.cost, best.cost)) return false
    best = found
    return true
  }
  // What weighs most first: shorter is no better if it keeps that.
  for (const id of failing.ids) {
    const weight = best.cost[0] ?? 0
    if (weight === 0) break
    const without = best.ids.filter((other) => other !== id)
    const found = attempts++ < attemptsMax ? attempt(without) : undefined
    if (found !== undefined && (found.cost[0] ?? 0) < weight) best = found
  }
  // Whole tails next, because most of what follows a failure has nothing to do with it.
  for (let size = best.ids.length >> 1; size > 0; size >>= 1) {
    for (let at = best.ids.length - size; at >= 0; at -= size) {
      tries([...best.ids.slice(0, at), ...best.ids.slice(at + size)])
    }
  }
  let goesOn = true
  while (goesOn) goesOn = improves(best.ids, tries)
  return best
}

/** Tries every single change; whether one helped. */
const improves = (
  ids: ReadonlyArray<string>,
  tries: (ids: ReadonlyArray<string>) => boolean,
): boolean => {
  for (let at = ids.length - 1; at >= 0; at--) {
    if (tries([...ids.slice(0, at), ...ids.slice(at + 1)])) return true
  }
  for (let from = 1; from < ids.length; from++) {
    const id = ids[from]
    if (id === undefined) continue
    for (let to = 0; to < from; to++) {
      if (tries([...ids.slice(0, to), id, ...ids.slice(to, from), ...ids.slice(from + 1)])) {
        return true
      }
    }
  }
  return false
}

const isLess = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): boolean => {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? 0
    if (value !== against) return value < against
  }
  return false
}
