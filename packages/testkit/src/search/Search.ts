/**
 * Every order of a race, each once.
 *
 * A depth-first search over executions: each is run from its beginning, because there is nothing to
 * go back to. What makes it finish is that orders which differ only in how unrelated steps were lined
 * up are tried once.
 *
 * - `source`: source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic partial
 *   order reduction", 2014). Where two steps race, the order that was not seen is tried; nothing else.
 * - `sleep`: sleep sets alone (Godefroid). Tries the same classes with more runs that lead nowhere;
 *   it is the oracle that `source` is tested against.
 * - `none`: every order there is, for doubters and for tiny races.
 *
 * A thing that another has made impossible (two fates of one message, two ends of one job) never
 * shows up as a race, so it is tried at once where it vanished.
 */
import { type Step, stepAfter } from "./Order.ts"
import { conflict, type Happening, type System, type Touched } from "./System.ts"

export type Reduction = "source" | "sleep" | "none"

export interface SearchOptions {
  /** `source` unless told otherwise. */
  readonly reduction?: Reduction
  /** How many steps an execution may take. 10,000 unless told otherwise. */
  readonly stepsMax?: number
}

/** How an execution ended: at rest, or given up because every way on is covered by another execution. */
export type Ended = "complete" | "blocked"

/** The same steps led to something else than before, so nothing that was found can be relied on. */
export class NotDeterministic extends Error {
  /** The step, from 0, at which the two differ. */
  readonly step: number
  constructor(step: number, message: string) {
    super(message)
    this.name = "NotDeterministic"
    this.step = step
  }
}

/** One point of the execution under way, and what is still to be tried there. */
interface Frame {
  readonly enabled: ReadonlyArray<string>
  /** Covered by executions that went another way before. */
  readonly sleep: ReadonlyMap<string, Touched>
  readonly done: Map<string, Touched>
  readonly toTry: Set<string>
  chosen: string
}

const stepsMaxDefault = 10_000

export class Search {
  private readonly frames: Array<Frame> = []
  private readonly steps: Array<Step> = []
  /** How many steps the next execution shares with the last. */
  private shared = 0
  private readonly reduction: Reduction
  private readonly stepsMax: number

  constructor(options: SearchOptions = {}) {
    this.reduction = options.reduction ?? "source"
    this.stepsMax = options.stepsMax ?? stepsMaxDefault
  }

  /** The steps of the last execution. */
  get execution(): ReadonlyArray<Step> {
    return this.steps
  }

  /** Runs the next execution on a fresh system. */
  run<H extends Happening>(system: System<H>): Ended {
    let ended: Ended | undefined
    for (let depth = 0; ended === undefined; depth++) ended = this.advance(system, depth)
    return ended
  }

  /** Turns to the next execution. `false`: there is none, everything has been tried. */
  next(): boolean {
    for (;;) {
      const frame = this.frames.at(-1)
      const step = this.steps[this.frames.length - 1]
      if (frame === undefined || step === undefined) return false
      this.steps.length = this.frames.length - 1
      frame.done.set(frame.chosen, step)
      const next = nextOf(frame)
      if (next !== undefined) {
        frame.chosen = next
        this.shared = this.steps.length
        return true
      }
      this.frames.pop()
    }
  }

  /** Roughly how much of everything has been tried, from 0 to 1; what is yet to be found counts as nothing. */
  get progress(): number {
    return this.frames.reduceRight((below, { done, toTry, chosen }) => {
      const open = [...toTry].filter((id) => id !== chosen && !done.has(id)).length
      return (done.size + below) / (done.size + 1 + open)
    }, 1)
  }

  private advance<H extends Happening>(system: System<H>, depth: number): Ended | undefined {
    const enabled = system.enabled()
    const frame = this.frames[depth] ?? this.open(enabled)
    if (frame === "complete" || frame === "blocked") return frame
    this.compare(frame, enabled, depth)
    if (depth >= this.stepsMax) throw new Error(neverEnds(this.stepsMax))
    const chosen = enabled.find(({ id }) => id === frame.chosen)
    if (chosen === undefined) throw new Error(`"${frame.chosen}" was chosen and cannot happen`)
    const footprint = system.apply(chosen)
    if (depth < this.shared) return undefined
    const step = stepAfter(this.steps, chosen.id, footprint)
    // Each of several that could only happen last comes after all else, the others included: none
    // of them races, and their order may still matter.
    if (step.isLast) for (const id of frame.enabled) frame.toTry.add(id)
    if (this.reduction === "source") this.reverse(step)
    this.steps.push(step)
    return undefined
  }

