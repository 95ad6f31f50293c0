import { Values } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import { taskOf, TablesRig } from "./inlineSupport.ts"

/** The decoded payload of the last result. */
const lastPayload = (rig: TablesRig): unknown => {
  const result = rig.sent.findLast((message) => message._tag === "TaskResult")
  assert.ok(result?._tag === "TaskResult")
  return Values.decode(result.payload)
}

test("an attempt that gets a slot is started and says so, and its result ends it", () => {
  const rig = new TablesRig().dispatch(1)
  assert.deepEqual([rig.take(), rig.executor.told], [["started 1.1"], ["start 1.1"]])
  rig.executor.returned(1)
  assert.deepEqual(rig.take(), ["success 1.1"])
  assert.equal(rig.tables.size, 0)
})

test("what a function throws is a failed result, with its payload as it is", () => {
  const rig = new TablesRig().dispatch(1)
  rig.executor.returned(1, false)
  assert.deepEqual(rig.take(), ["started 1.1", "failed 1.1"])
  const result = rig.sent.at(-1)
  assert.ok(result?._tag === "TaskResult")
  assert.deepEqual([result.payload, result.runMs, result.worker], [Uint8Array.of(1), 2, "w"])
})

test("a task nobody has a function for fails with the names of those there are", () => {
  const rig = new TablesRig()
  rig.tables.dispatched(taskOf(1, 1, "nothing\nlike it"))
  assert.deepEqual([rig.take(), rig.executor.told, rig.tables.size], [["failed 1.1"], [], 0])
  const error = lastPayload(rig)
  assert.ok(error instanceof Error)
  assert.equal(error.name, "UnknownTask")
  assert.equal(
    error.message,
    'worker "w" has no task named "nothing\\nlike it"; it has "sqrt", "render". ' +
      "Start a worker with the module that defines it.",
  )
})

test("a worker without any task says that it has none", () => {
  const rig = new TablesRig(1, true, {})
  rig.tables.dispatched(taskOf(1))
  const error = lastPayload(rig)
  assert.ok(error instanceof Error)
  assert.match(error.message, /it has none\. Start a worker/)
})

test("an attempt beyond the slots waits, and starts when a slot is free", () => {
  const rig = new TablesRig(2).dispatch(1, 2, 3)
  assert.deepEqual(rig.take(), ["started 1.1", "started 2.1"])
  assert.deepEqual(rig.tables.status().attempts, { waiting: 1, running: 2, stopping: 0 })
  rig.executor.returned(2)
  assert.deepEqual(rig.take(), ["success 2.1", "started 3.1"])
})

test("an attempt whose slot came free before the tables were told is started all the same (G6)", () => {
  const rig = new TablesRig().dispatch(1)
  rig.executor.returnedUnreported(1)
  rig.dispatch(2)
  rig.executor.report()
  assert.deepEqual(rig.take().toSorted(), ["started 1.1", "started 2.1", "success 1.1"])
  rig.cancel(2)
  rig.executor.stopped(2)
  assert.deepEqual(rig.take(), ["canceled 2.1 cooperative"])
  assert.equal(rig.tables.size, 0)
})

test("an attempt that is dispatched twice is run once", () => {
  const rig = new TablesRig(2).dispatch(1, 1)
  assert.deepEqual(rig.executor.told, ["start 1.1"])
  assert.deepEqual(rig.tables.status().ignored, { attemptKnown: 1 })
})

test("a cancel of an unseen or ended attempt is not found, and leaves no entry (G4, G7)", () => {
  const rig = new TablesRig().dispatch(1)
  rig.executor.returned(1)
  rig.take()
  rig.cancel(1).cancel(7, false)
  assert.deepEqual(rig.take(), ["cancelNotFound 1.1", "cancelNotFound 7.1"])
  assert.equal(rig.tables.size, 0)
})

