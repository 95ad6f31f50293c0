import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { subprocess } from "../src/process.ts"
import { PoolProbe } from "./fixtures/poolProbe.ts"
import { raw } from "./fixtures/rawPrints.ts"
import { tasks } from "./fixtures/threadTasks.ts"

const open = (slots = 1): Promise<PoolProbe> => PoolProbe.open(subprocess({ slots }))

const saidBy = (pool: PoolProbe, from: string): ReadonlyArray<string> =>
  pool.story.filter((line) => line.startsWith(from)).map((line) => line.slice(from.length + 1))

const numbered = (lines: number): string =>
  Array.from({ length: lines }, (_, n) => `line ${n + 1}`).join()

const script = new URL("./fixtures/rawPrints.ts", import.meta.url).pathname
const args = ["--conditions=@scaler-ts/source", script]

describe("what is printed past JavaScript in a process", () => {
  it("is told in order with what JavaScript prints and logs, the last line without an end too", async () => {
    await using pool = await open()
    await pool.run(raw.mixed)
    const told = ["a", "b", "c", "d", "e", "f", "g", "h", "no end"]
    assert.deepStrictEqual(
      pool.story
        .slice(1, -1)
        .map((line) => line.replace(/^\S+ 1 /, ""))
        .toSorted(),
      told.toSorted(),
    )
    assert.deepStrictEqual(saidBy(pool, "stdout 1"), ["a", "b", "d", "g", "no end"])
    assert.deepStrictEqual(saidBy(pool, "stderr 1"), ["c", "f", "h"])
    // A line that is logged has its place in both.
    const logged = pool.story.indexOf("log 1 e")
    const [before, behind] = [pool.story.slice(0, logged), pool.story.slice(logged)]
    for (const line of ["stdout 1 d", "stderr 1 c"]) assert.include(before, line)
    for (const line of ["stderr 1 f", "stdout 1 g"]) assert.include(behind, line)
    assert.deepStrictEqual(pool.story.slice(-2), ["stdout 1 no end", "returned 1"])
  })

  it("is told of a child process that is awaited", async () => {
    await using pool = await open()
    await pool.run(raw.spawned, "of a child")
    assert.deepStrictEqual(saidBy(pool, "stdout 1"), ["of a child", "behind it"])
  })

  it("may end within a character, and go on in another process", async () => {
    await using pool = await open()
    await pool.run(raw.halves)
    assert.deepStrictEqual(saidBy(pool, "stdout 1"), ["grün"])
    assert.deepStrictEqual(saidBy(pool, "stderr 1"), ["gr\ufffd"])
  })

  it("is of its own attempt, whoever wants to be told of the others", async () => {
    await using pool = await open()
    for (const wanted of [true, false, true]) {
      pool.wantsOutput = wanted
      await pool.run(raw.write, wanted ? "wanted" : "")
    }
    assert.deepStrictEqual(saidBy(pool, "stdout 1"), ["wanted"])
    assert.deepStrictEqual(saidBy(pool, "stdout 3"), ["wanted"])
    assert.deepStrictEqual(saidBy(pool, "stdout 2"), [])
  })

  it("is told before the end of a process that is killed right behind it", async () => {
    await using pool = await open()
    await pool.run(raw.dieAfter, "last\nwords")
    assert.deepStrictEqual(pool.story.slice(1), ["stdout 1 last", "stdout 1 words", "exited 1"])
  })

  it("goes to the streams of the worker when nobody wants it, in order", () => {
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" })
    const lines = stdout.trimEnd().split("\n")
    assert.deepStrictEqual(lines.slice(0, 5), ["a", "b", "d", "g", "no endline 1"])
    assert.strictEqual(lines.slice(5).join(), numbered(20_000).slice("line 1,".length))
    assert.strictEqual(stderr, "c\nf\nh\n")
  })

  it("ends no worker whose own streams nobody reads any more", async () => {
    const worker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    worker.stdout.destroy()
    worker.stderr.destroy()
    const [code] = (await once(worker, "exit")) as [number | null]
    assert.strictEqual(code, 0)
  })

  it("harms nobody when a task closes what it prints to (G10)", async () => {
    await using pool = await open()
    assert.strictEqual((await pool.run(raw.closeAll))._tag, "returned")
    assert.deepStrictEqual(pool.story, ["slot 1", "log 1 closed", "returned 1"])
    assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
  })
})

describe("more than is taken, printed past JavaScript in a process", () => {
  it.each(["count", "countInShell", "countBeside"] as const)(
    "holds whoever prints it, and no line is lost (G10): %s",
    async (name) => {
      await using pool = await open(2)
      let behind = 0
      pool.onTold = (line) => {
        if (!/^std... 1 line/.test(line) || ++behind % 400 !== 1) return
        pool.executor.holdOutput(1)
        setTimeout(() => pool.executor.releaseOutput(1), 5)
      }
      const lines = { count: 40_000, countInShell: 10_000, countBeside: 20_000 }[name]
      const end = await pool.run(raw[name], lines)
      assert.strictEqual(end._tag, "returned")
      assert.strictEqual(saidBy(pool, "stdout 1").join(), numbered(lines))
      if (name === "countBeside")
        assert.strictEqual(saidBy(pool, "stderr 1").join(), numbered(lines))
    },
  )

  it.each(["flood", "floodWithoutEnd"] as const)(
    "delays no other, fills no memory, and ends when it is killed (G10): %s",
    async (name) => {
      await using pool = await open(2)
      let told = 0
      let longest = 0
      pool.onTold = (line) => {
        if (!line.startsWith("stdout 1")) return
        told++
        longest = Math.max(longest, line.length)
        pool.story.pop()
      }
      const key = pool.start(raw[name])
      await (name === "flood" ? pool.until(() => told > 20_000) : pool.run(tasks.add, 1))
      const before = process.memoryUsage().rss
      for (let n = 0; n < 50; n++)
        assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
      pool.executor.holdOutput(key)
      const toldWhenHeld = told
      for (let n = 0; n < 50; n++)
        assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
      assert.isAtMost(told - toldWhenHeld, 256)
      assert.isBelow(process.memoryUsage().rss - before, 100_000_000)
      pool.executor.kill(key)
      assert.strictEqual((await pool.end(key))._tag, "exited")
      pool.executor.releaseOutput(key)
      const leftOut = pool.story.filter((line) => line.endsWith("left out: its process has ended"))
      assert.strictEqual(leftOut.length, name === "flood" ? 1 : 0)
      assert.isBelow(longest, 270_000)
      assert.strictEqual((await pool.run(tasks.add, 1))._tag, "returned")
    },
  )

  it("is not waited for when it comes from who has left the group and has the pipe", async () => {
    await using pool = await open()
    const key = pool.start(raw.escape)
    await pool.heard("stdout 1 still here")
    const [pid] = saidBy(pool, "log 1").map(Number)
    try {
      pool.executor.kill(key)
      assert.strictEqual((await pool.end(key))._tag, "exited")
    } finally {
      process.kill(pid ?? 0, "SIGKILL")
    }
  })
})
