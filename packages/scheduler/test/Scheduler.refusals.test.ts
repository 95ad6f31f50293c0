import { type Message, Wire } from "@scaler-ts/protocol"
import { Scheduler } from "@scaler-ts/scheduler"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { clientOn, HandPeer, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { taskOf } from "./support/Rig.ts"

const goodbye: Message.ToScheduler = { _tag: "WorkerGoodbye" }

/** The third peer of a test, whom nothing that others do may disturb. */
const bystanderOn = (transport: HandTransport) => {
  const worker = workerOn(transport, "bystander's worker")
  const client = clientOn(transport, "bystander").say(taskOf(1))
  return Effect.gen(function* () {
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1"])
    worker.say({ _tag: "TaskStarted", task: 1, attempt: 1, worker: "bystander's worker" })
    yield* turns
    const news = ["HelloEcho", "TaskStarted 1.1 on bystander's worker"]
    assert.deepEqual([client.news(), worker.news()], [news, []])
  })
}

it.effect(
  "two workers under one name: the second is refused with a sentence, the first goes on",
  () =>
    Effect.gen(function* () {
      const transport = new HandTransport()
      const scheduler = yield* Scheduler.make(transport)
      const first = workerOn(transport, "p1", "w")
      const second = workerOn(transport, "p2", "w")
      clientOn(transport, "c").say(taskOf(1))
      yield* turns
      assert.deepEqual(second.news(), [
        'ProtocolError: a worker named "w" is here already; give each worker a name of its own',
        "gone",
      ])
      assert.deepEqual(first.news(), ["HelloEcho", "Task 1.1"])
      first.say(goodbye)
      yield* turns
      assert.deepEqual(workerOn(transport, "p3", "w").heard, [])
      assert.equal(scheduler.status().workers.length, 1, "the name is free again")
    }),
)

it.effect("a peer of another major version gets a ProtocolError that names both versions", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const peer = new HandPeer(transport, "old")
    const frame = Wire.encode([{ _tag: "ClientHello", session: "s" }], 1, 0)
    // The second byte is the major version: [major, minor, sequence, acknowledged, messages].
    assert.equal(frame[1], Wire.versionMajor)
    frame[1] = 9
    peer.sendRaw(frame)
    yield* turns
    const [refusal, end] = peer.news()
    const [theirs, ours] = [9, Wire.versionMajor].map((major) => `${major}.${Wire.versionMinor}`)
    assert.ok(refusal?.startsWith("ProtocolError: "), refusal)
    assert.ok(refusal?.includes(`version ${theirs}, this side ${ours}; install the same major`))
    assert.equal(end, "gone")
  }),
)

const garbage: ReadonlyArray<readonly [string, Uint8Array]> = [
  ["no bytes at all", Uint8Array.of()],
  ["bytes that are no msgpack", Uint8Array.of(0xc1, 0xff, 0x00)],
  ["a frame that is cut off", Wire.encode([taskOf(2)], 2, 0).slice(0, -3)],
  ["a frame whose predecessors are missing", Wire.encode([taskOf(2)], 900, 0)],
]

for (const [what, bytes] of garbage) {
  it.effect(`${what} cost the sender its session, and nobody else anything (G10)`, () =>
    Effect.gen(function* () {
      const transport = new HandTransport()
      const scheduler = yield* Scheduler.make(transport, { resumeMs: 0 })
      const undisturbed = bystanderOn(transport)
      const client = clientOn(transport, "c")
      client.sendRaw(bytes)
      yield* turns
      const [hello, refusal, end] = client.news()
      assert.deepEqual([hello, end], ["HelloEcho", "gone"])
      assert.match(refusal ?? "", /^ProtocolError: .*frame/)
      yield* undisturbed
      assert.equal(scheduler.status().clients, 1)
    }),
  )
}

it.effect("garbage from a worker loses the worker, and its task goes to another", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const worker = workerOn(transport, "a")
    clientOn(transport, "c").say(taskOf(1))
    const other = workerOn(transport, "b")
    worker.sendRaw(Uint8Array.of(0xc1))
    yield* turns
    assert.deepEqual(other.news(), ["HelloEcho", "Task 1.2"])
    assert.equal(worker.news().at(-1), "gone")
  }),
)

it.effect("who is refused is told the first reason only, whatever it had sent after it", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const client = clientOn(transport, "c").say(goodbye, taskOf(1), taskOf(2), goodbye)
    client.sendRaw(Uint8Array.of(0xc1))
    yield* turns
    assert.deepEqual(client.news(), [
      "HelloEcho",
      "ProtocolError: a client does not say WorkerGoodbye; the session has ended",
      "gone",
    ])
    assert.equal(scheduler.status().tasks.queued, 0)
  }),
)

it.effect("a full outbox delays a refusal, and does not lose it (R45)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const client = clientOn(transport, "c")
    yield* turns
    client.full = true
    client.say(goodbye)
    yield* turns
    assert.deepEqual(client.news(), ["HelloEcho"])
    client.drained()
    yield* turns
    const reason = "a client does not say WorkerGoodbye; the session has ended"
    assert.deepEqual(client.news(), [`ProtocolError: ${reason}`, "gone"])
  }),
)

it.effect("one peer's full outbox holds up nobody else, and nothing is lost in it (R27)", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const worker = workerOn(transport, "w")
    const slow = clientOn(transport, "slow")
    yield* turns
    slow.full = true
    slow.say({ _tag: "TaskCancel", task: 9, attempt: 0, force: true }, { _tag: "Heartbeat" })
    clientOn(transport, "c").say(taskOf(1))
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1"])
    slow.drained()
    yield* turns
    assert.deepEqual(slow.news(), ["HelloEcho", "cancelNotFound 9.0", "HeartbeatEcho"])
  }),
)

it.effect("a message before the hello is refused with a sentence that says what to say first", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const peer = new HandPeer(transport, "p").say(taskOf(1))
    yield* turns
    assert.deepEqual(peer.news(), [
      "ProtocolError: Task came before a hello; say ClientHello, WorkerHello or OperatorHello first",
      "gone",
    ])
    assert.equal(scheduler.status().tasks.queued, 0)
  }),
)

it.effect(
  "a client that says what workers say is refused, and another client's task is safe (G9)",
  () =>
    Effect.gen(function* () {
      const transport = new HandTransport()
      yield* Scheduler.make(transport)
      const undisturbed = bystanderOn(transport)
      const client = clientOn(transport, "c").say({
        _tag: "TaskResult",
        task: 1,
        attempt: 1,
        worker: "bystander's worker",
        type: "success",
        payload: Uint8Array.of(),
        runMs: 0,
      })
      yield* turns
      assert.deepEqual(client.news().slice(1), [
        "ProtocolError: a client does not say TaskResult; the session has ended",
        "gone",
      ])
      yield* undisturbed
    }),
)

it.effect("a refused peer may come back, say hello and be served", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    new HandPeer(transport, "p").say(taskOf(1))
    yield* turns
    const again = clientOn(transport, "p").say({ _tag: "Heartbeat" })
    yield* turns
    assert.deepEqual(again.news(), ["HelloEcho", "HeartbeatEcho"])
  }),
)

it.effect("a ProtocolError from a peer ends its session", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const worker = workerOn(transport, "w").say({
      _tag: "ProtocolError",
      reason: "cannot read you",
    })
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "gone"])
    assert.deepEqual(scheduler.status().workers, [])
  }),
)
