/** Who gets which nested task, seen from outside: through the tables. */
import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

const gpu = (quantity: number) => ({ capabilities: { gpu: quantity } })

test("a child goes to the lent slot of its parent, before a task of a client that came first (R31)", () => {
  const rig = new Rig().client("c").worker("w")
  rig.submit("c", 1).submit("c", 2).child("w", 1)
  assert.deepEqual(rig.take(), ["w: Task 1.1"], "the slot is not lent yet")
  rig.waits("w", 1)
  assert.deepEqual(rig.take(), ["w: Task 3.1"])
  assert.deepEqual(rig.held(), { w: 1 })
  rig.result("w", 3)
  assert.deepEqual(rig.take(), ["w: TaskResult 1.1 success of w"], "it is lent to no client's")
  rig.resumes("w", 1).result("w", 1)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 success of w", "w: Task 2.1"])
})

test("the deepest go first, and of one depth a worker holds as many as it has slots", () => {
  const rig = new Rig().client("c").worker("w")
  rig.submit("c", 1).child("w", 1).waits("w", 1)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1"])
  rig.waits("w", 2).child("w", 2)
  assert.deepEqual(rig.take(), [], "one of that depth is there, though it waits")
  rig.child("w", 3, 2)
  assert.deepEqual(rig.take(), ["w: Task 4.1"])
  rig.child("w", 4, 3).waits("w", 4)
  assert.deepEqual(rig.take(), ["w: Task 5.1"])
  rig.result("w", 5).result("w", 4).result("w", 2)
  assert.deepEqual(rig.take().at(-1), "w: Task 3.1", "whoever waits while it ends has lent nothing")
})

test("a child is not sent in advance, nor taken back from its worker by the balance", () => {
  const rig = new Rig().client("c").worker("w", 1, 5)
  rig.submit("c", 1).child("w", 1).waits("w", 1).child("w", 2).submit("c", 2)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1", "w: Task 4.1"])
  rig.resumes("w", 1).offering("x", { slots: 3 })
  const recalled = "w: TaskCancel 4.1 unforced"
  assert.deepEqual(rig.take(), ["x: Task 3.1", recalled], "the child that has not begun stays")
  rig.tables.setAway("w", true)
  rig.tables.setAway("w", false)
  rig.offering("y", { slots: 3 })
  assert.deepEqual(rig.take().filter((said) => said.includes(" 2.1")), []) // oxfmt-ignore
})

test("a slot that is not lent is taken before one that is, whichever has more room", () => {
  const rig = new Rig().client("c").worker("w", 5).worker("x", 2)
  rig.submit("c", 1).waits("w", 1).child("w", 1).child("w", 2).child("w", 3)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "x: Task 2.1", "x: Task 3.1", "w: Task 4.1"])
})

test("a worker that lends and has no room for clients' tasks takes a child that needs what it has left", () => {
  const rig = new Rig().client("c").offering("w", { capabilities: { gpu: 3 } })
  rig.offering("x", { capabilities: { gpu: 1 } })
  rig.submit("c", 1, gpu(2)).waits("w", 1).child("w", 1, 1, gpu(2)).submit("c", 2, gpu(1))
  assert.deepEqual(rig.take(), ["w: Task 1.1", "x: Task 3.1"], "its parent keeps what it needs")
  rig.child("w", 2, 1, gpu(1))
  assert.deepEqual(rig.take(), ["w: Task 4.1"])
  rig.result("w", 4).resumes("w", 1).result("w", 1)
  assert.deepEqual(rig.take().at(-1), "w: Task 2.1")
})

test("what a waiting child takes is counted on while all who hold something there wait", () => {
  const rig = new Rig()
    .client("c")
    .worker("a")
    .offering("w", { capabilities: { gpu: 1 } })
  rig.submit("c", 1).waits("a", 1).child("a", 1, 1, gpu(1)).waits("w", 2)
  rig.child("w", 1, 2, { capabilities: { gpu: 0 } }).result("w", 3)
  rig.take()
  rig.child("w", 2, 2, gpu(1))
  assert.deepEqual(rig.take(), [], "the one that waits has it still")
  rig.resumes("w", 2).result("w", 2)
  assert.deepEqual(rig.take().at(-1), "w: Task 4.1")
})

