import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import { reachable } from "./support/reachable.ts"
import { type Operation, RandomRun } from "./support/RandomRun.ts"

const operations: fc.Arbitrary<Array<Operation>> = fc.array(
  fc.record({ kind: fc.nat(22), which: fc.nat(40), how: fc.nat(40) }),
  { maxLength: 400, size: "max" },
)

const runs = 500

// fast-check prints the seed and the shrunk operations of a run that fails.
test("whatever happens, held is what workers hold (G6), and at rest nothing is left (G7)", () => {
  const property = fc.property(operations, (all) => {
    const run = new RandomRun()
    run.step({ kind: 5, which: 0, how: 1 })
    run.step({ kind: 5, which: 1, how: 2 })
    for (const operation of all) run.step(operation)
    run.rest()
    run.step({ kind: 5, which: 2, how: 4 })
    run.rest()
    const { tasks, workers, tombstones, clients } = run.rig.tables.status()
    assert.deepEqual(
      { ...tasks, queued: 0 },
      { queued: 0, running: 0, recalling: 0, cancelling: 0 },
    )
    assert.deepEqual(new Set(workers.map(({ held }) => held)), new Set([0]))
    assert.equal(run.rig.running().length, 0)
    const entries = reachable(run.rig.tables, "stopTimeout")
    assert.equal(entries, tasks.queued, "the tables hold tasks that have ended (G7)")
    assert.ok(tombstones <= 16 * clients)
    if (workers.every(({ draining }) => draining)) return
    assert.equal(tasks.queued, 0)
    for (const [, client] of run.ends()) {
      assert.equal(client.ends.size, client.submitted, "every task was told its end (G5)")
    }
  })
  fc.assert(property, { numRuns: runs })
})
