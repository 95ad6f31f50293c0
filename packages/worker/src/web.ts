/** The executor of Web Workers, for Deno, where threads of Node's cannot be seen to end. */
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { ExecutorFactory } from "./Executor.ts"
import { Pool } from "./executor/pool.ts"
import type { PoolListener } from "./executor/poolMember.ts"
import { ThreadHandle } from "./executor/threadHandle.ts"
import { webThread } from "./executor/webThread.ts"
import { isInsideExecutor } from "./insideExecutor.ts"

/** How many Web Workers, and how they are used. */
export interface WebWorkerOptions {
  /** How many functions run at a time: one Web Worker each, and one warm spare beside them. */
  readonly slots: number
  /**
   * How many attempts wait in a worker's own queue beyond the one it runs; 64 unless said otherwise.
   * They stay withdrawable, and move to another worker when that has nothing to do.
   */
  readonly ahead?: number
}

const aheadDefault = 64
const exitMs = 5_000

/**
 * An executor whose slots are Web Workers, for Deno.
 *
 * A kill terminates the worker and is reported once a lock that it held has come free, so a stop that
 * is confirmed is one that was seen. What cannot be promised: Deno 2.9 does not end a function that
 * never yields, such as a loop that spins, until its process ends. Its cancel is not confirmed then, and
 * the receipt says `Unconfirmed`; its slot stays taken, and shutdown leaves it behind after 5 seconds,
 * with a warning. What a function leaves running when it stops is not seen, and neither is what child
 * processes do. The workers keep their process alive until the executor is shut down.
 *
 * Workers load task modules by URL, so a task must be exported from the module that defines it.
 *
 * @example Two Web Workers
 * ```ts
 * import { webWorker } from "@scaler-ts/worker/web"
 *
 * const executor = webWorker({ slots: 2 })
 * executor.slots // => 2
 * ```
 */
export const webWorker = (options: WebWorkerOptions): ExecutorFactory => {
  const { slots, ahead = aheadDefault } = options
  Checked.wholeFromOne("slots", slots)
  Checked.wholeFromZero("ahead", ahead)
  if (isInsideExecutor()) throw new Error(startsItself)
  return {
    slots,
    make: (listener, _, limits) =>
      Effect.sync(() => {
        if (!("Worker" in globalThis) || navigator.locks === undefined) throw new Error(noWorkers)
        const settings = { ahead, limits, startThread: webThread(entryUrl) }
        const make = (pool: PoolListener): ThreadHandle => new ThreadHandle(settings, pool)
        return new Pool({ kind: "thread", make, slots, ahead, exitMs }, listener)
      }),
  }
}

const startsItself =
  "a Web Worker that runs tasks was about to start more of them: the module that defines its task does so " +
  "when it is imported; move the tasks to a module of their own, which starts nothing"

const noWorkers =
  "here are no Web Workers with Web Locks; on Node use the executors of @scaler-ts/worker/thread or /process"

// From sources the entry is a `.ts` file, from `dist` a `.js` one: the compiler leaves URLs alone.
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"
const entryUrl = new URL(`./executor/webEntry.${extension}`, import.meta.url)
