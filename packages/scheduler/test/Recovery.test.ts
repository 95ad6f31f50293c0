/** What is sent again to a scheduler that has just started waits for the workers that may run it. */
import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

const recoverMs = 1_000

/** A scheduler that has just started, with a client. */
const fresh = (bounds?: ConstructorParameters<typeof Rig>[1]): Rig =>
  new Rig(100, bounds, undefined, recoverMs).client("c")

/** The time for workers to come back passes. */
const pass = (rig: Rig): ReadonlyArray<string> => {
  const [window] = rig.running()
  assert.equal(window?.delayMs, recoverMs)
  window.fire()
  return rig.take()
}

test("what is sent for the first time is started at once, and no timer runs for it", () => {
  const rig = fresh().worker("w").submit("c", 1)
  assert.deepEqual([rig.take(), rig.running().length], [["w: Task 1.1"], 0])
})

test("what is sent again waits for the workers, and others go ahead of it", () => {
  const rig = fresh().worker("w", 2).submit("c", 1, { attempt: 1 }).submit("c", 2)
  assert.deepEqual(rig.take(), ["w: Task 2.1"])
  assert.deepEqual(pass(rig), ["w: Task 1.2"], "and an attempt counts as lost")
  rig.submit("c", 3, { attempt: 1 }).result("w", 1, 2)
  assert.deepEqual(rig.take().at(-1), "w: Task 3.2", "nobody is waited for any more")
})

test("it waits for as long as a worker holds something of its name", () => {
  const rig = fresh()
    .worker("w", 3)
    .offering("back", { slots: 0, holds: ["sqrt"] })
  rig.submit("c", 1, { attempt: 1 }).submit("c", 2, { attempt: 1, name: "cube" })
  assert.deepEqual(pass(rig), ["w: Task 2.2"])
  rig.offering("late", { slots: 0, holds: ["sqrt"] }).loseWorker("back")
  assert.deepEqual(rig.take(), [], "another one has come")
  rig.loseWorker("late")
  assert.deepEqual(rig.take(), ["w: Task 1.2"])
})

test("a cancel of what waits so says that an attempt was lost, and it is not started (G2)", () => {
  const rig = fresh().worker("w").submit("c", 1, { attempt: 2 }).cancel("c", 1)
  assert.deepEqual(rig.take(), ["c: canceled 1.2 workerLost of nobody"])
  assert.deepEqual(pass(rig), [])
  assert.deepEqual(rig.tables.status().tasks.queued, 0)
})

test("so does a cancel of what was started since (G2, R40)", () => {
  const rig = fresh().worker("w").submit("c", 1, { attempt: 1 })
  pass(rig)
  rig.started("w", 1, 2).cancel("c", 1).confirm("w", [1, 2], "canceled", "cooperative")
  assert.deepEqual(rig.take().at(-1), "c: canceled 1.2 workerLost of nobody")
})

test("attempts that were lost before count, and no number of them does harm", () => {
  const rig = fresh().worker("w").submit("c", 1, { attempt: 2, attemptsMax: 3 })
  pass(rig)
  rig.loseWorker("w")
  assert.deepEqual(rig.take(), ["c: TaskResult 1.3 failedWorkerDied of w"])
  rig.worker("v").submit("c", 2, { attempt: Number.MAX_SAFE_INTEGER, attemptsMax: 2 ** 40 })
  assert.deepEqual(rig.take(), ["v: Task 2.1001"])
})

test("what a client that does not read has sent again is not started when the time has passed", () => {
  const rig = fresh().worker("w").submit("c", 1, { attempt: 1 })
  rig.tables.setBehind("c", true)
  assert.deepEqual(pass(rig), [])
  rig.tables.setBehind("c", false)
  assert.deepEqual(rig.take(), ["w: Task 1.2"])
})

test("it waits on when its client has begun to read again", () => {
  const rig = fresh().worker("w").submit("c", 1, { attempt: 1 })
  rig.tables.setBehind("c", true)
  rig.tables.setBehind("c", false)
  assert.deepEqual(rig.take(), [])
  assert.deepEqual(pass(rig), ["w: Task 1.2"])
})

test("what its owner does not want any more is not started (R22)", () => {
  const rig = fresh().worker("w").submit("c", 1, { attempt: 1 }).loseClient("c")
  assert.deepEqual(pass(rig), [])
})

test("the status says so for as long as it waits", () => {
  const rig = fresh()
    .worker("w")
    .offering("back", { slots: 0, holds: ["sqrt"] })
  const waiting = () => rig.tables.status().waiting
  rig.submit("c", 1, { attempt: 1, capabilities: { b: 1, a: 2 } })
  const why = { _tag: "Recovering" }
  const told = [{ name: "sqrt", capabilities: { a: 2, b: 1 }, tasks: 1, why }]
  assert.deepEqual(waiting(), told)
  pass(rig)
  assert.deepEqual(waiting(), told, "a worker holds something of its name")
  rig.loseWorker("back")
  assert.deepEqual(
    waiting().map((one) => one.why._tag),
    ["TooLittle"],
  )
})
