/** The race explorer: with a cluster in the loop, on systems of its own, and beside fast-check's scheduler. */
import type { RaceOptions } from "@scaler-ts/testkit"
import { Toy } from "../../../packages/testkit/test/support/toy.ts"
import { Measured, type Take } from "../Figure.ts"
import { interleave, median } from "../harness.ts"
import { Counter, oneTask, sample, search, twoTasks, verify } from "../races.ts"

/** Two loops that add one to a counter so many times end at 2 at the lowest, in 2 of 3,334 orders that differ. */
const increments = 4
const lowest = 2

/** Random runs fast-check is given to come upon that; it takes some thousand. */
const runsMax = 100_000

/** Random searches for one figure: how soon one of them finds something is a matter of luck. */
const seeds = 5

/** How long runs are counted, in milliseconds. */
const countMs = 1_000

const twoByTwo: RaceOptions = { workers: 2 }

export const takeExplore: Take = async ({ rounds }) => {
  let seed = 0
  const rate = await interleave(rounds, {
    two: () => perSecond(async () => (await verify(twoTasks, twoByTwo)).executions),
    toy: () => perSecond(async () => search(() => new Toy({ tasks: 2, workers: 2 }), never)),
    counter: () => perSecond(async () => search(() => new Counter(increments), never)),
    fastCheck: () => perSecond(() => sample(increments, never, ++seed, 1_000)),
  })
  const time = await interleave(rounds, {
    one: () => milliseconds(() => verify(oneTask, {})),
    two: () => milliseconds(() => verify(twoTasks, twoByTwo)),
    find: () => milliseconds(async () => search(() => new Counter(increments), isLowest)),
    prove: () => milliseconds(async () => search(() => new Counter(increments), isLower)),
    fastCheck: () => find(() => sample(increments, (value) => value <= lowest, ++seed, runsMax)),
  })
  const counter = new Measured("a counter, runs", "runs/s", rate.counter)
  const found = new Measured("a counter, 1 of 1,667 orders found", "ms", time.find)
  return [
    new Measured("cluster, 1 task, 1 worker, verified", "ms", time.one).alone(),
    new Measured("cluster, 2 tasks, 2 workers", "runs/s", rate.two).alone(),
    new Measured("cluster, 2 tasks, 2 workers, verified", "ms", time.two).alone(),
    new Measured("pure, 2 tasks, 2 workers", "runs/s", rate.toy).alone(),
    counter.beside("fast-check's scheduler", rate.fastCheck),
    found.beside("fast-check's scheduler, median of 5", time.fastCheck),
    new Measured("a counter, all orders verified", "ms", time.prove).alone(),
  ]
}

const never = (): boolean => false
const isLowest = ({ value }: Counter): boolean => value <= lowest
const isLower = ({ value }: Counter): boolean => value < lowest

/** Runs per second of searches that are begun for so long. */
const perSecond = async (runs: () => Promise<number>): Promise<number> => {
  const begin = performance.now()
  let count = 0
  do count += await runs()
  while (performance.now() - begin < countMs)
  return (count / (performance.now() - begin)) * 1000
}

const milliseconds = async (run: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now()
  await run()
  return performance.now() - begin
}

const find = async (run: () => Promise<number>): Promise<number> => {
  const times: Array<number> = []
  for (let i = 0; i < seeds; i++) times.push(await milliseconds(run))
  return median(times)
}
