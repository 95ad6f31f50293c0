import { limitsDefault, Values } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { Worker } from "node:worker_threads"
import type { ExecutorFactory } from "../src/Executor.ts"
import { entryOf } from "../src/executor/poolEntry.ts"
import { Pool } from "../src/executor/pool.ts"
import type { PoolListener } from "../src/executor/poolMember.ts"
import type { StartThread, ThreadBodyListener } from "../src/executor/threadBody.ts"
import { ThreadHandle } from "../src/executor/threadHandle.ts"
import { nodeThread } from "../src/executor/threadNode.ts"
import { thread } from "../src/thread.ts"
import { type End, PoolProbe } from "./fixtures/poolProbe.ts"
import { tasks } from "./fixtures/threadTasks.ts"

const reasonOf = (end: End): string => (end._tag === "exited" ? end.reason : end._tag)
const temporary = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), "scaler-thread-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}
const url = (name: string): string => new URL(`./fixtures/${name}.ts`, import.meta.url).href

/** A pool of threads that are good, or cannot start: which, `isGood` says of each. */
const poolOf = (slots: number, isGood: (nth: number) => boolean): ExecutorFactory => ({
  slots,
  make: (listener, _, limits) =>
    Effect.sync(() => {
      let made = 0
      const make = (pool: PoolListener): ThreadHandle => {
        const entry = isGood(made++) ? entryOf("thread") : new URL(url("nothing"))
        const startThread = nodeThread({ heapMaxMb: undefined, entry })
        return new ThreadHandle({ ahead: 4, limits, startThread }, pool)
      }
      const bounds = { slots, ahead: 4, nestingMax: 1, limits, exitMs: 5_000 }
      return new Pool({ kind: "thread", make, ...bounds }, listener)
    }),
})

describe("a thread that dies by itself", () => {
  it.each([
    ["process.exit", tasks.exit, 5, /ended itself with exit code 5/],
    ["an uncaught error", tasks.throwOutside, undefined, /uncaught error: Error: thrown outside/],
    [
      "a module that exits on import",
      defineTasks(url("threadExitsOnImport"), { any: () => 1 }).any,
      undefined,
      /exit code 9/,
    ],
  ] as const)("%s ends the attempt it ran, and no other", async (_name, task, input, reason) => {
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const before = pool.start(tasks.add, 1)
    const dying = pool.startBytes(task, Values.encode(input))
    const after = [pool.start(tasks.add, 2), pool.start(tasks.add, 3)]
    assert.match(reasonOf(await pool.end(dying)), reason)
    for (const key of [before, ...after]) {
      assert.strictEqual((await pool.end(key))._tag, "returned")
    }
  })

  it("a thread that needs more memory than it may have ends the attempt it ran", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1, heapMaxMb: 32 }))
    const key = pool.start(tasks.eatMemory)
    const next = pool.start(tasks.add, 1)
    assert.match(reasonOf(await pool.end(key)), /memory/)
    assert.strictEqual((await pool.end(next))._tag, "returned")
  })

  it("a module that hangs on import can be killed", async () => {
    using folder = temporary()
    const evidence = join(folder.path, "hanging")
    // Threads inherit it as it is when they are started.
    process.env["SCALER_HANGS_ON_IMPORT"] = evidence
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const key = pool.start(defineTasks(url("threadHangsOnImport"), { any: () => 1 }).any)
    const next = pool.start(tasks.add, 1)
    while (!existsSync(evidence)) await setImmediate()
    pool.executor.kill(key)
    assert.match(reasonOf(await pool.end(key)), /was killed/)
    assert.strictEqual((await pool.end(next))._tag, "returned")
  })

  it("threads that cannot start fail what waits, and are tried again for what comes", async () => {
    await using pool = await PoolProbe.open(poolOf(2, () => false))
    const keys = Array.from({ length: 20 }, (_, n) => pool.start(tasks.add, n))
    for (const key of keys) {
      assert.match(reasonOf(await pool.end(key)), /^no thread could be started: .*nothing\.ts/)
    }
    assert.strictEqual(pool.story.filter((line) => /^(slot|started)/.test(line)).length, 20)
    assert.match(reasonOf(await pool.run(tasks.add, 1)), /^no thread could be started/)
  })

  it("a nested attempt for which no thread can be started fails, for its parent waits for it", async () => {
    await using pool = await PoolProbe.open(poolOf(1, (nth) => nth === 0))
    const parent = pool.start(tasks.spin)
    await pool.heard(`log ${parent} spinning`)
    pool.executor.lend(parent)
    const child = pool.startBytes(tasks.add, Values.encode(1), 1)
    assert.match(reasonOf(await pool.end(child)), /^no thread could be started for it/)
    pool.executor.kill(parent)
    assert.match(reasonOf(await pool.end(parent)), /was killed/)
  })
})

it.each([
  [undefined, "was killed"],
  ["Error: out of memory", "died of an uncaught error: Error: out of memory"],
])("a thread that is being ended when it dies of %s %s", (died, reason) => {
  const told: Array<string> = []
  let body: ThreadBodyListener | undefined
  const startThread: StartThread = (_, listener) => {
    body = listener
    return { post: () => {}, ref: () => {}, unref: () => {}, terminate: () => {} }
  }
  const pool = { exited: (_: unknown, exit: string) => void told.push(exit) }
  const thread = new ThreadHandle({ ahead: 0, limits: limitsDefault, startThread }, pool as never)
  thread.terminate()
  body?.exited("ended itself with exit code 1", died)
  assert.deepStrictEqual(told, [reason])
})