test("names, priorities and turns count among children as among all others", () => {
  const rig = new Rig().client("c").offering("w", { slots: 2, tasks: ["sqrt"] })
  rig.offering("v", { tasks: ["render"] })
  rig.submit("c", 1).submit("c", 2).child("w", 1).child("w", 2).child("w", 3, 1, { priority: 1 })
  rig.child("v", 1)
  rig.child("w", 4, 1, { name: "render" })
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1", "v: Task 7.1"])
  rig.waits("w", 1).waits("w", 2)
  assert.deepEqual(rig.take(), ["w: Task 5.1", "w: Task 6.1"], "w had its turn by 7")
  rig.result("w", 5)
  assert.deepEqual(rig.take().at(-1), "w: Task 3.1")
})

test("a child that nobody offers waits like any other, and its parent's slot stays lent", () => {
  const rig = new Rig().client("c").offering("w", { tasks: ["sqrt"] })
  rig.submit("c", 1).waits("w", 1).child("w", 1, 1, { name: "missing" })
  rig.child("w", 2, 1, { name: "missing" }).child("w", 3, 2, { name: "missing" }).child("w", 4)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 5.1"])
  const { waiting, workers } = rig.tables.status()
  assert.deepEqual(waiting, [
    { name: "missing", capabilities: {}, tasks: 3, why: { _tag: "NotOffered" } },
  ])
  assert.deepEqual(workers.map(({ held, attempts, waiting: lent }) => [held, attempts, lent]), [[1, 2, 1]]) // oxfmt-ignore
  rig.offering("x", { tasks: ["missing"], slots: 2 })
  assert.deepEqual(rig.take(), ["x: Task 4.1", "x: Task 2.1"])
})

test("children are held up at no bound, and what they fill is given to no client", () => {
  const two = { tasks: 2, bytes: 100 }
  const rig = new Rig(100, { client: two, all: two }).client("c").worker("w")
  assert.deepEqual(rig.takeCredits(), ["c: TaskCredit 2 100"])
  rig.submit("c", 1).submit("c", 2).waits("w", 1)
  for (const task of [1, 2, 3]) rig.child("w", task)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 3.1"])
  rig.result("w", 3).result("w", 4).resumes("w", 1).result("w", 1)
  assert.deepEqual(rig.takeCredits(), [], "two are unfinished still")
  rig.result("w", 5)
  assert.deepEqual(rig.takeCredits(), ["c: TaskCredit 1 1"])
  assert.deepEqual(rig.tables.status().clients, 1)
  rig.loseWorker("w").client("d")
  assert.deepEqual(
    rig.takeCredits(),
    ["d: TaskCredit 1 49"],
    "a worker that was there takes no share",
  )
})

test("with its worker a parent's children end, and what it lent is forgotten", () => {
  const rig = new Rig().client("c").worker("w").worker("x")
  rig.submit("c", 1).waits("w", 1).child("w", 1).child("w", 2)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "x: Task 2.1", "w: Task 3.1"])
  rig.loseWorker("w")
  assert.deepEqual(rig.take(), ["x: TaskCancel 2.1 forced"])
  rig.confirm("x", [2, 1], "canceled", "killed")
  assert.deepEqual(rig.take(), ["x: Task 1.2"])
  assert.deepEqual(rig.tables.status().workers.map(({ waiting }) => waiting), [0]) // oxfmt-ignore
  rig.waits("x", 1, 1).resumes("x", 1, 2)
  assert.deepEqual(rig.tables.status().ignored, { attemptStale: 2 })
  rig.waits("x", 1, 2).waits("x", 1, 2)
  assert.deepEqual(rig.tables.status().ignored, { attemptStale: 3 })
})
