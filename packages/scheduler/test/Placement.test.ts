/** Who gets which task, seen from outside: through the tables. */
import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

const gpu = (quantity: number) => ({ capabilities: { gpu: quantity } })

test("a task goes to a worker that offers its name, or any", () => {
  const rig = new Rig().client("c")
  rig.offering("a", { slots: 9, tasks: ["render"] }).offering("b", { tasks: ["sqrt", "cube"] })
  rig.submit("c", 1).submit("c", 2)
  assert.deepEqual(rig.take(), ["b: Task 1.1"], "b is full, and a does not offer it")
  rig.submit("c", 3, { name: "render" })
  assert.deepEqual(rig.take(), ["a: Task 3.1"])
  rig.offering("d", { tasks: [] })
  assert.deepEqual(rig.take(), ["d: Task 2.1"], "no name at all stands for any")
})

test("a task that nobody can take holds up no other, whatever its priority (R29)", () => {
  const rig = new Rig().client("c").offering("w", { slots: 2, tasks: ["sqrt"], capabilities: {} })
  rig.submit("c", 1, { name: "missing", priority: 9 }).submit("c", 2, { ...gpu(1), priority: 8 })
  rig.submit("c", 3).submit("c", 4).submit("c", 5)
  assert.deepEqual(rig.take(), ["w: Task 3.1", "w: Task 4.1"])
  rig.result("w", 4)
  assert.deepEqual(rig.take(), ["c: TaskResult 4.1 success of w", "w: Task 5.1"])
  rig.offering("x", { slots: 2, capabilities: { gpu: 1 } })
  assert.deepEqual(rig.take(), ["x: Task 1.1", "x: Task 2.1"], "they kept their places")
})

test("what a task needs is taken from its worker and given back with its end, once (G6)", () => {
  const rig = new Rig().client("c").offering("w", { slots: 9, capabilities: { gpu: 2 } })
  for (const task of [1, 2, 3, 4]) rig.submit("c", task, gpu(1))
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1"])
  rig.cancel("c", 1)
  assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced"], "the request gives nothing back")
  rig.confirm("w", [1, 1], "canceled", "killed")
  assert.deepEqual(rig.take(), ["c: canceled 1.1 killed of w", "w: Task 3.1"])
  rig.confirm("w", [1, 1], "canceled", "killed").result("w", 1)
  assert.deepEqual(rig.take(), [], "nor does what is said again")
  rig.result("w", 2).result("w", 3)
  assert.deepEqual(rig.take(), [
    "c: TaskResult 2.1 success of w",
    "w: Task 4.1",
    "c: TaskResult 3.1 success of w",
  ])
})

test("a task that waits beyond the slots of its worker has taken what it needs there", () => {
  const rig = new Rig().client("c").offering("w", { prefetch: 5, capabilities: { gpu: 1 } })
  rig.submit("c", 1).submit("c", 2, gpu(1)).submit("c", 3, gpu(1)).submit("c", 4)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1", "w: Task 4.1"])
})

test("what a lost worker had is lost with it, and the next of its name has all of its own", () => {
  const rig = new Rig().client("c").offering("w", { capabilities: { gpu: 1 } })
  rig.submit("c", 1, gpu(1)).loseWorker("w")
  rig.offering("w", { capabilities: { gpu: 1 } })
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 1.2"])
})

test("fractions add up to the whole", () => {
  const rig = new Rig().client("c").offering("w", { slots: 9, capabilities: { cpu: 0.3 } })
  for (const task of [1, 2, 3, 4]) rig.submit("c", task, { capabilities: { cpu: 0.1 } })
  assert.deepEqual(rig.held(), { w: 3 })
  for (const task of [1, 2, 3, 4]) rig.result("w", task)
  for (const task of [5, 6, 7, 8]) rig.submit("c", task, { capabilities: { cpu: 0.1 } })
  assert.deepEqual(rig.held(), { w: 3 })
})

test("a need of nothing is met by whoever has the capability, however much of it is taken", () => {
  const rig = new Rig().client("c").offering("a", { slots: 9 })
  rig.submit("c", 1, gpu(0))
  assert.deepEqual(rig.take(), [])
  rig.offering("b", { slots: 9, capabilities: { gpu: 0 } })
  assert.deepEqual(rig.take(), ["b: Task 1.1"])
  rig.offering("d", { slots: 9, capabilities: { gpu: Infinity } })
  rig.submit("c", 2, gpu(1e300)).submit("c", 3, gpu(1e300))
  assert.deepEqual(rig.take(), ["d: Task 2.1", "d: Task 3.1"], "what is without end stays so")
})

test("a task needs all that it names, on one worker", () => {
  const rig = new Rig().client("c").offering("a", { slots: 9, capabilities: { gpu: 1, disk: 1 } })
  rig.offering("b", { slots: 9, capabilities: { gpu: 2, disk: 3 } })
  rig.submit("c", 1, { capabilities: { disk: 3, gpu: 1 } })
  rig.submit("c", 2, { capabilities: { gpu: 1, disk: 1 } })
  rig.submit("c", 3, { capabilities: { disk: 1, gpu: 1 } })
  rig.submit("c", 4, { capabilities: { gpu: 1, toString: 1 } })
  assert.deepEqual(rig.take(), ["b: Task 1.1", "a: Task 2.1"])
})

