import { it } from "@effect/vitest"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { clientOn, turns, workerOn } from "./support/Hand.ts"
import { office, ordered, statusOf } from "./support/operator.ts"
import { taskOf } from "./support/Rig.ts"

const resultOf = (task: number, bytes: number): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: 1,
  worker: "w",
  type: "success",
  payload: new Uint8Array(bytes),
  runMs: 1,
})

const row = (waiting: Partial<Message.WaitingTold>): Message.WaitingTold => ({
  _tag: "WaitingTold",
  request: 1,
  name: "sqrt",
  capabilities: {},
  tasks: 1,
  why: "busy",
  lacking: [],
  full: 0,
  draining: 0,
  away: 0,
  recovering: false,
  ...waiting,
})

it.effect("an operator is told what waits, how much of it and why, the most first", () =>
  Effect.gen(function* () {
    const { transport, operator } = yield* office()
    const client = clientOn(transport, "c").say(taskOf(1), { ...taskOf(2), name: "other" })
    const status = statusOf(operator)
    assert.deepEqual((yield* status).waiting, [
      row({ why: "notOffered" }),
      row({ why: "notOffered", name: "other" }),
    ])
    workerOn(transport, "v")
    workerOn(transport, "w")
    const gpu = { capabilities: { gpu: 2 } }
    client.say({ ...taskOf(3), ...gpu }, { ...taskOf(4), ...gpu }, { ...taskOf(5), ...gpu })
    client.say(taskOf(6), taskOf(7), taskOf(8))
    operator.say(ordered("drain", "v", 1_000))
    const { waiting, tasks } = yield* status
    assert.deepEqual(waiting, [
      row({ why: "tooLittle", ...gpu, tasks: 3, lacking: ["gpu"] }),
      row({ tasks: 2, full: 1, draining: 1 }),
      row({ why: "notOffered", name: "other" }),
    ])
    assert.deepEqual(tasks, { queued: 6, dispatched: 2 })
  }),
)

it.effect("the status tells of 100 different things that wait, and of the number of all", () =>
  Effect.gen(function* () {
    const { transport, operator } = yield* office()
    const client = clientOn(transport, "c").say({ ...taskOf(1), name: "name 101" })
    for (let task = 2; task <= 102; task++) {
      client.say({ ...taskOf(task), name: `name ${task - 1}` })
    }
    const { waiting, tasks } = yield* statusOf(operator)
    assert.equal(waiting.length, 100)
    assert.deepEqual(waiting[0], row({ why: "notOffered", name: "name 101", tasks: 2 }))
    assert.deepEqual(tasks, { queued: 102 })
  }),
)

const mebi = 1_048_576

it.effect("an operator is told how many clients have no credit, and how many do not read", () =>
  Effect.gen(function* () {
    const bounds = { resumeMs: 0, clientTasksMax: 3, backlogBytesMax: 2 * mebi }
    const { transport, operator } = yield* office(bounds)
    const counts = Effect.map(
      statusOf(operator),
      ({ clients, clientsWithoutCredit, clientsBehind, waiting, tasks }) => ({
        clients: [clients, clientsWithoutCredit, clientsBehind],
        queued: [tasks["queued"], waiting.length],
      }),
    )
    const worker = workerOn(transport, "w")
    clientOn(transport, "d")
    const slow = clientOn(transport, "c").say(taskOf(1), taskOf(2), taskOf(3))
    assert.deepEqual(yield* counts, { clients: [2, 1, 0], queued: [2, 1] })
    slow.full = true
    worker.say(resultOf(1, 3 * mebi))
    yield* turns
    assert.deepEqual(yield* counts, { clients: [2, 0, 1], queued: [1, 0] })
    slow.drained()
    yield* turns
    worker.say(resultOf(2, 1))
    assert.deepEqual(yield* counts, { clients: [2, 0, 0], queued: [undefined, 0] })
  }),
)

it.effect("a scheduler that stops cancels what waits in every lane, and for a slow client", () =>
  Effect.gen(function* () {
    const bounds = { resumeMs: 0, clientTasksMax: 4, backlogBytesMax: 2 * mebi }
    const { transport, operator, ask } = yield* office(bounds)
    const worker = workerOn(transport, "w")
    const slow = clientOn(transport, "slow").say(taskOf(1), taskOf(2), taskOf(3))
    yield* turns
    const client = clientOn(transport, "c").say(
      taskOf(1),
      { ...taskOf(2), name: "other" },
      { ...taskOf(3), capabilities: { gpu: 1 }, priority: 3 },
    )
    yield* turns
    slow.full = true
    worker.say(resultOf(1, 3 * mebi))
    yield* turns
    client.news()
    worker.news()
    yield* ask(ordered("drain", "w", 1_000), ordered("stop", "", 1_000, 10))
    yield* TestClock.adjust(1_000)
    yield* turns
    assert.deepEqual((yield* statusOf(operator)).waiting, [])
    const [drain, ...cancels] = worker.news()
    assert.deepEqual([drain, cancels], ["Drain 1000", ["TaskCancel 2.1 forced"]])
    assert.deepEqual(client.news(), [
      "canceled 1.0 neverStarted of nobody",
      "canceled 2.0 neverStarted of nobody",
      "canceled 3.0 neverStarted of nobody",
    ])
    slow.drained()
    worker.say(resultOf(2, 1), { _tag: "WorkerGoodbye" })
    assert.deepEqual((yield* ask()).slice(-4), [
      "9: done",
      "10: done",
      "ProtocolError: the scheduler has stopped",
      "gone",
    ])
    assert.ok(slow.news().includes("canceled 3.0 neverStarted of nobody"))
  }),
)

it.effect("room that a worker gets while it drains is given to nobody, whoever waits", () =>
  Effect.gen(function* () {
    const { transport, operator, ask } = yield* office()
    const worker = workerOn(transport, "w")
    clientOn(transport, "c").say(taskOf(1), taskOf(2))
    yield* turns
    yield* ask(ordered("drain", "w", 1_000))
    worker.say(resultOf(1, 1))
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1", "Drain 1000"])
    assert.deepEqual((yield* statusOf(operator)).waiting, [row({ draining: 1 })])
    worker.say({ _tag: "WorkerGoodbye" })
    assert.deepEqual(yield* ask(), ["9: done"])
    assert.deepEqual((yield* statusOf(operator)).waiting, [row({ why: "notOffered" })])
  }),
)

it.effect("an operator is told what waits because the scheduler has just started", () =>
  Effect.gen(function* () {
    const { transport, operator } = yield* office({ recoverMs: 1_000 })
    workerOn(transport, "w")
    const again = { ...taskOf(1), attempt: 1 }
    const client = clientOn(transport, "c").say(again, { ...again, task: 2, name: "other" })
    client.say({ ...again, task: 3, capabilities: { gpu: 1 } }, { ...again, task: 4 })
    const status = statusOf(operator)
    const waiting = Effect.map(status, (told) => told.waiting)
    assert.deepEqual(yield* waiting, [
      row({ tasks: 2, recovering: true }),
      row({ name: "other", recovering: true }),
      row({ capabilities: { gpu: 1 }, recovering: true }),
    ])
    client.say({ _tag: "TaskCancel", task: 2, attempt: 0, force: true })
    yield* turns
    assert.deepEqual(
      (yield* waiting).map(({ tasks }) => tasks),
      [2, 1],
    )
    yield* TestClock.adjust(1_000)
    yield* turns
    assert.deepEqual(yield* waiting, [
      row({ capabilities: { gpu: 1 }, why: "tooLittle", lacking: ["gpu"] }),
      row({ full: 1 }),
    ])
  }),
)
