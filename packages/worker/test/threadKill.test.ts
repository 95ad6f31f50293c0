import { assert, describe, it } from "@effect/vitest"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { thread } from "../src/thread.ts"
import { tasks } from "./fixtures/threadTasks.ts"
import { PoolProbe } from "./fixtures/poolProbe.ts"

const folder = mkdtempSync(join(tmpdir(), "scaler-thread-"))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const newFile = (): string => join(folder, String(files++))
const marksIn = (file: string): ReadonlyArray<string> =>
  readFileSync(file, "utf8").trimEnd().split("\n")

const names = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `mark ${index}`)

describe("kill", () => {
  it("a spinning function is killed, and what waited behind it runs exactly once, in order", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const file = newFile()
    const key = pool.start(tasks.spin)
    const marks = names(20).map((name) => pool.start(tasks.mark, { file, name }))
    await pool.heard(`log ${key} spinning`)
    pool.executor.interrupt(key)
    pool.executor.kill(key)
    const end = await pool.end(key)
    assert.isTrue(end._tag === "exited" && end.reason === "the thread that ran it was killed")
    for (const mark of marks) assert.strictEqual((await pool.end(mark))._tag, "returned")
    assert.deepStrictEqual(marksIn(file), names(20))
    assert.strictEqual(pool.story.filter((line) => line.startsWith("started")).length, 20)
  })

  it("every thread of the pool can be killed, one after the other, and all are replaced", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 2 }))
    for (let round = 0; round < 3; round++) {
      const spinning = [pool.start(tasks.spin), pool.start(tasks.spin)]
      for (const key of spinning) await pool.heard(`log ${key} spinning`)
      for (const key of spinning) pool.executor.kill(key)
      for (const key of spinning) assert.strictEqual((await pool.end(key))._tag, "exited")
    }
  })

  it("a kill that races the end of its attempt never ends a neighbour", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1, ahead: 8 }))
    const file = newFile()
    const rounds = Number(process.env["SCALER_RACE_ROUNDS"] ?? 150)
    const random = seeded(7)
    const ends = { returned: 0, exited: 0 }
    for (let round = 0; round < rounds; round++) {
      const us = 100 + random() * 100
      const target = pool.start(tasks.spinFor, us)
      const neighbours = [0, 1, 2].map((index) =>
        pool.start(tasks.mark, { file, name: `${round}.${index}` }),
      )
      await pool.heard(`log ${target} spinning`)
      // Around the function's end, where everything happens at once; nothing may depend on where.
      const until = performance.now() + (us + random() * 200 - 150) / 1000
      while (performance.now() < until);
      pool.executor.kill(target)
      const { _tag } = await pool.end(target)
      if (_tag === "returned" || _tag === "exited") ends[_tag]++
      else assert.fail(_tag)
      for (const key of neighbours) assert.strictEqual((await pool.end(key))._tag, "returned")
      pool.forget()
    }
    const expected = Array.from({ length: 3 * rounds }, (_, i) => `${Math.floor(i / 3)}.${i % 3}`)
    assert.deepStrictEqual(marksIn(file), expected)
    // Otherwise the race was not one.
    assert.isTrue(ends.returned > 0 && ends.exited > 0, JSON.stringify(ends))
  }, 60_000)

  it("an attempt the main side has not seen start can be killed, once it has claimed the thread", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const file = newFile()
    const first = pool.start(tasks.add, 1)
    const second = pool.start(tasks.markAndSpin, { file })
    // By now both are posted. Watched within one turn, so that no result is delivered meanwhile.
    await Promise.resolve()
    while (!existsSync(file));
    assert.deepStrictEqual(pool.story, [`slot ${first}`])
    assert.isFalse(pool.executor.withdraw(second))
    pool.executor.kill(second)
    assert.strictEqual((await pool.end(second))._tag, "exited")
    assert.strictEqual((await pool.end(first))._tag, "returned")
  })

  it("a kill before the thread has got to the attempt ends it without the thread", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const file = newFile()
    const key = pool.start(tasks.mark, { file, name: "never" })
    const next = pool.start(tasks.mark, { file, name: "next" })
    pool.executor.kill(key)
    assert.strictEqual((await pool.end(key))._tag, "exited")
    assert.strictEqual((await pool.end(next))._tag, "returned")
    assert.deepStrictEqual(marksIn(file), ["next"])
  })
})

describe("withdraw", () => {
  it("says true exactly for the attempts that never run", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 2, ahead: 16 }))
    const file = newFile()
    const random = seeded(11)
    const kept = new Set<string>()
    for (let round = 0; round < 40; round++) {
      const started = names(60).map((name) => {
        const full = `${round} ${name}`
        return { name: full, key: pool.start(tasks.mark, { file, name: full }) }
      })
      for (const { name } of started) kept.add(name)
      const withdrawn = new Set<number>()
      for (const { name, key } of started) {
        // From every place: the first are running, the last are still in the line.
        if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve))
        if (random() < 0.5 && !pool.ends.has(key) && pool.executor.withdraw(key)) {
          withdrawn.add(key)
          kept.delete(name)
        }
      }
      for (const { key } of started) if (!withdrawn.has(key)) await pool.end(key)
      for (const key of withdrawn) assert.isFalse(pool.ends.has(key))
    }
    assert.deepStrictEqual(marksIn(file).toSorted(), [...kept].toSorted())
  })

  it("an attempt that has a slot is not withdrawn", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const key = pool.start(tasks.add, 1)
    assert.isFalse(pool.executor.withdraw(key))
    assert.strictEqual((await pool.end(key))._tag, "returned")
    assert.isFalse(pool.executor.withdraw(key))
  })
})

describe("attempts that were handed to a thread ahead of their turn", () => {
  it("go to another thread when that has nothing to do", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 2 }))
    const [gate, file] = [newFile(), newFile()]
    const long = pool.start(tasks.holdUntil, { file: gate })
    const marks = names(20).map((name) => pool.start(tasks.mark, { file, name }))
    // All of them, though half of them were posted to the thread that holds.
    for (const key of marks) assert.strictEqual((await pool.end(key))._tag, "returned")
    assert.isFalse(pool.ends.has(long))
    writeFileSync(gate, "")
    assert.strictEqual((await pool.end(long))._tag, "returned")
    assert.deepStrictEqual(marksIn(file).toSorted(), names(20).toSorted())
  })

  it("are not held up by a long one even while the line is never empty", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 2, ahead: 4 }))
    const [gate, file] = [newFile(), newFile()]
    const long = pool.start(tasks.holdUntil, { file: gate })
    const early = names(12).map((name) => pool.start(tasks.mark, { file, name }))
    const stream = Array.from({ length: 50 }, (_, n) => pool.start(tasks.add, n))
    let over = 0
    // One more for every one that ends, until the early ones are done.
    while (early.some((key) => !pool.ends.has(key))) {
      const [key = 0] = stream.splice(0, 1)
      await pool.end(key)
      assert.isBelow(++over, 2000)
      stream.push(pool.start(tasks.add, 1))
    }
    assert.isFalse(pool.ends.has(long))
    writeFileSync(gate, "")
    for (const key of [long, ...stream]) assert.strictEqual((await pool.end(key))._tag, "returned")
  })
})

/** Numbers from 0 to 1, the same every time. */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x7fffffff
  }
}
