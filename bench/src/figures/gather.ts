/** P9: `wait` and `asCompleted` over n futures that end while they are waited for. */
import { Future } from "@scaler-ts/future"
import { asCompleted } from "@scaler-ts/future/stream"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Bound, type Figure, Measured, type Take } from "../Figure.ts"
import { collectGarbage, interleave, type Samples, samplesOf } from "../harness.ts"
import { startSilent } from "../SilentSession.ts"
import { tasks } from "../tasks.js"

type Gather = (futures: ReadonlyArray<Future.Future<number>>) => Effect.Effect<unknown>

const gathers = {
  wait: (futures) => Future.wait(futures),
  asCompleted: (futures) => Stream.runDrain(asCompleted(futures)),
  /** What it costs that they end at all: a listener each, and nothing else. */
  onDone: (futures) => onDoneOfEach(futures),
} satisfies Record<string, Gather>

const onDoneOfEach: Gather = (futures) =>
  Effect.callback<void>((resume) => {
    let left = futures.length
    const done = (): void => {
      if (--left === 0) resume(Effect.void)
    }
    for (const future of futures) Effect.runSync(Future.onDone(future, done))
  })

const counts = [10_000, 100_000, 1_000_000] as const

/** Ten times as many for ten times as much, give or take what caches and the collector make of it. */
const linear: Bound = { atMost: 2 }
const inTime: Bound = { atMost: 3_000 }

export const takeGather: Take = async ({ rounds }) => {
  const figures: Array<Figure> = []
  let tenth: Times | undefined
  for (const count of counts) {
    const times = await interleave(rounds, {
      wait: () => take(gathers.wait, count),
      asCompleted: () => take(gathers.asCompleted, count),
      onDone: () => take(gathers.onDone, count),
    })
    const isLargest = count === counts.at(-1)
    for (const name of ["wait", "asCompleted"] as const) {
      const what = `${name} over ${count.toLocaleString("en-US")}`
      const total = new Measured(what, "ms", times[name])
      figures.push(isLargest ? total.alone("P9", inTime) : total.alone())
      figures.push(total.beside("an onDone of each", times.onDone))
      if (tenth === undefined) continue
      const item = new Measured(`${what}, per item`, "µs", perItem(times[name], count))
      const before = perItem(tenth[name], count / 10)
      figures.push(item.beside("per item over a tenth of that", before, "P9", linear))
    }
    tenth = times
  }
  return figures
}

type Times = Readonly<Record<keyof typeof gathers, Samples>>

const perItem = ({ values }: Samples, count: number): Samples =>
  samplesOf(values.map((ms) => (ms / count) * 1000))

/** The milliseconds from the call until all have ended, with the results coming in while it waits. */
const take = async (gather: Gather, count: number): Promise<number> => {
  const { client, session, stop } = await startSilent()
  const futures: Array<Future.Future<number>> = []
  for (let i = 0; i < count; i++) futures.push(Effect.runSync(client.submit(tasks.addOne, i)))
  collectGarbage()
  const begin = performance.now()
  const over = Effect.runPromise(gather(futures))
  setImmediate(() => session.settleAll())
  await over
  const took = performance.now() - begin
  await stop()
  return took
}
