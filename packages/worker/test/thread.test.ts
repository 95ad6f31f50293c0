import { assert, describe, it } from "@effect/vitest"
import { thread } from "../src/thread.ts"
import { type End, PoolProbe } from "./fixtures/poolProbe.ts"
import { tasks } from "./fixtures/threadTasks.ts"

const valueOf = (end: End): unknown => (end._tag === "returned" ? end.value : end)

describe("what a task posts past the executor", () => {
  it("is not taken for anything of the executor's", async () => {
    await using pool = await PoolProbe.open(thread({ slots: 1 }))
    const keys = [pool.start(tasks.postPast), pool.start(tasks.add, 1)]
    const ends = await Promise.all(keys.map((key) => pool.end(key)))
    assert.deepStrictEqual(ends.map(valueOf), ["posted", 2])
    assert.deepStrictEqual(pool.story, ["slot 1", "returned 1", "started 2", "returned 2"])
    assert.deepStrictEqual(valueOf(await pool.run(tasks.seeWorkerData)), [])
  })
})

describe("how threads are used", () => {
  it("options that make no sense are refused", () => {
    assert.throws(() => thread({ slots: 0 }), /slots is 0/)
    assert.throws(() => thread({ slots: 1.5 }), /slots is 1.5/)
    assert.throws(() => thread({ slots: 1, ahead: -1 }), /ahead is -1/)
  })
})
