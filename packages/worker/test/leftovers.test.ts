import { assert, describe, it } from "@effect/vitest"
import { allOpens, allSteps, tasks } from "./fixtures/leftoverTasks.ts"
import { PoolProbe } from "./fixtures/poolProbe.ts"
import { pools } from "./fixtures/pools.ts"
import { linesOf, temporary, writtenLater } from "./fixtures/processEvidence.ts"

describe.each(pools)("what stops in a $kind and leaves something running", ({ kind, make }) => {
  const left = [
    ...allSteps.map((step) => [step, tasks.leaveWork] as const),
    ...allOpens.map((open) => [open, tasks.leaveOpen] as const),
  ]
  it.each(left)("%s: is not called stopped (G2)", async (what, task) => {
    using folder = temporary()
    await using pool = await PoolProbe.open(make(1))
    const file = folder.file(what)
    const key = pool.start(task, { file, kind: what as never })
    while (linesOf(file).length === 0) await new Promise(setImmediate)
    pool.executor.interrupt(key)
    // A look at what is left has been taken when another member has run and stopped meanwhile.
    await using other = await PoolProbe.open(make(1))
    const obeying = other.start(tasks.obey)
    await other.heard(`log ${obeying} waiting`)
    other.executor.interrupt(obeying)
    assert.strictEqual((await other.end(obeying))._tag, "stopped")
    assert.isFalse(pool.ends.has(key))
    pool.executor.kill(key)
    const end = await pool.end(key)
    assert.strictEqual(end._tag === "exited" && end.reason, `the ${kind} that ran it was killed`)
    assert.strictEqual(await writtenLater(file), 0)
  })
})
