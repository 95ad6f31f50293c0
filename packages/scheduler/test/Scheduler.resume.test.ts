/** Peers whose connections break and are made again: what they are and hold stays what it was. */
import { type Message, Wire } from "@scaler-ts/protocol"
import { Scheduler } from "@scaler-ts/scheduler"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { clientOn, HandPeer, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { taskOf } from "./support/Rig.ts"

const hello = (session: string): Message.ClientHello => ({ _tag: "ClientHello", session })

const workerHello: Message.WorkerHello = {
  _tag: "WorkerHello",
  session: "w",
  worker: "w",
  slots: 1,
  prefetch: 0,
  capabilities: {},
  tasks: ["sqrt"],
}

const success: Message.TaskResult = {
  _tag: "TaskResult",
  task: 1,
  attempt: 1,
  worker: "w",
  type: "success",
  payload: Uint8Array.of(1),
  runMs: 1,
}

const confirm: Message.TaskCancelConfirm = {
  _tag: "TaskCancelConfirm",
  task: 1,
  attempt: 1,
  worker: "w",
  type: "canceled",
  how: "unknown",
  stopMs: 0,
}

/** A cluster whose worker runs task 1 of the client, with everything heard so far taken. */
const running = Effect.gen(function* () {
  const transport = new HandTransport()
  const scheduler = yield* Scheduler.make(transport, { silenceMs: Infinity })
  const worker = workerOn(transport, "w")
  const client = clientOn(transport, "c").say(taskOf(1))
  yield* turns
  worker.news()
  client.news()
  return { transport, scheduler, worker, client }
})

it.effect("a client that comes back in time hears what it missed, and nothing else happened", () =>
  Effect.gen(function* () {
    const { transport, scheduler, worker, client } = yield* running
    client.vanish()
    worker.say(success)
    yield* turns
    assert.deepEqual([scheduler.status().clients, worker.news()], [1, []])
    const back = new HandPeer(transport, "c")
    back.sendRaw(Wire.encode([hello("session of c")], 1, 1))
    yield* turns
    assert.deepEqual(back.raw(), [[2, 2, ["TaskResult 1.1 success of w"]]])
    yield* TestClock.adjust("1 minute")
    assert.equal(scheduler.status().clients, 1)
  }),
)

it.effect("a client that has missed nothing is told how much of it was heard", () =>
  Effect.gen(function* () {
    const { transport, client } = yield* running
    client.vanish()
    const back = new HandPeer(transport, "c")
    back.sendRaw(Wire.encode([hello("session of c")], 1, 1))
    yield* turns
    assert.deepEqual(back.raw(), [[1, 2, []]])
  }),
)

it.effect("a client that is away for too long is lost, and told so when it comes (R22, R45)", () =>
  Effect.gen(function* () {
    const { transport, scheduler, worker, client } = yield* running
    client.vanish()
    yield* TestClock.adjust(9_999)
    assert.equal(scheduler.status().clients, 1)
    yield* TestClock.adjust(1)
    yield* turns
    assert.equal(scheduler.status().clients, 0)
    assert.deepEqual(worker.news(), ["TaskCancel 1.1 forced"])
    const back = new HandPeer(transport, "c")
    back.sendRaw(Wire.encode([hello("session of c")], 1, 1))
    yield* turns
    const [refusal, end] = back.news()
    assert.match(refusal ?? "", /this session is not known here, or not any more; begin a new one/)
    assert.equal(end, "gone")
  }),
)

it.effect("a worker that is away is given nothing, and what it holds stays with it", () =>
  Effect.gen(function* () {
    const { transport, scheduler, worker, client } = yield* running
    worker.vanish()
    client.say(taskOf(2))
    yield* turns
    const { tasks, workers } = scheduler.status()
    assert.deepEqual([tasks.running, tasks.queued, workers[0]?.away], [1, 1, true])
    const back = new HandPeer(transport, "w")
    back.sendRaw(Wire.encode([workerHello], 1, 1))
    back.sendRaw(Wire.encode([success], 2, 1))
    yield* turns
    assert.deepEqual(client.news(), ["TaskResult 1.1 success of w"])
    assert.deepEqual(back.raw().at(-1), [2, 2, ["Task 2.1"]])
    assert.deepEqual(
      scheduler.status().workers.map(({ held, away }) => [held, away]),
      [[1, false]],
    )
  }),
)

it.effect("a worker that is away for too long is lost, and its task goes to another (R6)", () =>
  Effect.gen(function* () {
    const { transport, scheduler, worker } = yield* running
    worker.vanish()
    const other = workerOn(transport, "other")
    yield* turns
    assert.deepEqual(other.news(), ["HelloEcho"])
    yield* TestClock.adjust("10 seconds")
    yield* turns
    assert.deepEqual(other.news(), ["Task 1.2"])
    assert.deepEqual(
      scheduler.status().workers.map(({ name }) => name),
      ["other"],
    )
  }),
)

it.effect(
  "who comes under the same name in another session takes the place of the one before",
  () =>
    Effect.gen(function* () {
      const { transport, scheduler, worker, client } = yield* running
      client.vanish()
      const next = new HandPeer(transport, "c").say(hello("another"), taskOf(1))
      yield* turns
      assert.deepEqual(worker.news(), ["TaskCancel 1.1 forced"])
      assert.deepEqual(next.news(), ["HelloEcho"])
      const { clients, tasks } = scheduler.status()
      assert.deepEqual([clients, tasks.queued, tasks.cancelling], [1, 1, 1])
      yield* TestClock.adjust("1 minute")
      assert.equal(scheduler.status().clients, 1, "the bound of the one before is over")
    }),
)

it.effect("a frame that is missing ends the connection, and not the session", () =>
  Effect.gen(function* () {
    const { transport, scheduler, client } = yield* running
    client.sendRaw(Wire.encode([taskOf(3)], 4, 1))
    assert.deepEqual(client.news(), ["gone"])
    const back = new HandPeer(transport, "c")
    back.sendRaw(Wire.encode([hello("session of c")], 1, 1))
    back.sendRaw(Wire.encode([taskOf(2)], 3, 1))
    back.sendRaw(Wire.encode([taskOf(3)], 4, 1))
    yield* turns
    assert.equal(scheduler.status().tasks.queued, 2)
  }),
)

it.effect("what comes from one who is away, and has not said hello again, changes nothing", () =>
  Effect.gen(function* () {
    const { transport, scheduler, client } = yield* running
    client.vanish()
    const back = new HandPeer(transport, "c")
    back.sendRaw(Wire.encode([taskOf(2)], 3, 1))
    yield* turns
    assert.deepEqual([scheduler.status().tasks.queued, back.news()], [0, []])
    back.sendRaw(Wire.encode([hello("session of c")], 1, 1))
    back.sendRaw(Wire.encode([taskOf(2)], 3, 1))
    yield* turns
    assert.equal(scheduler.status().tasks.queued, 1, "and is taken when it comes again")
  }),
)

for (const [what, bytes] of [
  ["a number that was never sent", Wire.encode([hello("session of c")], 1, 1_000)],
  ["bytes that are no frame", Uint8Array.of(0xc1)],
] as const) {
  it.effect(`who is away and comes back with ${what} is told so, and lost at once`, () =>
    Effect.gen(function* () {
      const { transport, scheduler, worker, client } = yield* running
      client.vanish()
      const back = new HandPeer(transport, "c")
      back.sendRaw(bytes)
      yield* turns
      const [refusal, end] = back.news()
      assert.match(refusal ?? "", /^ProtocolError/)
      assert.deepEqual([end, scheduler.status().clients], ["gone", 0])
      assert.deepEqual(worker.news(), ["TaskCancel 1.1 forced"])
      const next = new HandPeer(transport, "c").say(hello("another"))
      yield* turns
      assert.deepEqual(next.news(), ["HelloEcho"])
    }),
  )
}

it.effect("who comes with another key is somebody else, whatever session it says", () =>
  Effect.gen(function* () {
    const keys: Record<string, string> = { c: "key c" }
    const transport = Object.assign(new HandTransport(), { keyOf: (peer: string) => keys[peer] })
    const scheduler = yield* Scheduler.make(transport, { silenceMs: Infinity })
    const client = clientOn(transport, "c").say(taskOf(1))
    yield* turns
    client.news()
    client.vanish()
    keys["c"] = "another"
    const other = new HandPeer(transport, "c")
    other.sendRaw(Wire.encode([hello("session of c")], 1, 1))
    yield* turns
    const { clients, tasks } = scheduler.status()
    assert.deepEqual([clients, tasks.queued], [0, 0], "nothing of the one before is its own")
  }),
)

it.effect(
  "a client that begins anew under its name is let in once what it had before has ended",
  () =>
    Effect.gen(function* () {
      const { transport, scheduler, worker, client } = yield* running
      client.vanish()
      const again = (times: number): HandPeer => {
        const peer = new HandPeer(transport, "c")
        return peer.say({ ...hello("session of c"), again: times })
      }
      const early = again(1)
      yield* turns
      assert.match(early.news().join(), /ProtocolError: a client has the session "session of c"/)
      assert.deepEqual(worker.news(), ["TaskCancel 1.1 forced"], "its session is not resumed")
      early.vanish()
      worker.say({ ...confirm, how: "cooperative" })
      const late = again(2).say({ ...taskOf(1), attempt: 1 })
      yield* turns
      assert.deepEqual(late.news(), ["HelloEcho"])
      yield* TestClock.adjust(10_000)
      yield* turns
      assert.deepEqual(worker.news(), ["Task 2.2"])
      assert.equal(scheduler.status().clients, 1)
    }),
)