test("a cancel of another attempt does not touch the one that runs (G9)", () => {
  const rig = new TablesRig()
  rig.tables.dispatched(taskOf(1, 2))
  rig.cancel(1)
  assert.deepEqual(rig.take(), ["started 1.2", "cancelNotFound 1.1"])
  assert.equal(rig.tables.size, 1)
})

for (const force of [true, false]) {
  test(`a ${force ? "forced" : "unforced"} cancel of a waiting attempt takes it back unstarted (G2)`, () => {
    const rig = new TablesRig().dispatch(1, 2)
    rig.take()
    rig.cancel(2, force)
    assert.deepEqual(rig.take(), ["canceled 2.1 neverStarted"])
    assert.deepEqual(rig.executor.line, [])
    rig.executor.returned(1)
    assert.deepEqual(rig.take(), ["success 1.1"])
  })

  test(`a ${force ? "forced" : "unforced"} cancel that lost against the executor meets a started attempt`, () => {
    const rig = new TablesRig().dispatch(1, 2)
    rig.executor.returnedUnreported(1)
    rig.take()
    rig.cancel(2, force)
    assert.deepEqual(rig.take(), force ? ["started 2.1"] : ["started 2.1", "cancelFailed 2.1"])
    assert.equal(rig.executor.told.includes("interrupt 2"), force)
    rig.executor.report()
    rig.executor.stopped(2)
    const last = force ? "canceled 2.1 cooperative" : "failed 2.1"
    assert.deepEqual(rig.take(), ["success 1.1", last])
    assert.equal(rig.tables.size, 0)
  })
}

test("an unforced cancel of a running attempt is refused and changes nothing", () => {
  const rig = new TablesRig().dispatch(1).cancel(1, false)
  assert.deepEqual(rig.take(), ["started 1.1", "cancelFailed 1.1"])
  assert.deepEqual(rig.executor.told, ["start 1.1"])
})

test("a forced cancel interrupts once, and is answered once, when the code has stopped (G2, G4)", () => {
  const rig = new TablesRig().dispatch(1).cancel(1).cancel(1).cancel(1, false)
  assert.deepEqual(rig.take(), ["started 1.1"])
  assert.deepEqual(rig.executor.told, ["start 1.1", "interrupt 1"])
  rig.executor.stopped(1)
  assert.deepEqual(rig.take(), ["canceled 1.1 cooperative"])
  assert.deepEqual([rig.grace(), rig.tables.size], [[], 0])
  assert.deepEqual(rig.tables.status().ignored, { cancelRepeated: 2 })
})

test("a function that returns while it is stopped answers with its result (G4)", () => {
  const rig = new TablesRig().dispatch(1, 2).cancel(1)
  rig.take()
  rig.executor.returned(1)
  assert.deepEqual(rig.take(), ["success 1.1", "started 2.1"])
  assert.deepEqual(rig.grace(), [])
})

test("what does not stop within the grace period is killed, and confirmed at its exit (G2)", () => {
  const rig = new TablesRig().dispatch(1).cancel(1)
  rig.take()
  rig.grace()[0]?.fire()
  assert.deepEqual([rig.take(), rig.executor.told.at(-1)], [[], "kill 1"])
  assert.deepEqual(rig.tables.status().attempts, { waiting: 0, running: 0, stopping: 1 })
  rig.executor.exited(1)
  assert.deepEqual(rig.take(), ["canceled 1.1 killed"])
})

test("a confirm says how long it took from the newest request to the end of the code", () => {
  const rig = new TablesRig(4, false).dispatch(1, 2, 3, 4, 5)
  rig.take()
  rig.nowMs = 1_000
  rig.cancel(1).cancel(2).cancel(3).cancel(5)
  rig.nowMs = 1_040
  rig.cancel(1)
  rig.executor.stopped(1)
  rig.executor.exited(2)
  rig.grace()[0]?.fire()
  rig.nowMs = 1_100
  rig.cancel(3)
  rig.nowMs = 1_107
  rig.executor.stopped(3)
  assert.deepEqual(rig.take(), [
    "canceled 5.1 neverStarted",
    "canceled 1.1 cooperative after 40 ms",
    "canceled 2.1 killed after 40 ms",
    "cancelFailed 3.1",
    "canceled 3.1 cooperative after 7 ms",
  ])
})

