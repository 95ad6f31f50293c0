import assert from "node:assert/strict"
import { test } from "vitest"
import { Rig } from "./support/Rig.ts"

test("tasks are dispatched first in, first out, onto free slots and then onto prefetch", () => {
  const rig = new Rig().client("c")
  rig.tables.addWorker("w", {
    _tag: "WorkerHello",
    session: "w",
    worker: "w",
    slots: 2,
    prefetch: 1,
    capabilities: {},
    tasks: [],
  })
  for (const task of [1, 2, 3, 4, 5]) rig.submit("c", task)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1", "w: Task 3.1"])
  assert.deepEqual(rig.tables.status().tasks, {
    queued: 2,
    running: 3,
    recalling: 0,
    cancelling: 0,
  })
  rig.result("w", 2)
  assert.deepEqual(rig.take(), ["c: TaskResult 2.1 success of w", "w: Task 4.1"])
  rig.result("w", 1)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 success of w", "w: Task 5.1"])
})

test("every free slot is taken before any worker holds more than it runs", () => {
  const rig = new Rig().client("c").worker("a", 1, 9).worker("b", 2, 0)
  for (const task of [1, 2, 3, 4]) rig.submit("c", task)
  assert.deepEqual(rig.take(), ["b: Task 1.1", "a: Task 2.1", "b: Task 3.1", "a: Task 4.1"])
  assert.deepEqual(rig.held(), { a: 2, b: 2 })
})

test("tasks wait while there is no worker, and go out when one says hello", () => {
  const rig = new Rig().client("c").submit("c", 1).submit("c", 2)
  assert.deepEqual(rig.take(), [])
  rig.worker("w", 2)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1"])
})

test("a result is forwarded with its payload under the client's own number (G5)", () => {
  const rig = new Rig().client("c1").client("c2").worker("w", 2)
  rig.submit("c1", 7).submit("c2", 7)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Task 2.1"], "numbered anew for workers")
  rig.started("w", 2).result("w", 2).started("w", 1).result("w", 1)
  assert.deepEqual(rig.take(), [
    "c2: TaskStarted 7.1 on w",
    "c2: TaskResult 7.1 success of w",
    "c1: TaskStarted 7.1 on w",
    "c1: TaskResult 7.1 success of w",
  ])
  const payloads = rig.sent.flatMap(([to, m]) => (m._tag === "TaskResult" ? [[to, m.payload]] : []))
  assert.deepEqual(payloads, [
    ["c2", Uint8Array.of(2)],
    ["c1", Uint8Array.of(1)],
  ])
})

test("a dispatched task carries everything the client said about it", () => {
  const rig = new Rig().client("c").worker("w")
  const said = {
    name: "render",
    input: Uint8Array.of(9, 9),
    traceparent: "00-1-2-01",
    priority: 4,
    graceMs: 0,
    wantsOutput: true,
  }
  rig.submit("c", 3, said)
  const [, message] = rig.sent[0] ?? []
  assert.ok(message?._tag === "Task")
  const { name, input, traceparent, priority, graceMs, wantsOutput, attempt } = message
  assert.deepEqual(
    { name, input, traceparent, priority, graceMs, wantsOutput, attempt },
    { ...said, attempt: 1 },
  )
})

test("credit for lines goes to whoever runs the attempt, and any other is counted (G9)", () => {
  const rig = new Rig().client("c").client("d").worker("a").submit("d", 5)
  const take = (client: string, task: number, attempt: number): void => {
    rig.tables.fromClient(client, { _tag: "TaskLogTaken", task, attempt, lines: 128 })
  }
  take("d", 5, 1)
  assert.deepEqual(rig.take(), ["a: Task 1.1", "a: TaskLogTaken 1.1 128"])
  take("c", 5, 1)
  take("c", 5, 0)
  rig.loseWorker("a").worker("b")
  rig.take()
  take("d", 5, 1)
  take("d", 6, 1)
  take("nobody", 5, 2)
  assert.deepEqual(rig.take(), [])
  assert.equal(rig.tables.status().ignored.attemptStale, 4)
  take("d", 5, 2)
  assert.deepEqual(rig.take(), ["b: TaskLogTaken 1.2 128"])
})

test("a task number that was used is ignored and counted, also after its end", () => {
  const rig = new Rig().client("c").worker("w").submit("c", 1).submit("c", 1).result("w", 1)
  rig.submit("c", 1)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "c: TaskResult 1.1 success of w"])
  assert.deepEqual(rig.tables.status().ignored, { taskKnown: 2 })
})

