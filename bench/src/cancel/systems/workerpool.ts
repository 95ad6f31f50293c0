/** workerpool, cancelled by its promise: it ends the thread unless an abort listener puts things in order. */
import { fileURLToPath } from "node:url"
import { pool as makePool } from "workerpool"
import { graceMs, type System, toldBy, withVersion } from "../System.ts"

const script = fileURLToPath(new URL("../workers/workerpool.ts", import.meta.url))

export const workerpool: System = {
  name: withVersion("workerpool"),
  triesAgain: false,
  start: async () => {
    const pool = makePool(script, {
      workerType: "thread",
      minWorkers: 1,
      maxWorkers: 1,
      workerTerminateTimeout: graceMs,
    })
    return {
      submit: (name, input) => {
        const promise = pool.exec(name, [input])
        const told = toldBy(promise)
        return {
          cancel: () => {
            promise.cancel()
            return told
          },
        }
      },
      stop: async () => {
        await pool.terminate(true)
      },
    }
  },
}
