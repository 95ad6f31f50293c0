/** piscina, the peer of the thread executor, with its defaults. */
import { Piscina } from "piscina"
import type { Launch } from "./harness.ts"

const filename = new URL("./piscinaTasks.js", import.meta.url).href

/** A pool whose threads are all up. */
export const startPool = async (threads: number): Promise<Piscina> => {
  const pool = new Piscina({ filename, name: "addOne", minThreads: threads, maxThreads: threads })
  await Promise.all(Array.from({ length: threads }, () => pool.run(1)))
  return pool
}

export const launchInPool =
  (pool: Piscina): Launch =>
  (done) => {
    void pool.run(1).then(done)
  }