test("a task's own grace period takes the place of the worker's, also one of nothing", () => {
  const rig = new TablesRig(3).dispatch(1)
  rig.tables.dispatched({ ...taskOf(2), graceMs: 7_000 })
  rig.tables.dispatched({ ...taskOf(3), graceMs: 0 })
  rig.cancel(1).cancel(2).tables.drainBoundPassed()
  assert.deepEqual(rig.grace().map(({ delayMs }) => delayMs), [100, 7_000, 0]) // oxfmt-ignore
  rig.grace()[2]?.fire()
  assert.equal(rig.executor.told.at(-1), "kill 3")
})

test("where the executor cannot kill, the cancel is refused and the task runs on (R14)", () => {
  const rig = new TablesRig(1, false).dispatch(1).cancel(1)
  rig.grace()[0]?.fire()
  assert.deepEqual(rig.take(), ["started 1.1", "cancelFailed 1.1"])
  assert.equal(rig.executor.told.includes("kill 1"), false)
  rig.executor.returned(1)
  assert.deepEqual(rig.take(), ["success 1.1"])
})

test("a late stop after a refusal is confirmed (R38)", () => {
  const rig = new TablesRig(1, false).dispatch(1, 2).cancel(1)
  rig.grace()[0]?.fire()
  rig.take()
  rig.executor.stopped(1)
  assert.deepEqual(rig.take(), ["canceled 1.1 cooperative", "started 2.1"])
})

test("a cancel after a refusal asks once more", () => {
  const rig = new TablesRig(1, false).dispatch(1).cancel(1)
  rig.graces[0]?.fire()
  rig.cancel(1)
  rig.graces[1]?.fire()
  assert.deepEqual(rig.take(), ["started 1.1", "cancelFailed 1.1", "cancelFailed 1.1"])
  assert.deepEqual(rig.executor.told, ["start 1.1", "interrupt 1", "interrupt 1"])
})

test("what dies by itself is a failedWorkerDied that says how and where", () => {
  const rig = new TablesRig().dispatch(1)
  rig.executor.exited(1)
  assert.deepEqual(rig.take(), ["started 1.1", "failedWorkerDied 1.1"])
  assert.deepEqual(lastPayload(rig), { reason: "exit code 1", workers: ["w"] })
})

test("what is being cancelled and has not stopped for a while says how far that has come", () => {
  const rig = new TablesRig().dispatch(1).cancel(1)
  assert.deepEqual(rig.take(), ["started 1.1"], "most stop at once")
  rig.looks[0]?.fire()
  assert.deepEqual(rig.take(), ["interrupted 1.1"])
  rig.grace()[0]?.fire()
  assert.deepEqual([rig.take(), rig.executor.told.at(-1)], [[], "kill 1"])
  rig.looks[1]?.fire()
  assert.deepEqual(rig.take(), ["killing 1.1"])
  rig.executor.exited(1)
  assert.deepEqual(rig.take(), ["canceled 1.1 killed"])
  assert.ok(rig.looks.every(({ stopped }) => stopped))
})

test("what stops because its worker leaves tells nobody how far it is", () => {
  const rig = new TablesRig().dispatch(1)
  rig.tables.drainAsked()
  rig.tables.drainBoundPassed()
  rig.looks[0]?.fire()
  assert.deepEqual(rig.take(), ["started 1.1"])
})

test("a look that comes after a refusal tells nothing", () => {
  const rig = new TablesRig(1, false).dispatch(1).cancel(1)
  rig.grace()[0]?.fire()
  rig.looks[0]?.fire()
  assert.deepEqual(rig.take(), ["started 1.1", "cancelFailed 1.1"])
  assert.deepEqual(rig.tables.status().ignored, { stillLate: 1 })
})
