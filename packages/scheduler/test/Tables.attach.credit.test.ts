/** Credit, room and order where clients attach to each other's tasks, or leave theirs. */
import assert from "node:assert/strict"
import { test } from "vitest"
import { AttachRig } from "./support/AttachRig.ts"
import { taskOf } from "./support/Rig.ts"

const bounds = { client: { tasks: 4, bytes: 1_000 }, all: { tasks: 6, bytes: 10_000 } }

test("to attach takes no credit, and what a client that is gone has left counts among all", () => {
  const rig = new AttachRig(100, bounds).client("a").client("b").client("c")
  rig.takeCredits()
  for (const task of [1, 2, 3]) rig.submit("a", task).detach("a", task)
  for (const task of [1, 2, 3, 4]) rig.attach("b", task, "a.1")
  rig.loseClient("a")
  rig.tables.placeAll()
  assert.equal(rig.tables.status().ownerless, 2)
  rig.take()
  rig.takeCredits()
  for (const task of [8, 9]) {
    assert.equal(rig.tables.fromClient("b", taskOf(task)), undefined, "it has spent none so far")
  }
  rig.cancel("b", 1)
  rig.tables.placeAll()
  assert.deepEqual(
    rig.takeCredits().filter((one) => one.startsWith("a")),
    [],
    "nobody is given credit who is not there",
  )
  assert.equal(rig.tables.status().tasks.queued, 4)
})

test("a task that waited at its client comes after what the client has attached to meanwhile", () => {
  const rig = new AttachRig().client("a").client("b").worker("w", 9).submit("a", 7)
  rig.take()
  rig.attach("b", 5, "a.7")
  rig.submit("b", 4)
  assert.deepEqual(rig.take(), ["b: TaskAttached 5 sqrt", "w: Task 2.1"])
  rig.submit("b", 4).submit("b", 5)
  assert.deepEqual([rig.take(), rig.tables.status().ignored], [[], { taskKnown: 2 }])
  rig.attach("a", 8, "b.5")
  assert.deepEqual(rig.take(), ["a: TaskAttachRefused 8 notFound"], "it has submitted 4 at most")
})

test("a client that is behind holds up what it submitted, and nothing that it attached to", () => {
  const rig = new AttachRig().client("a").client("b").submit("a", 1).submit("b", 1)
  rig.attach("b", 2, "a.1").take()
  rig.tables.setBehind("b", true)
  rig.worker("w", 9)
  assert.deepEqual(rig.take(), ["w: Task 1.1"])
  rig.says("w", { _tag: "TaskProgress", task: 1, attempt: 1, fraction: 0.5 })
  assert.deepEqual(rig.take(), ["a: TaskProgress 1.1 0.5"])
})

test("what a client has left is not held up any more when the client is gone", () => {
  const rig = new AttachRig().client("a").worker("w").submit("a", 1).submit("a", 2).submit("a", 3)
  rig.detach("a", 1).detach("a", 2).take()
  rig.tables.setBehind("a", true)
  rig.loseClient("a").result("w", 1)
  assert.deepEqual(rig.take(), ["w: Task 2.1"], "and what it had not detached has ended")
  rig.tables.loseWorker("w")
  rig.worker("v")
  assert.deepEqual(rig.take(), ["v: Task 2.2"])
  rig.result("v", 2, 2)
  assert.deepEqual(rig.tables.status().tasks, {
    queued: 0,
    running: 0,
    recalling: 0,
    cancelling: 0,
  })
})

test("a task that its client has attached to as well waits in one line, and is sent once", () => {
  const rig = new AttachRig().client("a").submit("a", 1)
  rig.attach("a", 2, "a.1").take()
  rig.tables.setBehind("a", true)
  rig.tables.setBehind("a", false)
  rig.worker("w", 9)
  assert.deepEqual(rig.take(), ["w: Task 1.1"])
  assert.deepEqual(rig.tables.status().waiting, [])
})

test("a child that came while its worker was behind is sent once", () => {
  const rig = new AttachRig().worker("w", 1)
  rig.child("w", 1, 1, { name: "other", capabilities: { gpu: 1 } })
  rig.tables.setBehind("w", false)
  rig.offering("v", { slots: 9, capabilities: { gpu: 1 } })
  assert.deepEqual(rig.take(), ["v: Task 1.1"])
  assert.equal(rig.tables.clients.counts().clientsBehind, 0)
})

test("a number that a client has for what it attached to is no task's id", () => {
  const rig = new AttachRig().client("a").client("b").submit("a", 1)
  rig.attach("a", 2, "a.1").attach("b", 3, "a.1")
  assert.equal(rig.tables.clients.find("a", 2), undefined)
  assert.equal(rig.tables.clients.find("b", 3), undefined)
  rig.attach("a", 9, "a.1")
  assert.equal(rig.tables.clients.find("a", 5), undefined, "nor is one that has not been submitted")
  rig.cancel("a", 1)
  assert.equal(rig.tables.clients.find("b", 3), undefined)
  assert.ok("_tag" in (rig.tables.clients.find("a", 1) ?? {}))
})

test("a client attaches to as many tasks that have not ended as it may submit", () => {
  const rig = new AttachRig(100, bounds).client("a").client("b").worker("w", 2)
  rig.submit("a", 1).submit("a", 2).detach("a", 1)
  for (const task of [1, 2, 3, 4]) rig.attach("b", task, "a.1")
  rig.take()
  rig.attach("b", 5, "a.2").attach("a", 3, "a.2")
  assert.deepEqual(rig.take(), ["b: TaskAttachRefused 5 tooMany", "a: TaskAttached 3 sqrt"])
  rig.result("w", 1).take()
  rig.attach("b", 6, "a.2").attach("b", 7, "a.1")
  assert.deepEqual(rig.take(), [
    "b: TaskAttached 6 sqrt",
    "b: TaskAttached 7 sqrt",
    "b: TaskResult 7.1 success of w",
  ])
})

test("who takes too slowly what it is sent may cancel what it has, and not ask without end", () => {
  const rig = new AttachRig(100, bounds).client("a").worker("w")
  const asks = (task: number): string | undefined =>
    rig.tables.fromClient("a", {
      _tag: "TaskAttach",
      task,
      id: "a.1",
      name: "",
      wantsOutput: false,
    })
  let task = 0
  for (let count = 0; count < 3_000; count++) assert.equal(asks(++task), undefined, "it keeps up")
  rig.tables.setBehind("a", true)
  for (let count = 0; count < 1_008; count++) assert.equal(asks(++task), undefined)
  assert.match(
    asks(++task) ?? "",
    /cancelled or attached to 1008 tasks while it took too slowly what it is sent \(backlogBytesMax\); read/,
  )
  const cancelled = rig.tables.fromClient("a", { _tag: "TaskCancel", task: 1, attempt: 0, force: true }) // oxfmt-ignore
  assert.match(cancelled ?? "", /read what has come/)
  rig.tables.setBehind("a", false)
  assert.equal(asks(++task), undefined)
  rig.tables.setBehind("a", true)
  assert.equal(asks(++task), undefined, "it has caught up meanwhile")
})

test("what a worker says of children is not held against it", () => {
  const rig = new AttachRig(100, bounds).worker("w").child("w", 1)
  rig.tables.setBehind("w", true)
  for (let count = 0; count < 2_000; count++) {
    const said = { _tag: "TaskCancel", task: 1, attempt: 0, force: true } as const
    assert.equal(rig.tables.fromClient("w", said, "session of w"), undefined)
  }
})
