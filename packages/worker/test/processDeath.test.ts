import { Values } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { subprocess } from "../src/process.ts"
import { type End, PoolProbe } from "./fixtures/poolProbe.ts"
import { runs, temporary, untilGone, writerOf } from "./fixtures/processEvidence.ts"
import { tasks } from "./fixtures/processTasks.ts"
import { tasks as threadTasks } from "./fixtures/threadTasks.ts"

const reasonOf = (end: End): string => (end._tag === "exited" ? end.reason : end._tag)
const valueOf = (end: End): unknown => (end._tag === "returned" ? end.value : end)
const url = (name: string): string => new URL(`./fixtures/${name}.ts`, import.meta.url).href

describe("a process that dies by itself", () => {
  it.each([
    ["process.exit", threadTasks.exit, 5, /ended itself with exit code 5$/],
    ["process.exit without a failure", threadTasks.exit, 0, /ended itself with exit code 0$/],
    ["an uncaught error", threadTasks.throwOutside, undefined, /uncaught error: Error: thrown/],
    ["a signal", tasks.signalSelf, "SIGTERM", /was ended by SIGTERM$/],
    ["the system", tasks.signalSelf, "SIGKILL", /was ended by SIGKILL$/],
    ["a crash", tasks.crash, undefined, /was ended by SIGABRT$/],
    [
      "a module that exits on import",
      defineTasks(url("threadExitsOnImport"), { any: () => 1 }).any,
      undefined,
      /ended itself with exit code 9$/,
    ],
    ["one that writes to our pipe", tasks.writePast, undefined, /the pipe of the executor/],
  ] as const)("%s ends the attempt it ran, and no other", async (_name, task, input, reason) => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const before = pool.start(threadTasks.add, 1)
    const dying = pool.startBytes(task, Values.encode(input))
    const after = [pool.start(threadTasks.add, 2), pool.start(threadTasks.add, 3)]
    assert.match(reasonOf(await pool.end(dying)), reason)
    for (const key of [before, ...after]) {
      assert.strictEqual((await pool.end(key))._tag, "returned")
    }
  })

  it("takes with it what it had started", async () => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const file = folder.file("left")
    await pool.run(tasks.returnWithChild, { file })
    const started = await writerOf(file)
    assert.match(reasonOf(await pool.run(threadTasks.exit, 1)), /exit code 1/)
    assert.isFalse(runs(started))
  })

  it("is replaced when it dies with nothing to do", async () => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const pid = Number(valueOf(await pool.run(tasks.pid)))
    process.kill(pid, "SIGKILL")
    await untilGone(pid)
    assert.notStrictEqual(valueOf(await pool.run(tasks.pid)), pid)
  })
})

describe("an attempt that a process is given, and dies of something else before it has begun it", () => {
  // Stopped, so that it reads nothing of what it is given, and killed then.
  const givenToStopped = async (): Promise<{
    readonly pool: PoolProbe
    readonly key: number
    readonly pid: number
  }> => {
    const pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const pid = Number(valueOf(await pool.run(tasks.pid)))
    process.kill(pid, "SIGSTOP")
    return { pool, key: pool.start(tasks.pid), pid }
  }

  it("runs in another, once", async () => {
    const { pool, key, pid } = await givenToStopped()
    await using _ = pool
    process.kill(pid, "SIGKILL")
    assert.notStrictEqual(valueOf(await pool.end(key)), pid)
    assert.deepStrictEqual(pool.story.slice(-2), [`slot ${key}`, `returned ${key}`])
  })

  it.each(["interrupt", "kill"] as const)("runs nowhere after %s (G2)", async (how) => {
    const { pool, key, pid } = await givenToStopped()
    await using _ = pool
    pool.executor[how](key)
    process.kill(pid, "SIGKILL")
    assert.match(reasonOf(await pool.end(key)), /^the process that ran it was /)
  })
})

