/** The thread executor: task functions run in worker threads, and one that does not stop is killed. */
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { ExecutorFactory, Usage } from "./Executor.ts"
import { nestingMaxOf, nestingMaxOfPools } from "./executor/nestingMaxOf.ts"
import { Pool } from "./executor/pool.ts"
import { entryOf } from "./executor/poolEntry.ts"
import type { PoolListener } from "./executor/poolMember.ts"
import { ownUsage } from "./executor/processUsage.ts"
import { ThreadHandle } from "./executor/threadHandle.ts"
import { nodeThread } from "./executor/threadNode.ts"
import { refuseInside } from "./insideExecutor.ts"

/** How many threads, and how they are used. */
export interface ThreadOptions {
  /** How many functions run at a time: one thread each, and one warm spare beside them. */
  readonly slots: number
  /**
   * How deep a task may be nested that has children of its own. From 0; 16 unless told otherwise. Up to as many
   * times the slots there may be threads beyond the slots, whose functions wait.
   */
  readonly nestingMax?: number
  /**
   * How many attempts wait in a thread's own queue beyond the one it runs; 64 unless said otherwise.
   *
   * A waiting attempt costs a thread no round trip when its turn comes. It stays withdrawable, and
   * moves to another thread when that has nothing to do. 0 hands each attempt over when a slot frees.
   */
  readonly ahead?: number
  /** The heap of each thread, in MiB. A thread that needs more dies, and only it; Node's default otherwise. */
  readonly heapMaxMb?: number
}

/** Measured with trivial tasks: 4 halves the throughput, 16 costs a tenth, 256 adds nothing. */
const aheadDefault = 64

/** JavaScript ends within milliseconds; a thread that needs longer is in native code. */
const exitMs = 5_000

/**
 * An executor whose slots are threads, for functions that use the processor or may hang.
 *
 * Killing an attempt ends its thread, reports it once the thread's exit has been seen, and ends no
 * other attempt: whatever else was handed to that thread runs elsewhere, exactly once. A thread that
 * dies by itself takes down the attempt it was running and nothing else.
 *
 * Kill ends the thread's JavaScript. What native code or a child process goes on doing is not ended:
 * a thread inside such a call exits when the call returns. Shutdown waits 5 seconds for that, then
 * warns of the tasks that still run, reports no end for them, and completes. Node itself ends a
 * process only after such a thread; to have it end earlier, kill the process.
 *
 * What a task prints by `console`, `process.stdout` and `process.stderr` is told to a client that
 * wants its output, and goes to the streams of the worker otherwise, where what native code prints
 * always goes. A task that says more than is taken waits with its next line until it is; of progress told in
 * quick succession only the newest arrives.
 *
 * Threads load task modules by URL, so a task must be exported from the module that defines it.
 *
 * @example Two threads
 * ```ts
 * import { thread } from "@scaler-ts/worker/thread"
 *
 * const executor = thread({ slots: 2 })
 * executor.slots // => 2
 * ```
 */
export const thread = (options: ThreadOptions): ExecutorFactory => {
  const { slots, ahead = aheadDefault, heapMaxMb } = options
  Checked.wholeFromOne("slots", slots)
  const nestingMax = nestingMaxOf(options, nestingMaxOfPools)
  Checked.wholeFromZero("ahead", ahead)
  if (heapMaxMb !== undefined) Checked.wholeFromOne("heapMaxMb", heapMaxMb)
  refuseInside("a thread", "more threads")
  return {
    slots,
    make: (listener, _, limits) =>
      Effect.sync(() => {
        const startThread = nodeThread({ heapMaxMb, entry: entryOf("thread") })
        const settings = { ahead, limits, startThread }
        const usage = (): ReadonlyArray<Usage> => [ownUsage()]
        const make = (pool: PoolListener): ThreadHandle => new ThreadHandle(settings, pool)
        return new Pool(
          { kind: "thread", make, slots, ahead, nestingMax, limits, exitMs, usage },
          listener,
        )
      }),
  }
}
