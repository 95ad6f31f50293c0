import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import { TablesRig, taskOf } from "./inlineSupport.ts"

test("a drain gives back what waits and lets run what runs", () => {
  const rig = new TablesRig().dispatch(1, 2, 3)
  rig.take()
  rig.tables.drainAsked()
  assert.deepEqual(rig.take(), ["canceled 2.1 neverStarted", "canceled 3.1 neverStarted"])
  rig.executor.returned(1)
  assert.deepEqual(rig.take(), ["success 1.1"])
  assert.equal(rig.tables.size, 0)
})

test("a drain that lost against the executor leaves the attempt running", () => {
  const rig = new TablesRig().dispatch(1, 2)
  rig.executor.returnedUnreported(1)
  rig.take()
  rig.tables.drainAsked()
  assert.deepEqual(rig.take(), ["started 2.1"])
  assert.equal(rig.executor.holding.has(2), true)
})

test("once the drain bound has passed what runs is stopped, unasked; a result is still sent", () => {
  const rig = new TablesRig(2).dispatch(1, 2)
  rig.take()
  rig.tables.drainBoundPassed()
  assert.deepEqual(rig.executor.told.slice(2), ["interrupt 1", "interrupt 2"])
  rig.executor.stopped(1)
  rig.executor.returned(2)
  assert.deepEqual(rig.take(), ["success 2.1"], "the goodbye answers for the one that stopped")
  assert.deepEqual([rig.tables.size, rig.grace()], [0, []])
})

test("what ignores a drain is killed after the grace period, and not reported as a death", () => {
  const rig = new TablesRig().dispatch(1)
  rig.take()
  rig.tables.drainBoundPassed()
  rig.grace()[0]?.fire()
  rig.executor.exited(1)
  assert.deepEqual([rig.take(), rig.executor.told.at(-1)], [[], "kill 1"])
})

test("when the session is gone what waits ends in silence and what runs is stopped", () => {
  const rig = new TablesRig().dispatch(1, 2).cancel(1)
  rig.take()
  rig.tables.sessionGone()
  assert.deepEqual(rig.executor.line, [])
  rig.executor.stopped(1)
  assert.deepEqual([rig.take(), rig.tables.size], [[], 0])
})

test("what an executor says about an attempt that has ended is counted and goes nowhere (G9)", () => {
  const rig = new TablesRig().dispatch(1)
  rig.executor.returned(1)
  rig.take()
  rig.tables.returned(1, true, Uint8Array.of(), 0)
  rig.tables.stopped(1, () => Uint8Array.of(), 0)
  rig.tables.exited(1, "late", 0)
  rig.tables.started(1)
  rig.tables.progress(1, 0.5)
  rig.tables.log(1, "late", "log")
  assert.deepEqual(rig.take(), [])
  assert.deepEqual(rig.tables.status().ignored, { endLate: 6 })
})

test("progress and log lines carry the attempt they belong to", () => {
  const rig = new TablesRig(3).dispatch(4)
  for (const task of [7, 9]) rig.tables.dispatched({ ...taskOf(task), wantsOutput: true })
  rig.take()
  rig.tables.progress(1, 0.25)
  rig.tables.log(1, "nobody wants it", "log")
  rig.tables.log(3, "a line", "stderr")
  rig.tables.log(2, "x".repeat(10_041), "log")
  const long = `${"x".repeat(10_000)}… (41 more characters)`
  assert.deepEqual(rig.take(), ["progress 4.1 0.25", "stderr 9.1 a line", `log 7.1 ${long}`])
})

interface Operation {
  readonly kind: number
  readonly which: number
}

const operations: fc.Arbitrary<Array<Operation>> = fc.array(
  fc.record({ kind: fc.nat(12), which: fc.nat(20) }),
  { maxLength: 200, size: "max" },
)

/** Does one operation on a rig; tasks are numbered by `next`. */
const perform = (rig: TablesRig, { kind, which }: Operation, next: () => number): void => {
  const { executor, tables } = rig
  const held = [...executor.holding]
  const key = held[which % Math.max(1, held.length)]
  if (kind <= 3) rig.dispatch(next())
  else if (kind === 4) rig.cancel(which + 1)
  else if (kind === 5) rig.cancel(which + 1, false)
  else if (kind === 6) rig.grace()[0]?.fire()
  else if (kind === 7 && which === 0) tables.drainAsked()
  else if (kind === 8 && which === 0) tables.drainBoundPassed()
  else if (key === undefined) executor.report()
  else if (kind === 9) executor.returnedUnreported(key)
  else if (kind === 10 && executor.told.includes(`interrupt ${key}`)) executor.stopped(key)
  else if (kind === 11 && executor.told.includes(`kill ${key}`)) executor.exited(key)
  else executor.returned(key)
}

// fast-check prints the seed and the shrunk operations of a run that fails.
for (const canKill of [true, false]) {
  const what = canKill ? "an executor that can kill" : "an executor that cannot kill"
  test(`with ${what} the slots are counted right (G6) and no entry is left (G7), whatever happens`, () => {
    const property = fc.property(operations, fc.integer({ min: 1, max: 3 }), (all, slots) => {
      const rig = new TablesRig(slots, canKill)
      let task = 0
      for (const operation of all) {
        perform(rig, operation, () => ++task)
        const { waiting, running, stopping } = rig.tables.status().attempts
        assert.equal(waiting + running + stopping, rig.tables.size)
      }
      for (let n = 0; n <= task; n++) {
        rig.executor.report()
        for (const key of [...rig.executor.holding]) rig.executor.returned(key)
      }
      const { waiting, running, stopping } = rig.tables.status().attempts
      assert.deepEqual([waiting, running, stopping, rig.tables.size], [0, 0, 0, 0])
      assert.deepEqual(rig.executor.line, [])
      rig.take()
      for (let n = 1; n <= slots + 1; n++) rig.dispatch(task + n)
      const started = Array.from({ length: slots }, (_, n) => `started ${task + n + 1}.1`)
      assert.deepEqual(rig.take(), started, "every slot is free again, and none twice")
    })
    fc.assert(property, { numRuns: 500 })
  })
}

test("every attempt that started has exactly one end, and every cancel an answer (G1, G4)", () => {
  const property = fc.property(operations, (all) => {
    const rig = new TablesRig(2)
    let task = 0
    for (const operation of all) {
      if (operation.kind < 7 || operation.kind > 8) perform(rig, operation, () => ++task)
    }
    for (let n = 0; n <= task; n++) {
      rig.executor.report()
      for (const key of [...rig.executor.holding]) rig.executor.returned(key)
    }
    const ends = rig.take().filter((sent) => /^(success|failed|canceled)/.test(sent))
    const tasks = ends.map((end) => end.split(" ")[1])
    assert.equal(new Set(tasks).size, tasks.length)
    assert.equal(tasks.length, task)
  })
  fc.assert(property, { numRuns: 500 })
})

test("a parent hears that it is to stop before it hears that its children are lost (R31)", () => {
  const rig = new TablesRig().dispatch(1)
  rig.tables.said(1, taskOf(1))
  rig.tables.drainBoundPassed()
  assert.deepEqual(rig.executor.told.slice(1), ["interrupt 1", "tell 1 TaskResult 1"])
})
