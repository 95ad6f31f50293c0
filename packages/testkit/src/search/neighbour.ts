/** Looks for the passing schedule nearest to a failing one: where the two part is where it went wrong. */
import type { Driven } from "./drive.ts"
import { classOf } from "./Order.ts"

/** A schedule that passes. */
export interface Passing {
  /** Its steps, to the end. */
  readonly ids: ReadonlyArray<string>
  /** How many steps it begins with that are the failing schedule's. */
  readonly shared: number
}

/** An execution that has come to its rest. */
export type Run = Pick<Driven, "steps" | "enabled">

/** Runs a schedule as far as it can be followed, and then to its rest; and whether nothing is wrong with it. */
export type Attempt = (ids: ReadonlyArray<string>) => {
  readonly run: Run
  readonly passes: boolean
}

/** What needs more changes than this is no neighbour, and finding it takes too long. */
const changesMax = 2

/**
 * Tries what else could have happened at each step of a failing schedule, the last step first, and the
 * rest of it after that as well as it can be followed. What it finds parts as late as can be; of
 * several that part at one step it keeps the one with the fewest differences. If one change is not
 * enough it tries two. Pauses after every attempt, so that whoever drives it may stop there.
 */
export class NeighbourSearch {
  nearest: Passing | undefined
  private least = Infinity
  private readonly failing: Run
  private readonly ids: ReadonlyArray<string>
  private readonly attempt: Attempt
  /** The classes that have been changed again. */
  private readonly changed = new Set<string>()

  /** `failing`: to its rest, whatever comes after the step at which it shows included. */
  constructor(failing: Run, attempt: Attempt) {
    this.failing = failing
    this.ids = idsOf(failing)
    this.attempt = attempt
  }

  *run(): Generator<void, void> {
    for (let changes = 1; changes <= changesMax; changes++) {
      for (let at = this.ids.length - 1; at >= 0; at--) {
        yield* this.change(this.failing, at, changes)
        if (this.nearest !== undefined) return
      }
    }
  }

  /** Lets something else happen at one step, and again after it until there are so many changes. */
  private *change(from: Run, at: number, changes: number): Generator<void, void> {
    for (const ids of changesOf(from, at)) {
      const { run, passes } = this.attempt(ids)
      if (passes) this.keep(idsOf(run))
      yield
      if (changes === 1 || !this.isNew(run)) continue
      for (let later = run.steps.length - 1; later > at; later--) {
        yield* this.change(run, later, changes - 1)
      }
    }
  }

  private isNew({ steps }: Run): boolean {
    const { size } = this.changed
    return this.changed.add(classOf(steps)).size > size
  }

  private keep(ids: ReadonlyArray<string>): void {
    const at = this.ids.findIndex((id, step) => id !== ids[step])
    const shared = at < 0 ? this.ids.length : at
    const differences = differencesOf(this.ids.slice(shared), ids.slice(shared))
    if (differences >= this.least) return
    this.least = differences
    this.nearest = { ids, shared }
  }
}

const idsOf = ({ steps }: Run): ReadonlyArray<string> => steps.map(({ id }) => id)

/** A schedule with something else at one step: right before what happened there, or without that for as long as can be. */
const changesOf = (run: Run, at: number): ReadonlyArray<ReadonlyArray<string>> => {
  const ids = idsOf(run)
  const before = ids.slice(0, at)
  const instead = ids.slice(at, at + 1)
  const others = run.enabled[at]?.filter((id) => !instead.includes(id)) ?? []
  return others.flatMap((other) => {
    const after = ids.slice(at + 1).filter((id) => id !== other)
    return [
      [...before, other, ...instead, ...after],
      [...before, other, ...after],
    ]
  })
}

/** How many steps have to be taken out of the one and put into it to make it the other. */
const differencesOf = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): number => {
  let last = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [row, id] of one.entries()) {
    const next = [row + 1]
    for (const [column, otherId] of other.entries()) {
      const same = id === otherId ? (last[column] ?? 0) : Infinity
      next.push(Math.min(same, (last[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    last = next
  }
  return last[other.length] ?? 0
}
