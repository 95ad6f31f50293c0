import { Values } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

/** The payload of the last result that was sent. */
const lastPayload = (rig: Rig): unknown => {
  const result = rig.sent.findLast(([, message]) => message._tag === "TaskResult")?.[1]
  assert.ok(result?._tag === "TaskResult")
  return Values.decode(result.payload)
}

test("a late result of a lost worker is ignored and counted; the other slot stays taken (R6, G9)", () => {
  const rig = new Rig().client("c").worker("a").submit("c", 1).loseWorker("a").worker("b")
  assert.deepEqual(rig.take(), ["a: Task 1.1", "b: Task 1.2"])
  rig.result("a", 1, 1)
  assert.deepEqual([rig.take(), rig.held()], [[], { b: 1 }])
  assert.deepEqual(rig.tables.status().ignored, { attemptStale: 1 })
  rig.worker("a").result("a", 1, 1).result("b", 1, 1)
  assert.deepEqual([rig.take(), rig.held()], [[], { b: 1, a: 0 }])
  rig.result("b", 1, 2)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.2 success of b"])
})

test("a task that loses worker after worker is given up, naming them all (R7)", () => {
  const rig = new Rig().client("c").submit("c", 1, { attemptsMax: 3 })
  for (const name of ["a", "b", "d"]) rig.worker(name).loseWorker(name)
  assert.deepEqual(rig.take(), [
    "a: Task 1.1",
    "b: Task 1.2",
    "d: Task 1.3",
    "c: TaskResult 1.3 failedWorkerDied of d",
  ])
  assert.deepEqual(lastPayload(rig), {
    reason: "3 of 3 attempts were lost with their worker",
    workers: ["a", "b", "d"],
  })
  assert.equal(rig.tables.status().tasks.queued, 0)
})

test("with attemptsMax 1 a task is never dispatched twice (R7)", () => {
  const rig = new Rig().client("c").worker("a").worker("b").submit("c", 1, { attemptsMax: 1 })
  rig.loseWorker("a")
  assert.deepEqual(rig.take(), ["a: Task 1.1", "c: TaskResult 1.1 failedWorkerDied of a"])
})

test("a worker that dies while its task is cancelling ends it with WorkerLost (R8)", () => {
  const rig = new Rig().client("c").worker("a").worker("b").submit("c", 1).cancel("c", 1)
  assert.deepEqual(rig.take(), ["a: Task 1.1", "a: TaskCancel 1.1 forced"])
  rig.loseWorker("a")
  assert.deepEqual(rig.take(), ["c: canceled 1.1 workerLost of a"])
  assert.deepEqual(rig.held(), { b: 0 })
})

test("a worker that dies while its task is recalled gives it to another one (R9, R5)", () => {
  const rig = new Rig().client("c").worker("a", 1, 1).submit("c", 1).submit("c", 2)
  rig.tables.recall("c", 2)
  rig.worker("b", 2).take()
  rig.loseWorker("a")
  assert.deepEqual(rig.take(), ["b: Task 1.2", "b: Task 2.2"])
  rig.tables.recall("c", 1)
  rig.loseWorker("b")
  rig.tables.recall("c", 1)
  assert.deepEqual(rig.tables.status().tasks, {
    queued: 2,
    running: 0,
    recalling: 0,
    cancelling: 0,
  })
})

test("after a lost attempt a cancel is never confirmed as never started (R40)", () => {
  const rig = new Rig().client("c").worker("a").submit("c", 1).loseWorker("a").cancel("c", 1)
  assert.deepEqual(rig.take(), ["a: Task 1.1", "c: canceled 1.1 workerLost of a"])
})

test("a worker that does not know the attempt has lost it", () => {
  const rig = new Rig().client("c").worker("a").submit("c", 1).cancel("c", 1)
  rig.take()
  rig.confirm("a", [1, 1], "cancelNotFound")
  assert.deepEqual(rig.take(), ["c: canceled 1.1 workerLost of a"])
  assert.deepEqual(rig.held(), { a: 0 })
})

test("a task somebody wanted stopped is never started again (R39, R36)", () => {
  const rig = new Rig().client("c").worker("a").worker("b").submit("c", 1).cancel("c", 1)
  rig.confirm("a", [1, 1], "cancelFailed").take()
  rig.loseWorker("a")
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 failedWorkerDied of a"])
})

