/** P6: how long a cancel takes to be confirmed, beside the round trip of a trivial task in the same run. */
import { type BothFaces, startCluster } from "../cluster.ts"
import { type Bound, type Figure, Measured, type Take } from "../Figure.ts"
import { interleave, p50, samplesOf } from "../harness.ts"
import { startPool } from "../pool.ts"
import {
  cancelOfQueued,
  cancelOfRunning,
  cancelOfSpinning,
  type Freed,
  type Settle,
  settleHere,
  tripOfTrivial,
} from "../stops.ts"
import { abortOfQueued, abortOfSpinning } from "../stopsInPool.ts"

const graceMs = 10
const tripCount = 1_000
const cancelCount = 300
/** Each of these costs a thread, so there are fewer. */
const spinCount = 8

const queuedBudget: Bound = { atMost: 1.2 }
const runningBudget: Bound = { atMost: 1.5 }

export const takeCancel: Take = async ({ rounds }) => [
  ...(await takeInline(rounds)),
  ...(await takeThread(rounds)),
]

const takeInline = async (rounds: number): Promise<ReadonlyArray<Figure>> => {
  const cluster = await startCluster({ executor: "inline", slots: 1 })
  try {
    const time = await interleave(rounds, cooperative(cluster, settleHere))
    return compare("inline", time)
  } finally {
    await cluster.close()
  }
}

const takeThread = async (rounds: number): Promise<ReadonlyArray<Figure>> => {
  const cluster = await startCluster({ executor: "thread", slots: 1, graceMs })
  const pool = await startPool(1)
  try {
    const time = await interleave(rounds, {
      ...cooperative(cluster, settleHere),
      poolTrip: () => p50(() => pool.run(1), tripCount),
      poolQueued: () => abortOfQueued(pool, cancelCount),
    })
    const ours: Array<Freed> = []
    const theirs: Array<Freed> = []
    for (let round = 0; round <= rounds; round++) {
      const [mine, other] = [
        await cancelOfSpinning(cluster, graceMs, spinCount),
        await abortOfSpinning(pool, spinCount),
      ]
      if (round === 0) continue
      ours.push(mine)
      theirs.push(other)
    }
    const told = new Measured(
      "cancel spinning, thread, beyond the grace",
      "ms",
      samplesOf(ours.map((freed) => freed.toldMs)),
    )
    const back = new Measured(
      "next task in its slot, beyond the grace",
      "ms",
      samplesOf(ours.map((freed) => freed.backMs)),
    )
    return [
      ...compare("thread", time),
      new Measured("piscina's abort of a queued task, p50", "µs", time.poolQueued).beside(
        "its round trip",
        time.poolTrip,
      ),
      told.beside(
        "piscina's abort, until it rejects",
        samplesOf(theirs.map((freed) => freed.toldMs)),
      ),
      back.beside("piscina, next task has run", samplesOf(theirs.map((freed) => freed.backMs))),
    ]
  } finally {
    await Promise.all([cluster.close(), pool.destroy()])
  }
}

/** With one slot: what a trip takes, and a cancel of what waits, and of what runs. */
export const cooperative = (cluster: Pick<BothFaces, "client">, settle: Settle) => ({
  trip: () => tripOfTrivial(cluster, cancelCount, settle),
  queued: () => cancelOfQueued(cluster, cancelCount, settle),
  running: () => cancelOfRunning(cluster, cancelCount, settle),
})

type Times = Awaited<ReturnType<typeof interleave<"trip" | "queued" | "running">>>

export const compare = (where: string, { trip, queued, running }: Times): ReadonlyArray<Figure> => [
  new Measured(`cancel queued, ${where}, p50`, "µs", queued).beside(
    "round trip of a trivial task",
    trip,
    "P6",
    queuedBudget,
  ),
  new Measured(`cancel cooperative, ${where}, p50`, "µs", running).beside(
    "round trip of a trivial task",
    trip,
    "P6",
    runningBudget,
  ),
]
