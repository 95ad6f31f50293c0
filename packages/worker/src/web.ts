/** The executor of Web Workers, for Deno, where threads of Node's cannot be seen to end. */
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { ExecutorFactory } from "./Executor.ts"
import { nestingMaxOf, nestingMaxOfPools } from "./executor/nestingMaxOf.ts"
import { Pool } from "./executor/pool.ts"
import { entryOf } from "./executor/poolEntry.ts"
import type { PoolListener } from "./executor/poolMember.ts"
import { ThreadHandle } from "./executor/threadHandle.ts"
import { webThread } from "./executor/webThread.ts"
import { refuseInside } from "./insideExecutor.ts"

/** How many Web Workers, and how they are used. */
export interface WebWorkerOptions {
  /** How many functions run at a time: one Web Worker each, and one warm spare beside them. */
  readonly slots: number
  /**
   * How deep a task may be nested that has children of its own. From 0; 16 unless told otherwise. Up to as many
   * times the slots there may be Web Workers beyond the slots, whose functions wait.
   */
  readonly nestingMax?: number
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
 * with a warning. Of what a function leaves running when it stops only what Deno lists is seen, such as
 * timers, and nothing of what child processes do. The workers keep their process alive until the executor is shut down.
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
  const nestingMax = nestingMaxOf(options, nestingMaxOfPools)
  Checked.wholeFromZero("ahead", ahead)
  refuseInside("a Web Worker", "more of them")
  return {
    slots,
    make: (listener, _, limits) =>
      Effect.sync(() => {
        if (!("Worker" in globalThis) || navigator.locks === undefined) throw new Error(noWorkers)
        const settings = { ahead, limits, startThread: webThread(entryOf("web")) }
        const make = (pool: PoolListener): ThreadHandle => new ThreadHandle(settings, pool)
        return new Pool(
          { kind: "thread", make, slots, ahead, nestingMax, limits, exitMs },
          listener,
        )
      }),
  }
}

const noWorkers =
  "here are no Web Workers with Web Locks; on Node use the executors of @scaler-ts/worker/thread or /process"
