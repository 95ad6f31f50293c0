import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

const atRest = { queued: 0, running: 0, recalling: 0, cancelling: 0 }

test("a cancel right after submit is answered, however short the task was in the queue (R1, G4)", () => {
  const rig = new Rig().client("c").submit("c", 1).cancel("c", 1)
  assert.deepEqual(rig.take(), ["c: canceled 1.0 neverStarted of nobody"])
  assert.deepEqual(rig.tables.status().tasks, atRest)
})

test("a task cancelled in the queue is never dispatched (R2, G2)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).submit("c", 2).submit("c", 3)
  rig.cancel("c", 2).take()
  rig.result("w", 1)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 success of w", "w: Task 3.1"])
  rig.result("w", 3)
  assert.deepEqual(rig.take(), ["c: TaskResult 3.1 success of w"])
})

test("a running task is cancelled by force, and its slot is free with the confirm, not before (R10, G6)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).submit("c", 2)
  rig.started("w", 1).take()
  rig.cancel("c", 1)
  assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced"], "task 2 waits for the end")
  assert.deepEqual(rig.held(), { w: 1 })
  rig.confirm("w", [1, 1], "canceled", "cooperative")
  assert.deepEqual(rig.take(), ["c: canceled 1.1 cooperative of w", "w: Task 2.1"])
  assert.deepEqual(rig.held(), { w: 1 })
})

test("a slot is freed once, whatever is said again about the attempt that held it (R11, G6)", () => {
  const rig = new Rig().client("c").worker("w", 2).submit("c", 1).submit("c", 2).cancel("c", 1)
  rig.confirm("w", [1, 1], "canceled", "killed")
  rig
    .confirm("w", [1, 1], "canceled", "killed")
    .result("w", 1)
    .confirm("w", [1, 1], "cancelNotFound")
  assert.deepEqual(rig.held(), { w: 1 })
  assert.deepEqual(rig.tables.status().ignored, { attemptStale: 3 })
})

test("one cancel is sent, however often it is asked for (R12)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1)
  rig.cancel("c", 1).cancel("c", 1).cancel("c", 1)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: TaskCancel 1.1 forced"])
})

test("a result that races a cancel is forwarded and frees the slot (R3, G5, G6)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).submit("c", 2).cancel("c", 1)
  rig.take()
  rig.result("w", 1)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 success of w", "w: Task 2.1"])
  assert.equal(rig.tables.status().tombstones, 0, "of a result nothing stays (G7)")
})

test("a cancel that crosses the result is answered by the result, and only counted (G4)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).result("w", 1)
  rig.take()
  rig.cancel("c", 1)
  assert.deepEqual(rig.take(), [])
  assert.deepEqual(rig.tables.status().ignored, { cancelAfterResult: 1 })
})

test("a cancel after the confirm is told the same again, each time (G4)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).cancel("c", 1)
  const said = { task: 1, attempt: 1, worker: "w", type: "canceled", how: "killed" } as const
  rig.says("w", { _tag: "TaskCancelConfirm", ...said, stopMs: 12.5 })
  rig.cancel("c", 1).cancel("c", 1)
  const same = "c: canceled 1.1 killed of w after 12.5 ms"
  assert.deepEqual(rig.take().slice(2), [same, same, same])
})

test("of two clients each hears about its own task only, under the same number", () => {
  const rig = new Rig().client("c1").client("c2").worker("w", 2).submit("c1", 1).submit("c2", 1)
  rig.take()
  rig.cancel("c2", 1)
  assert.deepEqual(rig.take(), ["w: TaskCancel 2.1 forced"])
  rig.confirm("w", [2, 1], "canceled", "cooperative").result("w", 1)
  assert.deepEqual(rig.take(), [
    "c2: canceled 1.1 cooperative of w",
    "c1: TaskResult 1.1 success of w",
  ])
})

test("a task nobody submitted is not found (G4)", () => {
  const rig = new Rig().client("c").client("other").worker("w").submit("other", 4).cancel("c", 4)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "c: cancelNotFound 4.0"])
})

test("a refusal is forwarded, the task runs on, and its result arrives (R13, R14)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).cancel("c", 1)
  rig.confirm("w", [1, 1], "cancelFailed")
  assert.deepEqual(rig.take().slice(2), ["c: cancelFailed 1.1"])
  assert.deepEqual(rig.held(), { w: 1 })
  rig.cancel("c", 1).result("w", 1)
  assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced", "c: TaskResult 1.1 success of w"])
})

test("a late stop after a refusal is confirmed and frees the slot (R38)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).cancel("c", 1)
  rig.confirm("w", [1, 1], "cancelFailed").take()
  rig.confirm("w", [1, 1], "canceled", "cooperative")
  assert.deepEqual(rig.take(), ["c: canceled 1.1 cooperative of w"])
  assert.deepEqual(rig.held(), { w: 0 })
})

test("a client's cancel outranks a recall that is under way (R4)", () => {
  const rig = new Rig().client("c").worker("w", 1, 1).submit("c", 1).submit("c", 2)
  rig.tables.recall("c", 2)
  rig.take()
  rig.cancel("c", 2)
  assert.deepEqual(rig.take(), ["w: TaskCancel 2.1 forced"])
  rig.confirm("w", [2, 1], "cancelFailed")
  assert.deepEqual(rig.take(), [], "the refusal answers the recall, not the client (R37)")
  rig.confirm("w", [2, 1], "canceled", "cooperative")
  assert.deepEqual(rig.take(), ["c: canceled 2.1 cooperative of w"])
})

test("a cancel during a recall that succeeds ends the task instead of moving it (R2)", () => {
  const rig = new Rig().client("c").worker("w", 1, 1).worker("idle").submit("c", 1)
  rig.submit("c", 2).submit("c", 3).take()
  rig.tables.recall("c", 3)
  rig.cancel("c", 3).take()
  rig.confirm("w", [3, 1], "canceled", "neverStarted").confirm("w", [3, 1], "cancelNotFound")
  assert.deepEqual(rig.take(), ["c: canceled 3.1 neverStarted of w"])
})

test("tombstones are bounded per client and go with it (G7)", () => {
  const rig = new Rig(2).client("c")
  for (let task = 1; task <= 50; task++) rig.submit("c", task).cancel("c", task)
  assert.ok(rig.tables.status().tombstones <= 4)
  rig.take()
  rig.cancel("c", 50)
  assert.deepEqual(rig.take(), ["c: canceled 50.0 neverStarted of nobody"])
  rig.cancel("c", 1)
  assert.deepEqual(rig.take(), [], "its confirm was sent long ago")
  rig.loseClient("c")
  assert.equal(rig.tables.status().tombstones, 0)
})
