/**
 * Ways to draw an order at random, for races too large to try every one.
 *
 * None is best at everything, so they take turns. A random walk and POS see the most different orders;
 * PCT sees fewer, but a bug that takes d steps in one order among n processes and k choices it finds with
 * a chance of at least 1/(n·k^(d-1)) per execution, however rare that order is among all.
 *
 * - Random walk: each thing that can happen is as likely as any other.
 * - POS, partial order sampling (Yuan, Yang, Gu, 2018): every thing that can happen has a random
 *   priority, and those that happen at the same place as the chosen one draw anew.
 * - PCT, probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, 2010): every
 *   process has a random priority, and at d-1 random choices the first falls behind all others.
 */
import type { Happening } from "./System.ts"

/** Draws from 0 up to, and not including, 1. */
export type Draw = () => number

/** Says which of the things that can happen does, by its place in the list. */
export type Choose<H> = (enabled: ReadonlyArray<H>) => number

/** What strategies need to know of what can happen. */
export interface Anatomy<H> {
  /** Where it happens: two things at one place do not commute. */
  readonly placeOf: (happening: H) => string
  /** Whose next step it is: a link, a script, a job, the timers of a node. */
  readonly processOf: (happening: H) => string
  /** Whether something goes wrong by it that need not. */
  readonly isFault?: (happening: H) => boolean
}

/** One way to draw. `longest`: how many choices executions have had at most so far. */
interface Strategy<H> {
  readonly name: string
  readonly begin: (draw: Draw, longest: number) => Choose<H>
}

const randomWalk = <H>(): Strategy<H> => ({
  name: "random walk",
  begin:
    (draw) =>
    ({ length }) =>
      Math.floor(draw() * length),
})

const pos = <H extends Happening>({ placeOf }: Anatomy<H>): Strategy<H> => ({
  name: "POS",
  begin: (draw) => {
    const priorities = new Map<string, number>()
    const priorityOf = ({ id }: H): number => known(priorities, id, draw)
    return (enabled) => {
      const chosen = highest(enabled, priorityOf)
      const place = placeOf(enabled[chosen] as H) // `highest` has just found it there.
      for (const [index, one] of enabled.entries()) {
        if (index !== chosen && placeOf(one) === place) priorities.set(one.id, draw())
      }
      return chosen
    }
  },
})

const pct = <H>(depth: number, { processOf }: Anatomy<H>): Strategy<H> => ({
  name: `PCT(${depth})`,
  begin: (draw, longest) => {
    const priorities = new Map<string, number>()
    const priorityOf = (one: H): number => known(priorities, processOf(one), draw)
    const falls = new Set(
      Array.from({ length: depth - 1 }, () => Math.floor(draw() * Math.max(1, longest))),
    )
    let choices = 0
    let lowest = 0
    return (enabled) => {
      if (falls.has(choices++)) {
        const first = enabled[highest(enabled, priorityOf)]
        if (first !== undefined) priorities.set(processOf(first), --lowest)
      }
      return highest(enabled, priorityOf)
    }
  },
})

const known = (priorities: Map<string, number>, key: string, draw: Draw): number => {
  const before = priorities.get(key)
  if (before !== undefined) return before
  const drawn = draw()
  priorities.set(key, drawn)
  return drawn
}

const highest = <H>(enabled: ReadonlyArray<H>, priorityOf: (one: H) => number): number => {
  let best = 0
  let bestPriority = -Infinity
  for (const [index, one] of enabled.entries()) {
    const priority = priorityOf(one)
    if (priority <= bestPriority) continue
    best = index
    bestPriority = priority
  }
  return best
}

/**
 * Lets faults happen at their times, and the strategy choose among all else. Were faults things like any
 * other, there are so many at every step that nearly all executions would spend theirs at the start.
 */
const faulty = <H>(
  choose: Choose<H>,
  isFault: (happening: H) => boolean,
  times: ReadonlyArray<number>,
  draw: Draw,
): Choose<H> => {
  const due = times.toSorted((a, b) => b - a)
  let choices = 0
  return (enabled) => {
    const now = choices++
    const faults = enabled.flatMap((one, place) => (isFault(one) ? [place] : []))
    if (faults.length > 0 && (due.at(-1) ?? Infinity) <= now) {
      due.pop()
      return faults[Math.floor(draw() * faults.length)] ?? 0
    }
    const others = enabled.flatMap((one, place) => (isFault(one) ? [] : [place]))
    const rest = others.flatMap((place) => enabled[place] ?? [])
    return (rest.length > 1 ? others[choose(rest)] : others[0]) ?? 0
  }
}

/** The strategies in rotation, one per execution. */
export class Portfolio<H extends Happening> {
  private readonly strategies: ReadonlyArray<Strategy<H>>
  private readonly draw: Draw
  private readonly isFault: (happening: H) => boolean
  private readonly faultsMax: number
  private begun = 0
  private longest = 1

  /** `faultsMax`: how much may go wrong in an execution. */
  constructor(draw: Draw, anatomy: Anatomy<H>, faultsMax: number = 0) {
    this.draw = draw
    this.isFault = anatomy.isFault ?? (() => false)
    this.faultsMax = faultsMax
    this.strategies = [randomWalk(), pos(anatomy), pct(3, anatomy), pct(5, anatomy)]
  }

  get names(): ReadonlyArray<string> {
    return this.strategies.map(({ name }) => name)
  }

  /** The strategy of the next execution. */
  next(): { readonly name: string; readonly choose: Choose<H> } {
    // There are four, so there is one at this place.
    const { name, begin } = this.strategies[this.begun++ % this.strategies.length] as Strategy<H>
    const calm = begin(this.draw, this.longest)
    const chooseBy =
      this.faultsMax === 0 ? calm : faulty(calm, this.isFault, this.timesOfFaults(), this.draw)
    let choices = 0
    return {
      name,
      choose: (enabled) => {
        this.longest = Math.max(this.longest, ++choices)
        return chooseBy(enabled)
      },
    }
  }

  /** At which choices something goes wrong: any number of times up to the most, at any time alike. */
  private timesOfFaults(): ReadonlyArray<number> {
    const most = Math.min(this.faultsMax, this.longest)
    const count = Math.floor(this.draw() * (most + 1))
    return Array.from({ length: count }, () => Math.floor(this.draw() * this.longest))
  }
}
