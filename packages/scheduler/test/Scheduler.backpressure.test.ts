import { it } from "@effect/vitest"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { Scheduler } from "../src/index.ts"
import { clientOn, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { operatorOn, tasksAsked } from "./support/operator.ts"
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

it.effect("the first credit comes in the frame of the answer to the hello", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport, { clientTasksMax: 7, clientBytesMax: 70 })
    const client = clientOn(transport, "c")
    yield* turns
    assert.deepEqual(client.raw(), [[1, 1, ["HelloEcho", "TaskCredit 7 70"]]])
  }),
)

it.effect("many tasks that end are given back in few messages", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport, { clientTasksMax: 400 })
    const worker = workerOn(transport, "w")
    const client = clientOn(transport, "c")
    for (let task = 1; task <= 300; task++) client.say(taskOf(task))
    yield* turns
    client.raw()
    for (let task = 1; task <= 300; task++) worker.say(resultOf(task, 1))
    yield* turns
    const credits = client
      .raw()
      .flatMap(([, , said]) => said.filter((one) => one.startsWith("TaskCredit")))
    assert.deepEqual(credits, ["TaskCredit 100 100", "TaskCredit 100 100", "TaskCredit 100 100"])
  }),
)

it.effect("a client that sends without credit is told the bound, and nobody else notices", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport, { clientTasksMax: 2, clientBytesMax: 50 })
    const worker = workerOn(transport, "w")
    const other = clientOn(transport, "other").say(taskOf(1))
    const client = clientOn(transport, "c").say(taskOf(1), taskOf(2), taskOf(3))
    yield* turns
    assert.deepEqual(client.news().slice(1), [
      "ProtocolError: a client sent a task without credit for it: 2 unfinished tasks and 50 bytes of " +
        "their inputs are allowed per client (clientTasksMax, clientBytesMax); wait for TaskCredit " +
        "before sending more, or give the scheduler larger ones",
      "gone",
    ])
    worker.say(resultOf(1, 1))
    yield* turns
    assert.deepEqual(other.news(), ["HelloEcho", "TaskResult 1.1 success of w"])
    assert.deepEqual([scheduler.status().clients, scheduler.status().tasks.queued], [1, 0])
  }),
)

const mebi = 1_048_576

it.effect("of a client that does not read nothing is started, and others go on (R27)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const options = { resumeMs: 0, backlogBytesMax: 2 * mebi, clientTasksMax: 3 }
    const scheduler = yield* Scheduler.make(transport, options)
    const worker = workerOn(transport, "w")
    const slow = clientOn(transport, "slow").say(taskOf(1), taskOf(2), taskOf(3))
    yield* turns
    slow.raw()
    slow.full = true
    worker.say(resultOf(1, 3 * mebi))
    yield* turns
    worker.say({ _tag: "TaskProgress", task: 2, attempt: 1, fraction: 0.5 }, resultOf(2, 1))
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1", "Task 2.1"])
    assert.equal(scheduler.status().tasks.queued, 1)
    clientOn(transport, "other").say(taskOf(1))
    yield* turns
    assert.deepEqual(worker.news(), ["Task 4.1"])
    worker.say(resultOf(4, 1))
    slow.say({ _tag: "Heartbeat" })
    yield* turns
    slow.drained()
    yield* turns
    const said = slow.raw().flatMap(([, , sentences]) => sentences)
    assert.deepEqual(said, [
      "TaskResult 1.1 success of w",
      "TaskCredit 1 1", // Given in the turn of that result.
      "TaskResult 2.1 success of w",
      "TaskCredit 1 1",
    ])
    assert.deepEqual(worker.news(), ["Task 3.1"])
  }),
)

const status = (request: number): Message.StatusAsked => ({ _tag: "StatusAsked", request })

it.effect("an operator that asks and does not read is told why it is answered no more", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport, { backlogBytesMax: 2 * mebi })
    const [name, other] = ["n".repeat(200_000), "o".repeat(200_000)]
    const client = clientOn(transport, "c").say(
      { ...taskOf(1), name },
      { ...taskOf(2), name: other },
    )
    const operator = operatorOn(transport, "o")
    yield* turns
    operator.news()
    operator.full = true
    operator.say(status(1), tasksAsked({ request: 2 }), status(3), status(4))
    yield* turns
    operator.drained()
    yield* turns
    const told = operator.news()
    assert.match(
      told.at(-2) ?? "",
      /ProtocolError: \d+ bytes of answers wait for the operator, and 2097152 are allowed \(backlogBytesMax\); read/,
    )
    assert.equal(told.at(-1), "gone")
    assert.deepEqual(
      told.filter((one) => one.includes("StatusTold")),
      ["1: StatusTold 1 clients"],
    )
    client.say({ _tag: "Heartbeat" })
    yield* turns
    assert.deepEqual(client.news(), ["HelloEcho", "HeartbeatEcho"], "nobody else notices")
  }),
)

it.effect("who does not read is not answered heartbeats without end (R27)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport, {
      resumeMs: 0,
      silenceMs: Infinity,
      backlogBytesMax: 2 * mebi,
    })
    for (const peer of [clientOn(transport, "c"), workerOn(transport, "w")]) {
      yield* turns
      peer.news()
      peer.full = true
      for (let count = 0; count < 40_000; count++) peer.say({ _tag: "Heartbeat" })
      yield* turns
      peer.drained()
      yield* turns
      assert.ok(peer.news().length < (2 * mebi) / 80 + 2)
      peer.say({ _tag: "Heartbeat" })
      yield* turns
      assert.deepEqual(peer.news(), ["HeartbeatEcho"], "now that it reads")
    }
  }),
)