describe("limits of memory", () => {
  it.each([
    ["on the heap", threadTasks.eatMemory, /was ended by SIGABRT|used \d+ MiB/],
    ["beside the heap", tasks.hoard, /used \d+ MiB of memory, more than it may, and was killed$/],
  ] as const)(
    "a process that needs more than it may dies, and only it: %s",
    async (_, task, reason) => {
      await using pool = await PoolProbe.open(subprocess({ slots: 1, memoryMaxMb: 200 }))
      const key = pool.start(task)
      const next = pool.start(threadTasks.add, 1)
      assert.match(reasonOf(await pool.end(key)), reason)
      assert.strictEqual(valueOf(await pool.end(next)), 2)
    },
  )
})

describe("recycling", () => {
  it("a process is replaced after so many attempts", async () => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1, recycle: { tasks: 3 } }))
    const keys = Array.from({ length: 7 }, () => pool.start(tasks.pid))
    const pids: Array<unknown> = []
    for (const key of keys) pids.push(valueOf(await pool.end(key)))
    assert.strictEqual(new Set(pids).size, 3)
    assert.deepStrictEqual([pids[0], pids[3]], [pids[2], pids[5]])
    await untilGone(Number(pids[0]))
  })

  it("and when it has come to use so much memory", async () => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1, recycle: { memoryMb: 200 } }))
    const first = valueOf(await pool.run(tasks.grow, 1))
    assert.strictEqual(valueOf(await pool.run(tasks.grow, 200)), first)
    assert.notStrictEqual(valueOf(await pool.run(tasks.grow, 1)), first)
  })

  it("options that make no sense are refused", () => {
    assert.throws(() => subprocess({ slots: 0 }), /slots is 0/)
    assert.throws(() => subprocess({ slots: 1, memoryMaxMb: -1 }), /memoryMaxMb is -1/)
    assert.throws(() => subprocess({ slots: 1, recycle: { tasks: 0 } }), /recycle\.tasks is 0/)
    assert.throws(() => subprocess({ slots: 1, recycle: { memoryMb: 0.5 } }), /memoryMb is 0\.5/)
  })
})

describe("what a task can do to the executor", () => {
  it("it leads a group of its own, and sees nothing of ours", async () => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const pid = valueOf(await pool.run(tasks.pid))
    assert.strictEqual(valueOf(await pool.run(tasks.group)), pid)
    assert.deepStrictEqual(valueOf(await pool.run(tasks.arguments)), [2, true])
  })
})

describe("the end of the worker", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)(
    "by %s is the end of its processes, also of those that spin, and of what they started",
    async (signal) => {
      using folder = temporary()
      const file = folder.file("started")
      const script = new URL("./fixtures/processWorker.ts", import.meta.url)
      const worker = spawn(
        process.execPath,
        ["--conditions=@scaler-ts/source", script.pathname, file],
        { stdio: ["ignore", "pipe", "inherit"] },
      )
      const [said] = (await once(worker.stdout, "data")) as [Buffer]
      const spinning = said.toString().trim().split(" ").map(Number)
      assert.strictEqual(spinning.length, 2)
      const started = await writerOf(file)
      for (const pid of [...spinning, started]) assert.isTrue(runs(pid))
      worker.kill(signal)
      await once(worker, "exit")
      for (const pid of [...spinning, started]) await untilGone(pid)
    },
  )

  it.each([
    ["idle", "a forgotten pool does not keep its process alive"],
    ["busy", "work that is under way keeps its process alive until it is done"],
    ["shutdown", "a shutdown, even of spinning processes, leaves nothing behind"],
  ])("%s: %s", async (how) => {
    const script = new URL("./fixtures/threadProcess.ts", import.meta.url)
    const child = spawn(
      process.execPath,
      ["--conditions=@scaler-ts/source", script.pathname, how, "process"],
      { stdio: ["ignore", "pipe", "inherit"] },
    )
    let said = ""
    child.stdout.on("data", (data: Buffer) => (said += data.toString()))
    const [code] = await once(child, "close")
    assert.deepStrictEqual([code, said], [0, `${how} done\n`])
  })
})
