/** Stops tasks of a cluster, and takes the time until that is confirmed. */
import { Future, type Receipt } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import { type BothFaces, runTrivial } from "./cluster.ts"
import { median, medianOf, pause, timed } from "./harness.ts"
import { tasks } from "./tasks.js"

/** When a stop was told, and when the slot had done its next task; milliseconds from the cancel. */
export interface Freed {
  readonly toldMs: number
  readonly backMs: number
}

/** A spare thread needs some 25 ms to come up; a kill without one would be another figure. */
export const spareMs = 150

const spinMsMax = 5_000

type Clustered = Pick<BothFaces, "client">

/** Lets a message get from the client into the worker's line. */
export type Settle = () => Promise<void>

const nextTurn: Settle = () => new Promise((resolve) => setImmediate(resolve))

/** Within one process. */
export const settleHere: Settle = async () => {
  for (let turn = 0; turn < 12; turn++) await nextTurn()
}

const submitHold = ({ client }: Clustered): Future.Future<void> =>
  Effect.runSync(client.submit(tasks.hold, undefined))

const untilRunning = async (future: Future.Future<unknown>): Promise<void> => {
  while (Future.state(future) !== "running") await nextTurn()
}

/** Cancels, and returns how long the receipt took in microseconds. Any other receipt is a bug of the benchmark. */
const timeCancel = async (
  future: Future.Future<unknown>,
  how: Extract<Receipt<unknown>, { _tag: "Stopped" }>["how"],
): Promise<number> => {
  const begin = performance.now()
  const receipt = await cancel(future)
  const took = (performance.now() - begin) * 1000
  if (receipt._tag !== "Stopped" || receipt.how !== how) {
    throw new Error(`expected Stopped ${how}, got ${JSON.stringify(receipt)}`)
  }
  return took
}

const cancel = <A>(future: Future.Future<A>): Promise<Receipt<A>> =>
  Effect.runPromise(Future.cancel(future))

/** The median time of a trivial task, in microseconds, from the same rest as a cancel. */
export const tripOfTrivial = (
  cluster: Clustered,
  count: number,
  settle: Settle,
): Promise<number> => {
  const run = runTrivial(cluster)
  return medianOf(count, async () => {
    await settle()
    return timed(run)
  })
}

/** The median time to cancel a task that waits behind another, in microseconds. One slot. */
export const cancelOfQueued = async (
  cluster: Clustered,
  count: number,
  settle: Settle,
): Promise<number> => {
  const blocker = submitHold(cluster)
  await untilRunning(blocker)
  const time = await medianOf(count, async () => {
    const future = Effect.runSync(cluster.client.submit(tasks.addOne, 1))
    await settle()
    return timeCancel(future, "never-started")
  })
  await cancel(blocker)
  return time
}

/** The median time to cancel a running task that heeds its signal, in microseconds. */
export const cancelOfRunning = (
  cluster: Clustered,
  count: number,
  settle: Settle,
): Promise<number> =>
  medianOf(count, async () => {
    const future = submitHold(cluster)
    await untilRunning(future)
    // Known to run is not yet called: the function has to have looked at its signal.
    await settle()
    return timeCancel(future, "cooperative")
  })

/** Kills tasks that spin; the times are those beyond the grace, which every one of them uses up. */
export const cancelOfSpinning = async (
  cluster: Clustered,
  graceMs: number,
  count: number,
): Promise<Freed> => {
  const told: Array<number> = []
  const back: Array<number> = []
  const next = runTrivial(cluster)
  for (let i = 0; i < count; i++) {
    const future = Effect.runSync(cluster.client.submit(tasks.spin, spinMsMax))
    await untilRunning(future)
    await pause(spareMs)
    const begin = performance.now()
    const tookMs = (await timeCancel(future, "killed")) / 1000
    told.push(tookMs - graceMs)
    await next()
    back.push(performance.now() - begin - graceMs)
  }
  return { toldMs: median(told), backMs: median(back) }
}
