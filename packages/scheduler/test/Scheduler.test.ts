import type { Message } from "@scaler-ts/protocol"
import { Transport } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { clientOn, HandPeer, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { taskOf } from "./support/Rig.ts"

const resultOf = (task: number, worker: string): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: 1,
  worker,
  type: "success",
  payload: Uint8Array.of(1),
  runMs: 1,
})

it.effect("who says hello is welcomed, with its session and the scheduler's name", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const client = clientOn(transport, "c")
    const worker = workerOn(transport, "p1", "w")
    yield* turns
    assert.deepEqual([client.news(), worker.news()], [["HelloEcho"], ["HelloEcho"]])
    const { clients, workers } = scheduler.status()
    assert.deepEqual(
      [clients, workers],
      [
        1,
        [
          {
            name: "w",
            slots: 1,
            prefetch: 0,
            held: 0,
            draining: false,
            away: false,
            attempts: 0,
            waiting: 0,
          },
        ],
      ],
    )
  }),
)

it.effect("a task goes from a client to a worker and its result comes back", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const client = clientOn(transport, "c").say(taskOf(5))
    const worker = workerOn(transport, "w")
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1"])
    worker.say({ _tag: "TaskStarted", task: 1, attempt: 1, worker: "w" }, resultOf(1, "w"))
    yield* turns
    assert.deepEqual(client.news(), [
      "HelloEcho",
      "TaskStarted 5.1 on w",
      "TaskResult 5.1 success of w",
    ])
    assert.deepEqual(
      scheduler.status().workers.map(({ held }) => held),
      [0],
    )
  }),
)

it.effect("heartbeats are answered, to clients and to workers (R25)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const peers = [clientOn(transport, "c"), workerOn(transport, "w")]
    for (const peer of peers) peer.say({ _tag: "Heartbeat" })
    yield* turns
    const expected = ["HelloEcho", "HeartbeatEcho"]
    assert.deepEqual(
      peers.map((peer) => peer.news()),
      [expected, expected],
    )
  }),
)

it.effect("a client that disconnects gets the echo, and its tasks are stopped (R22)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const worker = workerOn(transport, "w")
    const client = clientOn(transport, "c").say(taskOf(1), taskOf(2))
    client.say({ _tag: "ClientDisconnect" })
    yield* turns
    assert.deepEqual(client.news(), ["HelloEcho", "ClientDisconnectEcho", "gone"])
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1", "TaskCancel 1.1 forced"])
    const { clients, tasks } = scheduler.status()
    assert.deepEqual([clients, tasks.queued, tasks.cancelling], [0, 0, 1])
  }),
)

it.effect("a client whose connection breaks is lost, and its tasks are stopped (R22)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport, { resumeMs: 0 })
    const worker = workerOn(transport, "w")
    const client = clientOn(transport, "c").say(taskOf(1))
    client.vanish()
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1", "TaskCancel 1.1 forced"])
    assert.equal(scheduler.status().clients, 0)
  }),
)

it.effect("a worker whose connection breaks is lost, and its task goes to another (R6)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport, { resumeMs: 0 })
    const first = workerOn(transport, "a")
    clientOn(transport, "c").say(taskOf(1))
    const second = workerOn(transport, "b")
    first.vanish()
    yield* turns
    assert.deepEqual(second.news(), ["HelloEcho", "Task 1.2"])
    const back = workerOn(transport, "a").say(resultOf(1, "a"))
    yield* turns
    assert.deepEqual(back.news(), ["HelloEcho"])
    assert.deepEqual(scheduler.status().ignored, { attemptStale: 1 })
  }),
)

it.effect("a worker that says goodbye gives back what it could not start, before it is lost", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const first = workerOn(transport, "a")
    const client = clientOn(transport, "c").say({ ...taskOf(1), attemptsMax: 1 })
    const second = workerOn(transport, "b")
    first.say({
      _tag: "TaskCancelConfirm",
      task: 1,
      attempt: 1,
      worker: "a",
      type: "canceled",
      how: "neverStarted",
      stopMs: 0,
    })
    yield* turns
    assert.deepEqual(client.news(), ["HelloEcho"])
    first.say({ _tag: "WorkerGoodbye" })
    yield* turns
    assert.deepEqual(first.news().slice(-1), ["gone"])
    assert.equal(second.news()[0], "HelloEcho")
  }),
)

it.effect("drainWorker tells the worker, which then gets nothing more", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const worker = workerOn(transport, "w")
    scheduler.drainWorker("w", 2_000)
    clientOn(transport, "c").say(taskOf(1))
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Drain 2000"])
    assert.equal(scheduler.status().tasks.queued, 1)
  }),
)

it.effect("a task's timeout fires by the clock, and the slot it frees is used at once", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const worker = workerOn(transport, "w")
    const client = clientOn(transport, "c").say({ ...taskOf(1), timeoutMs: 500 }, taskOf(2))
    worker.say({ _tag: "TaskStarted", task: 1, attempt: 1, worker: "w" })
    yield* TestClock.adjust(499)
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1"])
    yield* TestClock.adjust(1)
    yield* turns
    assert.deepEqual(worker.news(), ["TaskCancel 1.1 forced"])
    worker.say({
      _tag: "TaskCancelConfirm",
      task: 1,
      attempt: 1,
      worker: "w",
      type: "canceled",
      how: "killed",
      stopMs: 5_000.5,
    })
    yield* turns
    assert.deepEqual(worker.news(), ["Task 2.1"])
    assert.deepEqual(client.news().slice(2), ["TaskResult 1.1 failedTimeout of w"])
  }),
)

it.effect(
  "when its scope closes the scheduler parts from everybody and hears nothing more (G7)",
  () =>
    Effect.gen(function* () {
      const transport = new HandTransport()
      const scope = yield* Scope.make()
      const scheduler = yield* Scope.provide(Scheduler.make(transport), scope)
      const client = clientOn(transport, "c").say(taskOf(1))
      yield* turns
      yield* Scope.close(scope, Exit.void)
      client.say(taskOf(2))
      yield* turns
      const stopped = "ProtocolError: the scheduler has stopped"
      assert.deepEqual(client.news(), ["HelloEcho", stopped, "gone"])
      assert.equal(scheduler.status().tasks.queued, 1)
    }),
)

it.effect("the scheduler layer runs on the Transport service", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const provided = Layer.provide(Scheduler.layer(), Layer.succeed(Transport, transport))
    yield* Effect.gen(function* () {
      const client = clientOn(transport, "c")
      yield* turns
      assert.deepEqual(client.news(), ["HelloEcho"])
    }).pipe(Effect.provide(provided))
    const late = new HandPeer(transport, "late").say({ _tag: "ClientHello", session: "s" })
    yield* turns
    assert.deepEqual(late.news(), [])
  }),
)
