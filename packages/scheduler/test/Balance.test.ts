/** What waits at one worker is taken back for another that is idle, seen from outside: through the tables. */
import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

/** Worker `a` has one slot and holds tasks 1 to `count`; the first of them has started. */
const loaded = (count: number): Rig => {
  const rig = new Rig().client("c").worker("a", 1, 9)
  for (let task = 1; task <= count; task++) rig.submit("c", task)
  rig.started("a", 1).take()
  return rig
}

/** Workers `a` and `b` have one slot each; `a` runs task 1 and holds 3, `b` runs 2 and holds 4. */
const bothLoaded = (): Rig => {
  const rig = new Rig().client("c").worker("a", 1, 9).worker("b", 1, 9)
  for (const task of [1, 2, 3, 4]) rig.submit("c", task)
  rig.started("a", 1).started("b", 2).take()
  return rig
}

/** Worker `name` gives back a task that has not started. */
const givesBack = (rig: Rig, name: string, task: number): Rig =>
  rig.confirm(name, [task, 1], "canceled", "neverStarted")

test("a worker that is idle gets what has waited longest at a busy one, once for each free slot (R30)", () => {
  const rig = loaded(5).worker("b", 2)
  assert.deepEqual(rig.take(), ["a: TaskCancel 2.1 unforced", "a: TaskCancel 3.1 unforced"])
  rig.submit("c", 6).cancel("c", 6)
  assert.deepEqual(rig.take(), ["b: Task 6.1", "b: TaskCancel 6.1 forced"], "what comes is given")
  rig.confirm("b", [6, 1], "canceled", "cooperative")
  assert.deepEqual(
    rig.take(),
    ["c: canceled 6.1 cooperative of b"],
    "and the same is not asked twice",
  )
  givesBack(rig, "a", 2)
  givesBack(rig, "a", 3)
  assert.deepEqual(rig.take(), ["b: Task 2.2", "b: Task 3.2"])
  assert.deepEqual(rig.held(), { a: 3, b: 2 })
})

test("nothing is taken back while there is something in the queue", () => {
  const rig = new Rig().client("c").worker("a", 1, 1)
  for (const task of [1, 2, 3]) rig.submit("c", task)
  rig.started("a", 1).take()
  rig.worker("b")
  assert.deepEqual(rig.take(), ["b: Task 3.1"])
  rig.result("b", 3)
  assert.deepEqual(rig.take(), ["c: TaskResult 3.1 success of b", "a: TaskCancel 2.1 unforced"])
})

test("a worker whose recall was refused is given the next that waits, and not the same again (R30)", () => {
  const rig = loaded(3).worker("b")
  assert.deepEqual(rig.take(), ["a: TaskCancel 2.1 unforced"])
  rig.result("a", 1).started("a", 2).take()
  rig.confirm("a", [2, 1], "cancelFailed")
  assert.deepEqual(rig.take(), ["a: TaskCancel 3.1 unforced"])
})

test("a task that ends while it is being taken back leaves the idle worker another one", () => {
  const rig = loaded(3).worker("b")
  rig.take()
  rig.result("a", 2)
  assert.deepEqual(rig.take(), ["c: TaskResult 2.1 success of a", "a: TaskCancel 3.1 unforced"])
})

test("a client's cancel goes ahead of a recall, and the idle worker gets another task (R4, R30)", () => {
  const rig = loaded(3).worker("b")
  rig.take()
  rig.cancel("c", 2)
  assert.deepEqual(rig.take(), ["a: TaskCancel 2.1 forced", "a: TaskCancel 3.1 unforced"])
  givesBack(rig, "a", 2)
  assert.deepEqual(rig.take(), ["c: canceled 2.1 neverStarted of a"])
  givesBack(rig, "a", 3)
  assert.deepEqual(rig.take(), ["b: Task 3.2"])
})

test("what has started, or has a slot as far as is known, is left where it is", () => {
  const rig = new Rig().client("c").worker("a", 2, 9)
  for (const task of [1, 2, 3]) rig.submit("c", task)
  rig.result("a", 1).take()
  rig.worker("b")
  assert.deepEqual(rig.take(), [], "the third has the slot of the first")
  rig.submit("c", 4).submit("c", 5).started("a", 5)
  rig.take()
  rig.result("b", 4)
  assert.deepEqual(rig.take(), ["c: TaskResult 4.1 success of b"])
})

test("a worker is given back only what it can take", () => {
  const rig = new Rig().client("c").offering("a", { prefetch: 9, capabilities: { gpu: 4 } })
  rig
    .submit("c", 1)
    .submit("c", 2, { capabilities: { gpu: 2 } })
    .submit("c", 3, { name: "render" })
  rig.take()
  rig.offering("b", { slots: 9, tasks: ["sqrt"], capabilities: { gpu: 1 } })
  assert.deepEqual(rig.take(), [])
  rig.offering("d", { slots: 9, tasks: ["sqrt"], capabilities: { gpu: 3 } })
  assert.deepEqual(rig.take(), ["a: TaskCancel 2.1 unforced"])
})

test("nothing is taken back from a worker without a connection, and what it was asked for is asked of others", () => {
  const rig = bothLoaded().worker("d")
  assert.deepEqual(rig.take(), ["a: TaskCancel 3.1 unforced"])
  rig.tables.setAway("a", true)
  assert.deepEqual(rig.take(), ["b: TaskCancel 4.1 unforced"])
  givesBack(rig, "b", 4)
  assert.deepEqual(rig.take(), ["d: Task 4.2"])
})

test("what waited at a worker that had no connection is taken back once it is there again", () => {
  const rig = loaded(3)
  rig.tables.setAway("a", true)
  rig.worker("b")
  assert.deepEqual(rig.take(), [])
  rig.tables.setAway("a", false)
  assert.deepEqual(rig.take(), ["a: TaskCancel 2.1 unforced"])
})

test("nothing is taken back for a worker that is gone, or from one that drains", () => {
  const rig = loaded(2)
  rig.worker("b").take()
  rig.loseWorker("b")
  rig.confirm("a", [2, 1], "cancelFailed")
  assert.deepEqual(rig.take(), [])
  rig.submit("c", 3).take()
  rig.tables.drainWorker("a", 1_000)
  rig.worker("d")
  assert.deepEqual(rig.take(), ["a: Drain 1000"])
})

test("a recall that was lost with its worker does not keep the idle one waiting", () => {
  const rig = bothLoaded().worker("d")
  rig.take()
  rig.loseWorker("a")
  assert.deepEqual(rig.take(), ["d: Task 1.2", "b: Task 3.2"])
  rig.result("d", 1, 2)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.2 success of d", "b: TaskCancel 4.1 unforced"])
})