test("a client that is lost has its queued tasks ended and its running ones stopped by force (R22)", () => {
  const rig = new Rig().client("c").client("other").worker("w", 2)
  rig.submit("c", 1).submit("c", 2).submit("c", 3).submit("other", 1).take()
  rig.tables.recall("c", 2)
  rig.take()
  rig.loseClient("c")
  assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced", "w: TaskCancel 2.1 forced"])
  assert.deepEqual(rig.tables.status().tasks, {
    queued: 1,
    running: 0,
    recalling: 0,
    cancelling: 2,
  })
  rig.confirm("w", [1, 1], "canceled", "killed")
  assert.deepEqual(rig.take(), ["w: Task 4.1"], "nothing is forwarded to a lost owner")
  rig.confirm("w", [2, 1], "cancelFailed").result("w", 2).result("w", 4)
  assert.deepEqual(rig.take(), ["other: TaskResult 1.1 success of w"])
  assert.deepEqual(rig.held(), { w: 0 })
})

test("a client that comes back under the name of a lost one hears nothing of the old tasks", () => {
  const rig = new Rig().client("c").worker("w", 2).submit("c", 1).loseClient("c").client("c")
  rig.submit("c", 1).take()
  rig.result("w", 1)
  assert.deepEqual(rig.take(), [])
  rig.result("w", 2)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 success of w"])
})

test("what a departed worker would be sent goes nowhere, and everybody else goes on (R27)", () => {
  const rig = new Rig().client("c").worker("a").worker("b").submit("c", 1).submit("c", 2)
  rig.loseWorker("a").loseWorker("a").take()
  rig.cancel("c", 1).tables.drainWorker("a", 1)
  rig.result("b", 2)
  assert.deepEqual(rig.take(), [
    "c: canceled 1.1 workerLost of a",
    "c: TaskResult 2.1 success of b",
  ])
})

test("a task's timeout runs from its start and ends it as failedTimeout", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1, { timeoutMs: 250 })
  assert.deepEqual(rig.running(), [])
  rig.started("w", 1).started("w", 1).take()
  assert.deepEqual(
    rig.running().map(({ delayMs }) => delayMs),
    [250],
  )
  rig.running()[0]?.fire()
  assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced"])
  rig.confirm("w", [1, 1], "canceled", "killed")
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 failedTimeout of w"])
  assert.equal(lastPayload(rig), 250)
})

test("if a timeout and a client both asked, the client's answer is sent", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1, { timeoutMs: 250 }).started("w", 1)
  rig.running()[0]?.fire()
  rig.cancel("c", 1).take()
  rig.confirm("w", [1, 1], "canceled", "cooperative")
  assert.deepEqual(rig.take(), ["c: canceled 1.1 cooperative of w"])
})

test("a timeout whose worker is lost is still a timeout (R41)", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1, { timeoutMs: 250 }).started("w", 1)
  rig.running()[0]?.fire()
  rig.take()
  rig.loseWorker("w")
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 failedTimeout of w"])
})

test("every end stops the timeout (G7), and one that fires late changes nothing", () => {
  const rig = new Rig().client("c").worker("w")
  rig.submit("c", 1, { timeoutMs: 9 }).started("w", 1).result("w", 1)
  rig.submit("c", 2, { timeoutMs: 9 }).started("w", 2).cancel("c", 2)
  rig.confirm("w", [2, 1], "canceled", "killed")
  rig.submit("c", 3, { timeoutMs: 9, attemptsMax: 1 }).started("w", 3).loseWorker("w")
  assert.deepEqual([rig.timers.length, rig.running().length], [3, 0])
  rig.take()
  for (const timer of rig.timers) timer.fire()
  assert.deepEqual(rig.take(), [])
  assert.deepEqual(rig.tables.status().ignored, { timeoutLate: 3 })
})

test("each attempt has a timeout of its own", () => {
  const rig = new Rig().client("c").worker("a").worker("b").submit("c", 1, { timeoutMs: 9 })
  rig.started("a", 1).loseWorker("a").take()
  assert.deepEqual(rig.running(), [])
  rig.started("b", 1, 2)
  assert.equal(rig.running().length, 1)
  rig.timers[0]?.fire()
  assert.deepEqual(rig.take(), ["c: TaskStarted 1.2 on b"], "the first attempt's is over")
})
