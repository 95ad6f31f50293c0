/** P1: the embedded cluster with the inline executor, beside one thread of piscina and the bare chain. */
import { startChain } from "../chain.ts"
import { launchTrivial, loopTrivial, mapTrivial, runTrivial, startCluster } from "../cluster.ts"
import { Measured, type Take } from "../Figure.ts"
import { closedLoop, interleave, p50 } from "../harness.ts"
import { launchInPool, startPool } from "../pool.ts"

const durationMs = 1_000
const mapCount = 100_000
const latencyCount = 5_000

export const takeInline: Take = async ({ rounds }) => {
  const cluster = await startCluster({ executor: "inline" })
  const pool = await startPool(1)
  const chain = await startChain()
  try {
    const rate = await interleave(rounds, {
      ours: () => loopTrivial(cluster, 1_000, durationMs),
      outside: () => closedLoop(launchTrivial(cluster), 1_000, durationMs),
      map: () => mapTrivial(cluster, 1_000, mapCount),
      piscina: () => closedLoop(launchInPool(pool), 1_000, durationMs),
      chain: () => closedLoop(chain.launch, 1_000, durationMs),
    })
    const bare = (): Promise<void> => new Promise((resolve) => chain.launch(resolve))
    const time = await interleave(rounds, {
      ours: () => p50(runTrivial(cluster), latencyCount),
      chain: () => p50(bare, latencyCount),
    })
    const ours = new Measured("inline, 1,000 in flight, submit + onDone", "tasks/s", rate.ours)
    const outside = new Measured(
      "inline, 1,000 in flight, each by runSync",
      "tasks/s",
      rate.outside,
    )
    const map = new Measured("inline, 1,000 in flight, client.map", "tasks/s", rate.map)
    const one = new Measured("inline, 1 in flight, p50", "µs", time.ours)
    return [
      ours.alone("P1", { atLeast: 200_000 }),
      ours.beside("piscina, 1 thread", rate.piscina, "P1", { atLeast: 5 }),
      ours.beside("bare chain", rate.chain),
      outside.alone(),
      outside.beside("bare chain", rate.chain),
      map.alone(),
      map.beside("piscina, 1 thread", rate.piscina),
      map.beside("bare chain", rate.chain),
      one.alone(),
      one.beside("bare chain", time.chain),
    ]
  } finally {
    await Promise.all([cluster.close(), pool.destroy(), chain.stop()])
  }
}
