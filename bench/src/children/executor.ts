/**
 * Starts what tasks run in, or the bare thing beside it, and prints what one costs.
 *
 * Run by `figures/executors.ts`: what to start, and what to measure: `start` prints the milliseconds
 * from starting one to its first answer; `memory` prints how many MiB one uses, once it has answered.
 */
import { limitsDefault, Values } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import type { Executor, ExecutorFactory, ExecutorListener } from "@scaler-ts/worker"
import { subprocess } from "@scaler-ts/worker/process"
import { thread } from "@scaler-ts/worker/thread"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import process from "node:process"
import { Worker } from "node:worker_threads"
import { pause } from "../harness.ts"
import { memoryOf } from "../memoryOf.js"
import { tasks } from "../tasks.js"

/** What one takes of the machine, and what of that it shares with nobody. */
interface Memory {
  readonly mib: number
  readonly ownMib: number
}

/** So many of a kind that what they share, and what is loaded once, does not count. */
const many = 8

/** Starts an executor and answers once each of its slots has run a task; with what these returned. */
const run = async (make: (slots: number) => ExecutorFactory, slots: number) => {
  const values: Array<unknown> = []
  let allDone = (): void => {}
  const done = new Promise<void>((resolve) => (allDone = resolve))
  const failed = (): never => {
    throw new Error("a task that does nothing has failed")
  }
  const nothing = (): void => {}
  const listener: ExecutorListener = {
    returned: (_key, _ok, payload) => {
      values.push(Values.decode(payload))
      if (values.length === slots) allDone()
    },
    stopped: failed,
    exited: failed,
    started: nothing,
    progress: nothing,
    log: nothing,
    said: nothing,
    waits: nothing,
  }
  const making = Effect.flatMap(Loop.make, (loop) =>
    make(slots).make(listener, loop, limitsDefault),
  )
  const executor: Executor = await Effect.runPromise(Effect.scoped(making))
  for (let key = 1; key <= slots; key++) {
    const attempt = {
      key,
      attempt: 1,
      input: Values.encode(undefined),
      wantsOutput: false,
      depth: 0,
      traceparent: "",
    }
    executor.start({ ...attempt, task: tasks.memory })
  }
  await done
  return { values, stop: () => Effect.runPromise(executor.shutdown) }
}

const inThread = (slots: number): ExecutorFactory => thread({ slots })
const inProcess = (slots: number): ExecutorFactory => subprocess({ slots })

const bareThread = async (): Promise<Worker> => {
  const started = new Worker(
    "const { parentPort } = require('node:worker_threads'); parentPort.on('message', () => {}); parentPort.postMessage(1)",
    { eval: true },
  )
  await once(started, "message")
  return started
}

/** A process of Node's that looks at its memory and ends. */
const bareProcess = (): Memory => {
  const script = `process.stdout.write(JSON.stringify((${memoryOf.toString()})(fs.readFileSync)))`
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })) as Memory
}

/** How much more this process uses, for each of the threads that were started in it. */
const growth = async (start: () => Promise<number>): Promise<Memory> => {
  const before = memoryOf(readFileSync)
  const threads = await start()
  // The spare is not up before the slots are.
  await pause(500)
  const after = memoryOf(readFileSync)
  const each = (what: keyof Memory): number => (after[what] - before[what]) / threads
  return { mib: each("mib"), ownMib: each("ownMib") }
}

const timed = async (start: () => Promise<unknown>): Promise<{ readonly ms: number }> => {
  const begin = performance.now()
  await start()
  return { ms: performance.now() - begin }
}

const runsOf: Readonly<Record<string, () => Promise<Memory | { readonly ms: number }>>> = {
  "thread start": () => timed(() => run(inThread, 1)),
  "process start": () => timed(() => run(inProcess, 1)),
  "bareThread start": () => timed(bareThread),
  "bareProcess start": () => timed(async () => bareProcess()),
  "thread memory": () => growth(async () => (await run(inThread, many), many + 1)),
  "bareThread memory": () =>
    growth(async () => (await Promise.all(Array.from({ length: many }, bareThread))).length),
  "process memory": async () => {
    const { values, stop } = await run(inProcess, 1)
    await stop()
    return values[0] as Memory
  },
  "bareProcess memory": async () => bareProcess(),
}

const what = process.argv.slice(2).join(" ")
const measure = runsOf[what]
if (measure === undefined) throw new Error(`${what}: there is ${Object.keys(runsOf).join(", ")}`)
process.stdout.write(JSON.stringify(await measure()))
// Whatever was started ends with this process.
process.exit()
