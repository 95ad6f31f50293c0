/** A figure: what one thing costs, beside what it is compared with, and the budget it is held to. */
import { ratioOf, type Samples } from "./harness.ts"

/** One line of the result. A figure with several peers has one line for each, under one name. */
export interface Figure {
  readonly name: string
  /** The budget of `docs/performance.md` that this line is held to. */
  readonly budget: string | null
  readonly value: number
  readonly unit: Unit
  readonly spread: readonly [min: number, max: number]
  readonly peer?: string
  readonly peerValue?: number
  /** Ours through the peer's, the median over the rounds. */
  readonly ratio?: number
  /** What the budget asks of this line. */
  readonly wanted?: string
  readonly met?: boolean
}

export type Unit = "tasks/s" | "MB/s" | "runs/s" | "µs" | "ms" | "s" | "B" | "MB" | "MiB" | "x"

/** A bound on a value or on a ratio. */
export interface Bound {
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Options {
  /** How many rounds count, beside those that only warm up. */
  readonly rounds: number
}

/** Takes the figures of one file. */
export type Take = (options: Options) => Promise<ReadonlyArray<Figure>>

/** One thing measured, to be shown alone and beside its peers. */
export class Measured {
  readonly name: string
  readonly unit: Unit
  readonly samples: Samples

  constructor(name: string, unit: Unit, samples: Samples) {
    this.name = name
    this.unit = unit
    this.samples = samples
  }

  /** The value by itself, held to a budget if there is one. */
  alone(budget?: string, bound?: Bound): Figure {
    return { ...this.basis(budget), ...judged(this.samples.median, bound, this.unit) }
  }

  /** The value beside a peer's that was taken in the same rounds. */
  beside(peer: string, samples: Samples, budget?: string, bound?: Bound): Figure {
    const ratio = ratioOf(this.samples, samples)
    return {
      ...this.basis(budget),
      peer,
      peerValue: samples.median,
      ratio,
      ...judged(ratio, bound, "x"),
    }
  }

  private basis(budget: string | undefined): Figure {
    const { median, spread } = this.samples
    return { name: this.name, budget: budget ?? null, value: median, unit: this.unit, spread }
  }
}

const judged = (
  value: number,
  bound: Bound | undefined,
  unit: Unit,
): Pick<Figure, "wanted" | "met"> => {
  if (bound === undefined) return {}
  const { atLeast, atMost } = bound
  if (atLeast !== undefined) return { wanted: `≥ ${format(atLeast, unit)}`, met: value >= atLeast }
  if (atMost !== undefined) return { wanted: `≤ ${format(atMost, unit)}`, met: value <= atMost }
  return {}
}

/** A number as people read it: three digits that count, and its unit. */
export const format = (value: number, unit: Unit): string => {
  if (!Number.isFinite(value)) return "-"
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const shown = Math.abs(value) >= 10_000 ? Number(value.toPrecision(3)) : value
  const number = shown.toLocaleString("en-US", {
    maximumFractionDigits: digits,
    minimumFractionDigits: 0,
  })
  return `${number} ${unit}`
}
