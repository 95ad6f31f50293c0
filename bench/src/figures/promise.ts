/** P11: what the promise face costs over the Effect face, per task: one cluster, the same rounds, 1,000 in flight. */
import * as Effect from "effect/Effect"
import { type BothFaces, launchTrivial, mapTrivial, startCluster } from "../cluster.ts"
import { type Bound, type Figure, Measured, type Take } from "../Figure.ts"
import { closedLoop, interleave, type Launch, p50, type Samples, samplesOf } from "../harness.ts"
import { tasks } from "../tasks.js"

const inFlight = 1_000
const durationMs = 1_000
const mapCount = 100_000
const latencyCount = 5_000

const budget: Bound = { atMost: 1.2 }

export const takePromise: Take = async ({ rounds }) => {
  const cluster = await startCluster({ executor: "inline" })
  try {
    const rate = await interleave(rounds, {
      awaited: () => awaitingLoops(cluster),
      awaitedEffect: () => callingFibers(cluster),
      told: () => closedLoop(launchWithOnDone(cluster), inFlight, durationMs),
      toldEffect: () => closedLoop(launchTrivial(cluster), inFlight, durationMs),
      mapped: () => mapWithLoop(cluster),
      mappedEffect: () => mapTrivial(cluster, inFlight, mapCount),
    })
    const trip = await interleave(rounds, {
      ours: () => p50(() => cluster.call(tasks.addOne, 1), latencyCount),
      effect: () => p50(() => cluster.run(cluster.client.call(tasks.addOne, 1)), latencyCount),
    })
    const one = new Measured("promises, 1 in flight, await call, p50", "µs", trip.ours)
    return [
      compare("await of submit", "fibers that yield* call", rate.awaited, rate.awaitedEffect),
      compare("submit + onDone", "the same in the Effect face", rate.told, rate.toldEffect),
      compare("for await of map", "client.map", rate.mapped, rate.mappedEffect),
      one.beside("runPromise of call", trip.effect, "P11", budget),
    ]
  } finally {
    await cluster.close()
  }
}

/** Rates as times per task, for that is what an overhead is of. */
const compare = (what: string, peer: string, rate: Samples, peerRate: Samples): Figure =>
  new Measured(`promises, ${what}`, "µs", perTask(rate)).beside(
    peer,
    perTask(peerRate),
    "P11",
    budget,
  )

const perTask = ({ values }: Samples): Samples => samplesOf(values.map((rate) => 1e6 / rate))

const launchWithOnDone =
  (cluster: BothFaces): Launch =>
  (done) => {
    cluster.submit(tasks.addOne, 1).onDone(done)
  }

/** Tasks per second of async functions that each await one task after the other. */
const awaitingLoops = async (cluster: BothFaces): Promise<number> => {
  const begin = performance.now()
  const end = begin + durationMs
  let finished = 0
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      await cluster.submit(tasks.addOne, 1)
      finished++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  return (finished / (performance.now() - begin)) * 1000
}

/** The same of fibers. */
const callingFibers = async ({ client }: BothFaces): Promise<number> => {
  const begin = performance.now()
  const end = begin + durationMs
  let finished = 0
  const loop = Effect.gen(function* () {
    while (performance.now() < end) {
      yield* client.call(tasks.addOne, 1)
      finished++
    }
  })
  await Effect.runPromise(
    Effect.all(
      Array.from({ length: inFlight }, () => loop),
      { concurrency: "unbounded" },
    ),
  )
  return (finished / (performance.now() - begin)) * 1000
}

/** Tasks per second of a loop over `map`. */
const mapWithLoop = async (cluster: BothFaces): Promise<number> => {
  const inputs = Array.from({ length: mapCount }, (_, i) => i)
  const begin = performance.now()
  let finished = 0
  for await (const { _tag } of cluster.map(tasks.addOne, inputs, { concurrency: inFlight })) {
    if (_tag === "Succeeded") finished++
  }
  return (finished / (performance.now() - begin)) * 1000
}
