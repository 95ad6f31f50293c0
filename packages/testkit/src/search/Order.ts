/**
 * Which steps of an execution had to come before which.
 *
 * A step comes after its causes and after every earlier step it does not commute with. Executions
 * whose orders are the same differ only in how unrelated steps were lined up: they are one class, and
 * nobody inside can tell them apart.
 */
import { StepSet } from "./StepSet.ts"
import { conflict, type Footprint } from "./System.ts"

/** A step that has been taken. */
export interface Step extends Footprint {
  readonly id: string
  readonly before: StepSet
  /**
   * Earlier steps that could as well have come later: those it does not commute with, where nothing
   * in between puts the two in order.
   */
  readonly races: ReadonlyArray<number>
}

/** The step after `steps`. */
export const stepAfter = (steps: ReadonlyArray<Step>, id: string, footprint: Footprint): Step => {
  const { acts, sees, causes, isLast } = footprint
  const before = new StepSet(steps.length)
  const include = (number: number): void => {
    const cause = steps[number]
    if (cause === undefined || before.has(number)) return
    before.add(number)
    before.addAll(cause.before)
  }
  if (isLast) for (let number = steps.length - 1; number >= 0; number--) include(number)
  for (const cause of causes) include(cause)
  const races: Array<number> = []
  for (let number = steps.length - 1; number >= 0; number--) {
    const earlier = steps[number]
    if (earlier === undefined || before.has(number) || !conflict(earlier, footprint)) continue
    // Nothing can be moved before what waited until all was quiet.
    if (!earlier.isLast) races.push(number)
    include(number)
  }
  return { id, acts, sees, causes, isLast, before, races }
}

/**
 * The class an execution belongs to, as text: the same for executions that differ only in how
 * unrelated steps were lined up, and for no others (its Foata normal form).
 */
export const classOf = (steps: ReadonlyArray<Step>): string => {
  const levels: Array<Array<string>> = []
  const levelOf: Array<number> = []
  for (const [number, { id, before }] of steps.entries()) {
    let level = 0
    for (let earlier = 0; earlier < number; earlier++) {
      if (before.has(earlier)) level = Math.max(level, (levelOf[earlier] ?? 0) + 1)
    }
    levelOf.push(level)
    const ids = (levels[level] ??= [])
    ids.push(id)
  }
  return levels.map((ids) => ids.toSorted().join(" ")).join("\n")
}
