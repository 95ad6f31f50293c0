/** P2: the embedded cluster with the thread executor, beside piscina and bare worker threads. */
import { loopTrivial, runTrivial, startCluster } from "../cluster.ts"
import { type Figure, Measured, type Take } from "../Figure.ts"
import { closedLoop, interleave, p50 } from "../harness.ts"
import { launchInPool, startPool } from "../pool.ts"
import { EchoThreads } from "../ports.ts"

const durationMs = 1_000
const latencyCount = 3_000

export const takeThread: Take = async ({ rounds }) => [
  ...(await takeWith(1, rounds)),
  ...(await takeWith(2, rounds)),
]

const takeWith = async (threads: number, rounds: number): Promise<ReadonlyArray<Figure>> => {
  const cluster = await startCluster({ executor: "thread", slots: threads })
  const pool = await startPool(threads)
  const echo = new EchoThreads(threads)
  try {
    const rate = await interleave(rounds, {
      ours: () => loopTrivial(cluster, 1_000, durationMs),
      piscina: () => closedLoop(launchInPool(pool), 1_000, durationMs),
      echo: () => closedLoop(echo.launch, 1_000, durationMs),
    })
    const time = await interleave(rounds, {
      ours: () => p50(runTrivial(cluster), latencyCount),
      piscina: () => p50(() => pool.run(1), latencyCount),
      echo: () => p50(() => new Promise<void>((resolve) => echo.launch(resolve)), latencyCount),
    })
    const what = `thread, ${threads} thread${threads === 1 ? "" : "s"}`
    const ours = new Measured(`${what}, 1,000 in flight`, "tasks/s", rate.ours)
    const one = new Measured(`${what}, 1 in flight, p50`, "µs", time.ours)
    return [
      ours.beside("piscina", rate.piscina, "P2", { atLeast: 3 }),
      ours.beside("bare worker_threads, unbatched", rate.echo),
      one.beside("piscina", time.piscina, "P2", { atMost: 1.3 }),
      one.beside("bare worker_threads", time.echo),
    ]
  } finally {
    await Promise.all([cluster.close(), pool.destroy(), echo.stop()])
  }
}
