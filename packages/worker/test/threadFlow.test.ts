import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { thread } from "../src/thread.ts"
import { floods, gateWord, shareWords, toldWord } from "./fixtures/threadFloods.ts"
import { PoolProbe } from "./fixtures/poolProbe.ts"
import { tasks } from "./fixtures/threadTasks.ts"

const lines = (key: number, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, line) => `log ${key} line ${line}`)

/** Blocks this thread for as long as a process takes: plenty for others to get far, or to be gone. */
const letOthersRun = (): void => void execFileSync(process.execPath, ["--version"])

describe("a task that logs faster than its lines are taken", () => {
  it("is held: all lines arrive, in order, and others run meanwhile (G10)", async () => {
    const words = shareWords()
    await using pool = await PoolProbe.open(thread({ slots: 2 }))
    pool.onTold = () => void Atomics.add(words, toldWord, 1)
    const key = pool.start(floods.logLines, 200_000)
    await pool.until(() => pool.story.length > 1)
    // The flood goes on until this one has ended on the other thread.
    const other = pool.start(tasks.add, 1)
    assert.strictEqual((await pool.end(other))._tag, "returned")
    assert.isFalse(pool.ends.has(key))
    Atomics.store(words, gateWord, 1)
    const end = await pool.end(key)
    const value = end._tag === "returned" ? (end.value as { lines: number; ahead: number }) : end
    if ("_tag" in value) return assert.fail(JSON.stringify(value))
    assert.isAtLeast(value.lines, 200_000)
    assert.isAtMost(value.ahead, 256)
    const told = pool.story.filter((line) => line.startsWith("log "))
    // Compared as one: a difference in so many lines takes minutes to show.
    assert.isTrue(told.join() === lines(key, value.lines).join())
    assert.strictEqual(pool.story.at(-1), `returned ${key}`)
  })

  it("all it logged before its thread died is told before its end", async () => {
    const words = shareWords()
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const key = pool.start(floods.logAndExit, 100)
    // By now it is posted. Watched within one turn, so that the exit is there when the lines are looked at.
    await Promise.resolve()
    while (Atomics.load(words, gateWord) === 0);
    letOthersRun()
    assert.strictEqual((await pool.end(key))._tag, "exited")
    assert.deepStrictEqual(pool.story, [`slot ${key}`, ...lines(key, 100), `exited ${key}`])
  })
})

describe("progress told in quick succession", () => {
  it("comes down to the newest, which is told before the end (G10)", async () => {
    const words = shareWords()
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    pool.onTold = (line) => {
      if (line !== "progress 1 0") return
      // Held here until the task has told all of it.
      Atomics.store(words, gateWord, 1)
      while (Atomics.load(words, gateWord) === 1);
    }
    await pool.run(floods.tellProgress, 10_000)
    assert.deepStrictEqual(pool.story, ["slot 1", "progress 1 0", "progress 1 1", "returned 1"])
  })

  it("is each attempt's own, however many there were on the thread", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1, ahead: 2 }))
    const keys = Array.from({ length: 40 }, (_, n) => pool.start(floods.tellOnce, n / 40))
    for (const key of keys) await pool.end(key)
    const told = pool.story.filter((line) => /^(progress|returned)/.test(line))
    assert.deepStrictEqual(
      told,
      keys.flatMap((key, n) => [`progress ${key} ${n / 40}`, `returned ${key}`]),
    )
  })
})

describe("a flood that never ends", () => {
  it.each(["logForEver", "logLongForEver", "progressForEver"] as const)(
    "%s is killed, seen to end, and nothing of it is told afterwards (G10)",
    async (name) => {
      await using pool = await PoolProbe.open(thread({ slots: 2 }))
      const key = pool.start(floods[name])
      await pool.until(() => pool.story.length > 1)
      assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
      letOthersRun()
      pool.executor.interrupt(key)
      pool.executor.kill(key)
      const before = pool.story.length
      const end = await pool.end(key)
      assert.isTrue(end._tag === "exited" && end.reason === "the thread that ran it was killed")
      // What may be on its way at once, and the end.
      if (name !== "progressForEver") assert.isAtMost(pool.story.length - before, 257)
      const after = [pool.start(tasks.add, 1), pool.start(tasks.add, 1)]
      for (const next of after) assert.strictEqual((await pool.end(next))._tag, "returned")
      const told = pool.story.slice(pool.story.indexOf(`exited ${key}`))
      assert.isFalse(told.some((line) => line.startsWith("log ") || line.startsWith("progress ")))
    },
  )
})
