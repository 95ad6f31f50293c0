/** The same for piscina: aborts tasks by their signal, and takes the time until the promise rejects. */
import type { Piscina } from "piscina"
import { median, pause } from "./harness.ts"
import { type Freed, spareMs } from "./stops.ts"

const spinMsMax = 5_000

interface Run {
  readonly abort: () => void
  readonly rejected: Promise<void>
}

const start = (pool: Piscina, name: "addOne" | "spin", input: number): Run => {
  const controller = new AbortController()
  const ended = pool.run(input, { name, signal: controller.signal })
  const rejected = ended.then(
    () => {
      throw new Error(`${name} was to be aborted, and returned`)
    },
    () => {},
  )
  return { abort: () => controller.abort(), rejected }
}

/** Aborts, and returns the milliseconds until the promise had rejected. */
const timeAbort = async ({ abort, rejected }: Run): Promise<number> => {
  const begin = performance.now()
  abort()
  await rejected
  return performance.now() - begin
}

/** The median time to abort a task that waits behind another, in microseconds. One thread. */
export const abortOfQueued = async (pool: Piscina, count: number): Promise<number> => {
  const blocker = start(pool, "spin", spinMsMax)
  await pause(spareMs)
  const times: Array<number> = []
  for (let i = 0; i < count; i++) {
    times.push((await timeAbort(start(pool, "addOne", i))) * 1000)
  }
  await timeAbort(blocker)
  return median(times)
}

/** Aborts tasks that spin. */
export const abortOfSpinning = async (pool: Piscina, count: number): Promise<Freed> => {
  const told: Array<number> = []
  const back: Array<number> = []
  for (let i = 0; i < count; i++) {
    const run = start(pool, "spin", spinMsMax)
    await pause(spareMs)
    const begin = performance.now()
    told.push(await timeAbort(run))
    await pool.run(1)
    back.push(performance.now() - begin)
  }
  return { toldMs: median(told), backMs: median(back) }
}