  private open(enabled: ReadonlyArray<Happening>): Frame | Ended {
    const ids = enabled.map(({ id }) => id)
    if (this.reduction === "source") this.tryWhatVanished(new Set(ids))
    if (ids.length === 0) return "complete"
    const sleep = this.sleepNow()
    const awake = ids.filter((id) => !sleep.has(id))
    const [first] = awake
    if (first === undefined) return "blocked"
    const toTry = new Set(this.reduction === "source" ? [first] : awake)
    const frame: Frame = { enabled: ids, sleep, done: new Map(), toTry, chosen: first }
    this.frames.push(frame)
    return frame
  }

  /** What slept or was done before the last step, and commutes with it, still sleeps after it. */
  private sleepNow(): ReadonlyMap<string, Touched> {
    const sleep = new Map<string, Touched>()
    const frame = this.frames.at(-1)
    const last = this.steps.at(-1)
    if (frame === undefined || last === undefined || this.reduction === "none") return sleep
    for (const [id, touched] of frame.sleep) if (!conflict(touched, last)) sleep.set(id, touched)
    for (const [id, touched] of frame.done) if (!conflict(touched, last)) sleep.set(id, touched)
    return sleep
  }

  private tryWhatVanished(enabled: ReadonlySet<string>): void {
    const frame = this.frames.at(-1)
    if (frame === undefined) return
    const vanished = frame.enabled.filter((id) => id !== frame.chosen && !enabled.has(id))
    for (const id of vanished) if (!frame.sleep.has(id)) frame.toTry.add(id)
    // One that sleeps is covered where it stands, but not where something else would have woken it first.
    if (!vanished.some((id) => frame.sleep.has(id))) return
    for (const id of frame.enabled) if (!frame.sleep.has(id)) frame.toTry.add(id)
  }

  /** For every race of a step: sees to it that the order which was not taken is tried, too. */
  private reverse(step: Step): void {
    for (const number of step.races) {
      const frame = this.frames[number]
      if (frame === undefined) continue
      const firsts = this.firstsWithout(number, step)
      const isCovered = firsts.some(
        (id) => frame.toTry.has(id) || frame.done.has(id) || frame.sleep.has(id),
      )
      if (isCovered) continue
      const possible = firsts.find((id) => frame.enabled.includes(id))
      if (possible !== undefined) frame.toTry.add(possible)
      else for (const id of frame.enabled) if (!frame.sleep.has(id)) frame.toTry.add(id)
    }
  }

  /** What could come first of all that goes on without step `number`, up to and including `last`. */
  private firstsWithout(number: number, last: Step): ReadonlyArray<string> {
    const rest: Array<readonly [number, Step]> = []
    for (let later = number + 1; later < this.steps.length; later++) {
      const step = this.steps[later]
      if (step !== undefined && !step.before.has(number)) rest.push([later, step])
    }
    rest.push([this.steps.length, last])
    return rest
      .filter(([, step]) => !rest.some(([other]) => step.before.has(other)))
      .map(([, step]) => step.id)
  }

  /** Everything that could happen at this point could happen here the last time, too. */
  private compare(frame: Frame, enabled: ReadonlyArray<Happening>, depth: number): void {
    const same =
      enabled.length === frame.enabled.length &&
      enabled.every(({ id }, index) => id === frame.enabled[index])
    if (same) return
    const now = enabled.map(({ id }) => id).join(", ")
    throw new NotDeterministic(
      depth,
      `the same ${depth} steps led to something else: what can happen next was ` +
        `[${frame.enabled.join(", ")}] and is now [${now}]`,
    )
  }
}

const nextOf = ({ toTry, done, sleep }: Frame): string | undefined => {
  for (const id of toTry) if (!done.has(id) && !sleep.has(id)) return id
  return undefined
}

const neverEnds = (steps: number): string =>
  `an execution took ${steps} steps and still has not come to rest; something in it goes on for ever`
