/** The process executor: task functions run in processes of their own, and all of one can be killed. */
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { ExecutorFactory, Usage } from "./Executor.ts"
import { nestingMaxOf, nestingMaxOfPools } from "./executor/nestingMaxOf.ts"
import { Pool } from "./executor/pool.ts"
import { entryOf } from "./executor/poolEntry.ts"
import type { PoolListener } from "./executor/poolMember.ts"
import { ProcessForward } from "./executor/processForward.ts"
import { ProcessGroups } from "./executor/processGroups.ts"
import { ProcessHandle, type Recycle } from "./executor/processHandle.ts"
import { ProcessMemory } from "./executor/processMemory.ts"
import { ProcessReaper } from "./executor/processReaper.ts"
import { canReadOthers, ownUsage, usagesOf } from "./executor/processUsage.ts"
import { refuseInside } from "./insideExecutor.ts"

/** How many processes, and what they may use. */
export interface ProcessOptions {
  /** How many functions run at a time: one process each, and one warm spare beside them. */
  readonly slots: number
  /**
   * How deep a task may be nested that has children of its own. From 0; 16 unless told otherwise. Up to as many
   * times the slots there may be processes beyond the slots, whose functions wait.
   */
  readonly nestingMax?: number
  /**
   * How much memory each process may use, in MiB. One that uses more dies, and only it. No limit but
   * Node's own for the heap unless told otherwise. Its size is looked at four times a second.
   */
  readonly memoryMaxMb?: number
  /**
   * When a process is replaced by a fresh one: after so many tasks, or when it uses so much memory
   * after one. Never unless told otherwise. Until then tasks share their process with those before.
   */
  readonly recycle?: Partial<Recycle>
}

/** A process is gone within milliseconds; one that is not sits in the kernel. */
const exitMs = 5_000

/**
 * An executor whose slots are processes, for functions that start others, use native code, or may
 * crash.
 *
 * Each process leads a group of its own, which everything it starts belongs to. Killing an attempt
 * kills the group, and reports it once every member has been seen dead; it ends no other attempt. A
 * function that stops when it is asked has stopped once what it has started is gone, too, and only
 * then is it called stopped. What dies by itself takes down the attempt it was running and nothing
 * else, and whatever it had started is ended with it. When the worker itself is killed, so are its
 * processes, by a shell that watches over it.
 *
 * Out of reach is what a task moves into a session of its own (`setsid`, or `detached` of
 * `child_process`), and what it makes somebody else run, such as a container.
 *
 * A process runs one attempt at a time and is given the next when its result is there: a round trip
 * over pipes, which threads do not need. docs/executors.md says what one costs.
 *
 * What a task prints is told to a client that wants its output, whoever prints it: JavaScript, native
 * code, a child process that inherits its streams. Otherwise it goes to the streams of the worker. The
 * end of a task is behind all that was printed before it. A task that says or prints more than is taken
 * waits with its next line until it is. What it prints to is no terminal.
 *
 * Processes load task modules by URL, so a task must be exported from the module that defines it.
 * On Linux and macOS, with Node: elsewhere there are no process groups, and it throws.
 *
 * @example Two processes
 * ```ts
 * import { subprocess } from "@scaler-ts/worker/process"
 *
 * const executor = subprocess({ slots: 2, recycle: { tasks: 1_000 } })
 * executor.slots // => 2
 * ```
 */
export const subprocess = (options: ProcessOptions): ExecutorFactory => {
  const { slots, memoryMaxMb, recycle: { tasks = Infinity, memoryMb = Infinity } = {} } = options
  Checked.wholeFromOne("slots", slots)
  const nestingMax = nestingMaxOf(options, nestingMaxOfPools)
  if (memoryMaxMb !== undefined) Checked.wholeFromOne("memoryMaxMb", memoryMaxMb)
  if (tasks !== Infinity) Checked.wholeFromOne("recycle.tasks", tasks)
  if (memoryMb !== Infinity) Checked.wholeFromOne("recycle.memoryMb", memoryMb)
  refuseInside("a process", "more processes")
  if (process.platform === "win32" || "Deno" in globalThis) throw new Error(noGroups)
  return {
    slots,
    make: (listener, _, limits) =>
      Effect.sync(() => {
        const [groups, reaper] = [new ProcessGroups(), new ProcessReaper()]
        const recycle = { tasks, memoryMb }
        const forward = { stdout: new ProcessForward(1), stderr: new ProcessForward(2) }
        const memory = new ProcessMemory(memoryMaxMb)
        const settings = {
          memoryMaxMb,
          recycle,
          limits,
          entry: entryOf("process"),
          groups,
          memory,
          reaper,
          forward,
        }
        const make = (pool: PoolListener): ProcessHandle => new ProcessHandle(settings, pool)
        const onShutdown = (): void => reaper.close()
        const usage = canReadOthers
          ? (): ReadonlyArray<Usage> => [ownUsage(), ...usagesOf(reaper.groups)]
          : undefined
        return new Pool(
          { kind: "process", make, slots, ahead: 0, nestingMax, limits, exitMs, onShutdown, usage },
          listener,
        )
      }),
  }
}

const noGroups =
  "processes need process groups, which Windows does not have and Deno does not start; use threads instead, " +
  "and on Deno the executor of @scaler-ts/worker/web"