describe("shutdown", () => {
  it("ends what spins, reports everything that was there, and says nothing afterwards", async () => {
    const pool = await PoolProbe.open(thread({ slots: 2, ahead: 2 }))
    const spinning = [pool.start(tasks.spin), pool.start(tasks.spin)]
    for (const key of spinning) await pool.heard(`log ${key} spinning`)
    const waiting = Array.from({ length: 20 }, () => pool.start(tasks.add, 1))
    const stopped = pool.start(tasks.add, 1)
    pool.executor.withdraw(stopped)
    const { shutdown } = pool.executor
    await Promise.all([Effect.runPromise(shutdown), Effect.runPromise(shutdown)])
    for (const key of spinning) assert.match(reasonOf(await pool.end(key)), /was killed/)
    for (const key of waiting) assert.match(reasonOf(await pool.end(key)), /was shut down/)
    assert.isFalse(pool.ends.has(stopped))
    const told = pool.story.length
    const late = { key: 99, task: tasks.add, attempt: 1, input: new Uint8Array() }
    assert.isFalse(pool.executor.start({ ...late, wantsOutput: false, depth: 0, traceparent: "" }))
    await Effect.runPromise(shutdown)
    await setImmediate()
    assert.strictEqual(pool.story.length, told)
  })

  it("starts no thread any more for what is nested", async () => {
    let started = 0
    const pool = await PoolProbe.open(poolOf(1, () => (started++, true)))
    const parent = pool.start(tasks.spin)
    await pool.heard(`log ${parent} spinning`)
    pool.executor.lend(parent)
    const running = pool.startBytes(tasks.spin, Values.encode(undefined), 1)
    await pool.heard(`log ${running} spinning`)
    const waiting = pool.startBytes(tasks.add, Values.encode(1), 1)
    const before = started
    await Effect.runPromise(pool.executor.shutdown)
    assert.match(reasonOf(await pool.end(waiting)), /was shut down/)
    await setImmediate()
    assert.strictEqual(started, before)
  })

  it.effect(
    "leaves behind a thread that does not exit, says which task it runs, and no end (G8)",
    () =>
      Effect.gen(function* () {
        const folder = temporary()
        const [started, gate] = [join(folder.path, "started"), join(folder.path, "gate")]
        const exits: Array<Promise<unknown>> = []
        const onWorker = (worker: Worker): void => void exits.push(once(worker, "exit"))
        process.on("worker", onWorker)
        // Whatever becomes of the test, its thread must not hold the process that runs it.
        yield* Effect.addFinalizer(() =>
          Effect.promise(async () => {
            process.off("worker", onWorker)
            writeFileSync(gate, "")
            await Promise.all(exits)
            folder[Symbol.dispose]()
          }),
        )
        const pool = yield* Effect.promise(() => PoolProbe.open(thread({ slots: 1 })))
        const stuck = pool.start(tasks.holdInNative, { started, gate })
        const waiting = pool.start(tasks.add, 1)
        yield* Effect.promise(async () => {
          while (!existsSync(started)) await setImmediate()
        })
        const warnings: Array<string> = []
        const logger = Logger.make(({ message }) => void warnings.push(String(message)))
        const { shutdown } = pool.executor
        // In a finalizer, as the worker does it, where nothing can be interrupted.
        const closing = yield* Effect.scoped(Effect.addFinalizer(() => shutdown)).pipe(
          Effect.provide(Logger.layer([logger])),
          Effect.forkChild({ startImmediately: true }),
        )
        // The warm spare, which is not the one that the task is in.
        yield* Effect.promise(async () => Promise.all(exits.slice(1)))
        yield* TestClock.adjust(4_999)
        assert.strictEqual(closing.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        yield* Fiber.join(closing)
        assert.isFalse(existsSync(gate), "it is still there")
        assert.strictEqual(warnings.length, 1)
        assert.match(warnings[0] ?? "", /^1 .* had not exited 5000 ms .*: "holdInNative"$/)
        assert.deepStrictEqual(pool.story, [`slot ${stuck}`, `exited ${waiting}`])
        yield* shutdown
        writeFileSync(gate, "")
        yield* Effect.promise(async () => Promise.all(exits))
        yield* Effect.promise(() => setImmediate())
        assert.deepStrictEqual(pool.story, [`slot ${stuck}`, `exited ${waiting}`])
        assert.strictEqual(warnings.length, 1)
      }),
  )

  it.each([
    ["idle", "a forgotten pool does not keep its process alive"],
    ["busy", "work that is under way keeps its process alive until it is done"],
    ["shutdown", "a shutdown, even of spinning threads, leaves nothing behind"],
  ])("%s: %s", async (how) => {
    const script = new URL("./fixtures/threadProcess.ts", import.meta.url)
    const child = spawn(
      process.execPath,
      ["--conditions=@scaler-ts/source", script.pathname, how],
      { stdio: ["ignore", "pipe", "inherit"] },
    )
    let said = ""
    child.stdout.on("data", (data: Buffer) => (said += data.toString()))
    const [code] = await once(child, "close")
    assert.deepStrictEqual([code, said], [0, `${how} done\n`])
  })
})
