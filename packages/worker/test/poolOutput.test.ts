import { assert, describe, it } from "@effect/vitest"
import { execFileSync, spawnSync } from "node:child_process"
import { prints } from "./fixtures/poolPrints.ts"
import { PoolProbe } from "./fixtures/poolProbe.ts"
import { pools } from "./fixtures/pools.ts"
import { tasks } from "./fixtures/threadTasks.ts"

/** Blocks this thread for as long as a process takes: plenty for others to get far, or to be gone. */
const letOthersRun = (): void => void execFileSync(process.execPath, ["--version"])

describe.each(pools)("what a task prints in a $kind", ({ kind, make }) => {
  it("is told line by line, in order with what it logs, the last line without an end too", async () => {
    await using pool = await PoolProbe.open(make(1))
    await pool.run(prints.mixed)
    assert.deepStrictEqual(pool.story, [
      "slot 1",
      "stdout 1 one { two: 2 }",
      "log 1 logged",
      "stderr 1 bad",
      "stderr 1 worse",
      "stdout 1 partial",
      "stdout 1 rest",
      "returned 1",
    ])
  })

  it("may be bytes that end within a character, in any encoding, and writes call back", async () => {
    await using pool = await PoolProbe.open(make(1))
    const end = await pool.run(prints.odd)
    assert.isTrue(end._tag === "returned" && end.value === true)
    const told = pool.story.slice(1, -1)
    assert.deepStrictEqual(told, [
      "stdout 1 grün",
      "stdout 1 world",
      "stdout 1 waited",
      "stderr 1 gr\ufffd",
    ])
  })

  it("is refused by the stream itself when it is no text", async () => {
    await using pool = await PoolProbe.open(make(1))
    const end = await pool.run(prints.wrong)
    assert.isTrue(end._tag === "threw" && String(end.error).includes("chunk"))
  })

  it("is cut where a line is too long", async () => {
    await using pool = await PoolProbe.open(make(1))
    await pool.run(prints.long)
    const [, long = "", short] = pool.story
    assert.isTrue(long.endsWith("x… (37856 more characters)"))
    assert.strictEqual(short, "stdout 1 y")
  })

  it("is nothing that is left running: the first that prints stops when it is asked (G2)", async () => {
    await using pool = await PoolProbe.open(make(1))
    pool.wantsOutput = false
    await pool.run(tasks.add, 1)
    pool.wantsOutput = true
    const key = pool.start(prints.obey)
    await pool.heard(`stderr ${key} still`)
    pool.executor.interrupt(key)
    assert.strictEqual((await pool.end(key))._tag, "stopped")
  })

  it("is of the attempt that runs: nothing of one that has ended is told", async () => {
    await using pool = await PoolProbe.open(make(1))
    await pool.run(prints.later)
    await pool.run(prints.say, "mine")
    const told = pool.story.filter((line) => line.startsWith("stdout 1"))
    assert.deepStrictEqual(told, [])
    assert.include(pool.story, "stdout 2 mine")
  })

  it("goes where it would go anyway when nobody wants it, also where somebody did", () => {
    const script = new URL("./fixtures/poolPrints.ts", import.meta.url)
    const args = ["--conditions=@scaler-ts/source", script.pathname, kind]
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" })
    assert.strictEqual(stdout, "unwanted\n")
  })
})

describe.each(pools)("a task in a $kind whose client takes its lines too slowly", ({ make }) => {
  it("is held until it is let go, harms no other, and loses no line (G10)", async () => {
    await using pool = await PoolProbe.open(make(2))
    pool.onTold = (line) => {
      if (line === "log 1 line 1000") pool.executor.holdOutput(1)
    }
    const key = pool.start(prints.many, 2_000)
    await pool.heard("log 1 line 1000")
    for (let n = 0; n < 3; n++) assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
    letOthersRun()
    await pool.run(tasks.add, 1)
    assert.isFalse(pool.ends.has(key))
    const ahead = pool.story.filter((line) => line.startsWith("log 1")).length
    assert.isAtMost(ahead, 1_000 + 256)
    pool.executor.releaseOutput(key)
    await pool.end(key)
    const told = pool.story.filter((line) => /^(log|stdout) 1/.test(line))
    const all = Array.from({ length: 2_000 }, (_, n) => `log 1 line ${n + 1}`)
    assert.isTrue(told.join() === [...all, "stdout 1 end"].join())
  })

  it("has its end told although nobody takes its last lines, and owes the next nothing (G10)", async () => {
    await using pool = await PoolProbe.open(make(1))
    pool.onTold = (line) => {
      if (line === "log 1 line 1") pool.executor.holdOutput(1)
      if (line === "returned 1") pool.executor.releaseOutput(1)
    }
    assert.strictEqual((await pool.run(prints.many, 255))._tag, "returned")
    assert.strictEqual((await pool.run(prints.many, 1_000))._tag, "returned")
  })

  it("is stopped while it is held (G10)", async () => {
    await using pool = await PoolProbe.open(make(1))
    pool.onTold = (line) => {
      if (line === "log 1 x") pool.executor.holdOutput(1)
    }
    const key = pool.start(prints.forEver)
    await pool.heard("log 1 x")
    letOthersRun()
    pool.executor.kill(key)
    assert.strictEqual((await pool.end(key))._tag, "exited")
    assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
  })
})

describe.each(pools)(
  "the progress of a task in a $kind right behind another that told its own",
  ({ make }) => {
    it("is told at once, though the task never yields", async () => {
      await using pool = await PoolProbe.open(make(1))
      await pool.run(tasks.talk, { lines: 2 })
      const key = pool.start(tasks.tellAndSpin, 0.5)
      await pool.heard(`progress ${key} 0.5`)
      pool.executor.kill(key)
      assert.strictEqual((await pool.end(key))._tag, "exited")
    })

    it("is told down to the newest, though the task tells no more and does not end", async () => {
      await using pool = await PoolProbe.open(make(1))
      await pool.run(tasks.talk, { lines: 2 })
      const key = pool.start(tasks.tellAndWait, 0.5)
      await pool.heard(`progress ${key} 0.5`)
      pool.executor.interrupt(key)
      assert.strictEqual((await pool.end(key))._tag, "stopped")
    })
  },
)
