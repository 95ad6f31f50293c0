/** One execution whose choices somebody makes. */
import { type Step, stepAfter } from "./Order.ts"
import type { Happening, System } from "./System.ts"

export interface Driven {
  readonly steps: ReadonlyArray<Step>
  /** What could have happened at each step, by name. */
  readonly enabled: ReadonlyArray<ReadonlyArray<string>>
  /** The place of what was chosen among what could have happened. */
  readonly choices: ReadonlyArray<number>
}

/** Runs an execution to its rest. `choose` is given what can happen and says which, by its place. */
export const drive = <H extends Happening>(
  system: System<H>,
  choose: (enabled: ReadonlyArray<H>, step: number) => number,
  onStep?: (happening: H, step: number) => void,
): Driven => {
  const steps: Array<Step> = []
  const names: Array<ReadonlyArray<string>> = []
  const choices: Array<number> = []
  for (;;) {
    const enabled = system.enabled()
    if (enabled.length === 0) return { steps, enabled: names, choices }
    const place = enabled.length === 1 ? 0 : choose(enabled, steps.length)
    const happening = enabled[place]
    if (happening === undefined)
      throw new RangeError(`${place} is no place among ${enabled.length}`)
    onStep?.(happening, steps.length)
    names.push(enabled.map(({ id }) => id))
    choices.push(place)
    steps.push(stepAfter(steps, happening.id, system.apply(happening)))
  }
}

/**
 * Chooses what a list names, in its order, passing over what cannot happen; after the list, or where
 * nothing of it can happen, what comes first.
 */
export const following = (
  ids: ReadonlyArray<string>,
): ((enabled: ReadonlyArray<Happening>) => number) => {
  const left = [...ids]
  return (enabled) => {
    for (const [index, id] of left.entries()) {
      const place = enabled.findIndex((one) => one.id === id)
      if (place < 0) continue
      left.splice(0, index + 1)
      return place
    }
    return 0
  }
}
