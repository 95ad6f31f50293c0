/** What the status says of tasks that wait. */
import assert from "node:assert/strict"
import { test } from "vitest"
import { reachable } from "./support/reachable.ts"
import { Rig } from "./support/Rig.ts"

const reasons = (rig: Rig) => rig.tables.status().waiting.map(({ why }) => why)

test("the status says what waits, how much of it and why, the most first", () => {
  const rig = new Rig().client("c").client("d")
  rig.offering("a", { tasks: ["sqrt"], capabilities: { gpu: 2, disk: 1 } })
  rig.offering("b", { tasks: ["sqrt"], capabilities: { gpu: 1, disk: 5 } })
  rig.submit("c", 1, { name: "missing" })
  for (const task of [2, 3]) rig.submit("c", task, { capabilities: { tape: 1, gpu: 3, disk: 5 } })
  for (const task of [1, 2, 3]) rig.submit("d", task, { capabilities: { gpu: 2, disk: 5 } })
  assert.deepEqual(rig.tables.status().waiting, [
    {
      name: "sqrt",
      capabilities: { disk: 5, gpu: 2 },
      tasks: 3,
      why: { _tag: "TooLittle", lacking: [] },
    },
    {
      name: "sqrt",
      capabilities: { disk: 5, gpu: 3, tape: 1 },
      tasks: 2,
      why: { _tag: "TooLittle", lacking: ["gpu", "tape"] },
    },
    { name: "missing", capabilities: {}, tasks: 1, why: { _tag: "NotOffered" } },
  ])
})

test("tasks that could be taken wait for workers that are full, draining or away", () => {
  const rig = new Rig().client("c")
  for (const name of ["a", "b", "d", "e"]) {
    rig.offering(name, { slots: 2, capabilities: { gpu: 1 } })
  }
  for (const task of [1, 2, 3, 4, 5]) rig.submit("c", task, { capabilities: { gpu: 1 } })
  assert.deepEqual(reasons(rig), [{ _tag: "Busy", full: 4, draining: 0, away: 0 }])
  rig.tables.drainWorker("a", 1)
  rig.tables.setAway("a", true)
  rig.tables.setAway("b", true)
  rig.offering("small", { capabilities: { gpu: 0.5 } }).offering("plain", {})
  assert.deepEqual(reasons(rig), [{ _tag: "Busy", full: 2, draining: 1, away: 1 }])
  rig.result("d", 3)
  assert.deepEqual(reasons(rig), [], "the fifth has been placed")
})

test("of very many different things that wait the status shows those with most tasks", () => {
  const rig = new Rig().client("c")
  for (let task = 1; task <= 150; task++) rig.submit("c", task, { name: `f${task}` })
  rig.submit("c", 151, { name: "f150" })
  const { waiting, tasks } = rig.tables.status()
  assert.deepEqual([waiting.length, waiting[0]?.name, tasks.queued], [100, "f150", 151])
})

test("names, needs and priorities that come once and never again leave nothing behind (G7)", () => {
  const rig = new Rig().client("c").worker("w", 10_000)
  for (let task = 1; task <= 3_000; task++) {
    const capabilities = task % 2 === 0 ? {} : { gpu: task }
    rig.submit("c", task, { name: `f${task}`, priority: task, capabilities })
  }
  for (let task = 1; task <= 3_000; task++) rig.cancel("c", task).result("w", task / 2)
  assert.deepEqual(rig.tables.status().tasks.queued, 0)
  assert.equal(reachable(rig.tables, "turn"), 0, "the turn of a client that waits for nothing")
  assert.equal(reachable(rig.tables, "lastBack"), 0, "a queue in which nobody waits")
  assert.ok(reachable(rig.tables, "isBlocked") <= 1_000, "lanes are kept up to a bound")
})