test("what a client nobody knows asks for does nothing", () => {
  const rig = new Rig().worker("w").submit("c", 1).cancel("c", 1).loseClient("c")
  assert.deepEqual([rig.take(), rig.held()], [[], { w: 0 }])
})

test("progress and log lines are forwarded, and those of a stale attempt dropped (G9)", () => {
  const rig = new Rig().client("c").worker("a").worker("b").submit("c", 5, { wantsOutput: true })
  const say = (worker: string, task: number, attempt: number): void => {
    rig.says(worker, { _tag: "TaskProgress", task, attempt, fraction: 0.5 })
    rig.says(worker, { _tag: "TaskLog", task, attempt, line: "half", from: "log" })
  }
  rig.take()
  say("a", 1, 1)
  assert.deepEqual(rig.take(), ["c: TaskProgress 5.1 0.5", "c: TaskLog 5.1 half"])
  rig.loseWorker("a")
  assert.deepEqual(rig.take(), ["b: Task 1.2"])
  say("a", 1, 1)
  say("b", 1, 1)
  say("a", 1, 2)
  say("b", 99, 1)
  assert.deepEqual(rig.take(), [])
  assert.equal(rig.tables.status().ignored.attemptStale, 8)
  say("b", 1, 2)
  assert.deepEqual(rig.take(), ["c: TaskProgress 5.2 0.5", "c: TaskLog 5.2 half"])
  rig.result("b", 1, 2).take()
  say("b", 1, 2)
  assert.deepEqual(rig.take(), [], "after its end")
})

test("a draining worker gets no dispatch, and keeps its place until it leaves", () => {
  const rig = new Rig().client("c").worker("w", 2).submit("c", 1)
  rig.tables.drainWorker("w", 1_000)
  rig.tables.drainWorker("w", 5)
  rig.tables.drainWorker("nobody", 5)
  rig.submit("c", 2)
  assert.deepEqual(rig.take(), ["w: Task 1.1", "w: Drain 1000"])
  rig.result("w", 1)
  assert.deepEqual(rig.take(), ["c: TaskResult 1.1 success of w"])
  assert.equal(rig.tables.workers.has("w"), true)
  rig.loseWorker("w").worker("w2")
  assert.deepEqual(rig.take(), ["w2: Task 2.1"])
})

test("an attempt a drained worker gives back unstarted is queued again and counts no loss", () => {
  const rig = new Rig()
    .client("c")
    .worker("a", 1, 1)
    .submit("c", 1)
    .submit("c", 2, { attemptsMax: 1 })
  rig.tables.drainWorker("a", 1_000)
  rig.worker("b").take()
  rig.confirm("a", [2, 1], "canceled", "neverStarted")
  assert.deepEqual(rig.take(), ["b: Task 2.2"])
  assert.deepEqual(rig.held(), { a: 1, b: 1 })
  rig.cancel("c", 2).confirm("b", [2, 2], "canceled", "killed")
  assert.deepEqual(rig.take(), ["b: TaskCancel 2.2 forced", "c: canceled 2.2 killed of b"])
})

test("a recall brings an attempt that has not started to another worker", () => {
  const rig = new Rig().client("c").worker("a", 1, 1).submit("c", 1).submit("c", 2)
  rig.take()
  rig.tables.recall("c", 2)
  rig.tables.recall("c", 2)
  assert.deepEqual(rig.take(), ["a: TaskCancel 2.1 unforced"])
  rig.worker("b")
  assert.deepEqual(rig.take(), [], "it is on its way already")
  rig.confirm("a", [2, 1], "canceled", "neverStarted")
  assert.deepEqual(rig.take(), ["b: Task 2.2"])
  assert.deepEqual(rig.held(), { a: 1, b: 1 })
  assert.deepEqual(rig.tables.status().ignored, { recallLate: 1 })
})

test("a recall that comes too late is refused and the attempt runs on", () => {
  const rig = new Rig().client("c").worker("a", 1, 1).submit("c", 1).submit("c", 2)
  rig.tables.recall("c", 2)
  rig.started("a", 2).confirm("a", [2, 1], "cancelFailed").take()
  assert.deepEqual(rig.tables.status().tasks, {
    queued: 0,
    running: 2,
    recalling: 0,
    cancelling: 0,
  })
  rig.tables.recall("c", 2)
  rig.tables.recall("c", 99)
  rig.tables.recall("nobody", 1)
  assert.deepEqual(rig.take(), [])
  rig.result("a", 2)
  assert.deepEqual(rig.take(), ["c: TaskResult 2.1 success of a"])
})
