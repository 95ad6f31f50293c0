/** How a figure is taken: closed loops, rounds that alternate between contenders, medians and spreads. */
import { performance } from "node:perf_hooks"

/** What one contender came to, in one figure per round. */
export interface Samples {
  readonly values: ReadonlyArray<number>
  readonly median: number
  readonly spread: readonly [min: number, max: number]
}

/** Takes one figure. Everything it starts has ended when it resolves. */
export type Take = () => Promise<number>

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export const samplesOf = (values: ReadonlyArray<number>): Samples => ({
  values,
  median: median(values),
  spread: [Math.min(...values), Math.max(...values)],
})

/**
 * The median of the ratios round by round.
 *
 * Not the ratio of the medians: what slows the machine for a while slows both sides of one round.
 */
export const ratioOf = (ours: Samples, peer: Samples): number =>
  median(ours.values.map((value, round) => value / (peer.values[round] ?? Number.NaN)))

/** The thread executor takes two seconds of load to reach its pace; everything else less. */
export const warmUpRounds = 2

/** Takes every contender's figure in turn, A B A B …, after rounds that only warm up. */
export const interleave = async <Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Take>>,
): Promise<Readonly<Record<Name, Samples>>> => {
  const names = Object.keys(contenders) as Array<Name>
  const taken = new Map<Name, Array<number>>(names.map((name) => [name, []]))
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const name of names) {
      collectGarbage()
      const value = await contenders[name]()
      if (round >= 0) taken.get(name)?.push(value)
    }
  }
  const entries = names.map((name) => [name, samplesOf(taken.get(name) ?? [])] as const)
  return Object.fromEntries(entries) as Record<Name, Samples>
}

/** So that nobody pays for what the contender before him left. Without `--expose-gc` it does nothing. */
export const collectGarbage = (): void => globalThis.gc?.()

/** Starts one task and calls `done` when its result is there. */
export type Launch = (done: () => void) => void

/** Tasks per second with a constant number in flight: one ends, the next starts. */
export const closedLoop = (launch: Launch, inFlight: number, durationMs: number): Promise<number> =>
  new Promise((resolve) => {
    const begin = performance.now()
    const end = begin + durationMs
    let open = 0
    let finished = 0
    let rate = 0
    const start = (): void => {
      open++
      launch(done)
    }
    const done = (): void => {
      open--
      const now = performance.now()
      if (now < end) {
        finished++
        start()
        return
      }
      // Counted up to the bound only; what is still under way is awaited, so that nothing is left behind.
      if (rate === 0) rate = (finished / (now - begin)) * 1000
      if (open === 0) resolve(rate)
    }
    for (let i = 0; i < inFlight; i++) start()
  })

/** The median of `count` takes one after the other. */
export const medianOf = async (count: number, take: Take): Promise<number> => {
  const taken: Array<number> = []
  for (let i = 0; i < count; i++) taken.push(await take())
  return median(taken)
}

/** The median time of `count` runs one after the other, in microseconds. */
export const p50 = (run: () => Promise<unknown>, count: number): Promise<number> =>
  medianOf(count, () => timed(run))

/** How long something takes, in microseconds. */
export const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now()
  await run()
  return (performance.now() - begin) * 1000
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