test("the highest priority goes first, and of equals what came first", () => {
  const rig = new Rig().client("c")
  for (const [index, priority] of [0, 5, -1, 5, 0.5, -0].entries()) {
    rig.submit("c", index + 1, { priority })
  }
  rig.worker("w", 6)
  assert.deepEqual(
    rig.take(),
    [2, 4, 5, 1, 6, 3].map((task) => `w: Task ${task}.1`),
  )
})

test("clients of one priority take turns, whatever each of them asks for", () => {
  const rig = new Rig().client("a").client("b").client("d")
  for (let task = 1; task <= 6; task++) rig.submit("a", task, { name: `f${task % 2}` })
  for (const task of [1, 2]) rig.submit("b", task, { name: "f1" })
  rig.submit("d", 1, { name: "f0" })
  rig.worker("w", 9)
  // By the scheduler's own numbers: 1 to 6 are a's, 7 and 8 are b's, 9 is d's.
  assert.deepEqual(
    rig.take(),
    [1, 7, 9, 2, 8, 3, 4, 5, 6].map((task) => `w: Task ${task}.1`),
  )
})

test("a client that comes later waits one turn of the others, not all of their tasks", () => {
  const rig = new Rig().client("a").client("b").worker("w")
  for (let task = 1; task <= 100; task++) rig.submit("a", task)
  rig.submit("b", 1)
  rig.take()
  rig.result("w", 1)
  assert.deepEqual(rig.take(), ["a: TaskResult 1.1 success of w", "w: Task 2.1"])
  rig.result("w", 2)
  assert.deepEqual(rig.take(), ["a: TaskResult 2.1 success of w", "w: Task 101.1"])
})

test("the turns of one priority are no turns of another", () => {
  const rig = new Rig().client("a").client("b")
  rig.submit("a", 1).submit("b", 1).submit("a", 2, { priority: 1 }).submit("a", 3, { priority: 1 })
  rig.worker("w", 4)
  assert.deepEqual(
    rig.take(),
    [3, 4, 1, 2].map((task) => `w: Task ${task}.1`),
  )
})

test("what comes back from a worker has the place that it had", () => {
  const rig = new Rig().client("c").worker("v").worker("w", 2)
  for (const task of [1, 2, 3, 4, 5]) rig.submit("c", task)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "v: Task 2.1", "w: Task 3.1"])
  rig.loseWorker("w").loseWorker("v").worker("x")
  assert.deepEqual(rig.take(), ["x: Task 1.2"])
  assert.deepEqual(rig.result("x", 1, 2).take().at(-1), "x: Task 2.2")
  assert.deepEqual(rig.result("x", 2, 2).take().at(-1), "x: Task 3.2")
  assert.deepEqual(rig.result("x", 3, 2).take().at(-1), "x: Task 4.1")
})

test("a task goes first to who is there for less", () => {
  const rig = new Rig().client("c")
  rig.offering("gpus", { slots: 9, capabilities: { gpu: 1 } })
  rig.offering("all", { slots: 3 })
  rig.offering("some", { slots: 2, tasks: ["sqrt", "cube"] })
  rig.offering("one", { tasks: ["sqrt"] })
  for (let task = 1; task <= 7; task++) rig.submit("c", task)
  const takers = rig.take().map((sent) => sent.slice(0, sent.indexOf(":")))
  assert.deepEqual(takers, ["one", "some", "some", "all", "all", "all", "gpus"])
})

test("of workers that are alike the one with the most free slots is taken, and of equals the first", () => {
  const rig = new Rig().client("c").worker("a", 2).worker("b", 4).worker("d", 4)
  for (let task = 1; task <= 5; task++) rig.submit("c", task)
  assert.deepEqual(rig.take(), [
    "b: Task 1.1",
    "d: Task 2.1",
    "b: Task 3.1",
    "d: Task 4.1",
    "a: Task 5.1",
  ])
})

test("when no slot is free for a task, it goes where there is most room beyond the slots", () => {
  const rig = new Rig().client("c").offering("a", { prefetch: 2, tasks: ["sqrt"] })
  rig.offering("b", { prefetch: 4 }).offering("d", { tasks: ["cube"] })
  for (let task = 1; task <= 6; task++) rig.submit("c", task)
  const takers = rig.take().map((sent) => sent.slice(0, sent.indexOf(":")))
  assert.deepEqual(takers, ["a", "b", "b", "b", "a", "b"], "d's free slot is none for these")
})

test("a free slot counts more than any room beyond the slots, also for who has needs", () => {
  const rig = new Rig().client("c")
  rig.offering("a", { slots: 1, prefetch: 1_000, capabilities: { gpu: 9 } })
  rig.offering("b", { slots: 2, capabilities: { gpu: 9 } })
  for (let task = 1; task <= 4; task++) rig.submit("c", task, gpu(1))
  assert.deepEqual(rig.held(), { a: 2, b: 2 })
})

test("what is given back by a worker that is away or draining is not placed there", () => {
  const rig = new Rig().client("c").worker("a", 2).worker("b", 2)
  rig.submit("c", 1).submit("c", 2)
  rig.tables.setAway("a", true)
  rig.tables.drainWorker("b", 1)
  rig.take()
  rig.submit("c", 3).result("a", 1).result("b", 2)
  assert.deepEqual(rig.held(), { a: 0, b: 0 })
  rig.tables.setAway("a", false)
  assert.deepEqual(rig.take().at(-1), "a: Task 3.1")
})
