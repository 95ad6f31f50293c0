import { MemoryNetwork } from "@scaler-ts/adapter-memory"
import {
  Link,
  type Message,
  type PeerId,
  ProtocolError,
  type Transport,
  type TransportListener,
  Wire,
} from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { frame, listening, turns, writingTo } from "./listening.ts"

it.effect("send says false when the outbox is full and true again once writable was said", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 3 })
    const a = network.join("a")
    const heardByA = listening(a)
    const heardByB = listening(network.join("b"))
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((n) => a.send("b", frame(n))),
      [true, true, true, false, false],
    )
    yield* turns
    assert.deepEqual(heardByB, ["a 1", "a 2", "a 3"])
    assert.deepEqual(heardByA, ["b writable"], "told once")
    assert.equal(a.send("b", frame(6)), true)
  }),
)

it.effect("writable is not said to a sender whose outbox was never full", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 3 })
    const a = network.join("a")
    const heard = listening(a)
    listening(network.join("b"))
    for (const n of [1, 2, 3]) a.send("b", frame(n))
    yield* turns
    assert.deepEqual(heard, [])
  }),
)

it.effect("one full outbox does not close the others (R27)", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 1 })
    const a = network.join("a")
    const b = network.join("b")
    listening(a)
    const heardByB = listening(b)
    const heardByC = listening(network.join("c"))
    a.send("b", frame(1))
    assert.equal(a.send("b", frame(2)), false)
    assert.equal(a.send("c", frame(3)), true)
    assert.equal(b.send("a", frame(4)), true, "the other direction has an outbox of its own")
    yield* turns
    assert.deepEqual([heardByB, heardByC], [["a 1"], ["a 3"]])
  }),
)

it.effect("a peer that does not listen yet keeps the outbox full", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 2 })
    const a = network.join("a")
    const b = network.join("b")
    const heardByA = listening(a)
    for (const n of [1, 2, 3]) a.send("b", frame(n))
    yield* turns
    assert.equal(a.send("b", frame(4)), false)
    assert.deepEqual(heardByA, [])
    const heardByB = listening(b)
    yield* turns
    assert.deepEqual([heardByA, heardByB], [["b writable"], ["a 1", "a 2"]])
  }),
)

it.effect("a sender that has left is not told that its outbox is writable", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 1 })
    const a = network.join("a")
    const heardByA = listening(a)
    const heardByB = listening(network.join("b"))
    a.send("b", frame(1))
    a.send("b", frame(2))
    a.disconnect("b")
    yield* turns
    assert.deepEqual([heardByA, heardByB], [[], ["a 1", 'a gone: "a" has left']])
  }),
)

type ToClient = Link<Message.SchedulerToClient, Message.SchedulerToClient>

const progressOf = (task: number): Message.TaskProgress => ({
  _tag: "TaskProgress",
  task,
  attempt: 1,
  fraction: 0.5,
})

it.effect("an outbox for a peer that has parted is never full, because nothing waits in it", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 1 })
    const a = network.join("a")
    const b = network.join("b")
    const heardByA = listening(a)
    listening(b)
    a.send("b", frame(1))
    yield* turns
    b.disconnect("a")
    assert.deepEqual([a.send("b", frame(2)), a.send("b", frame(3))], [true, true])
    yield* turns
    assert.deepEqual(heardByA, ['b gone: "b" has left'])
  }),
)

/** A transport that counts how often its outbox was full. */
const counting = (transport: Transport): { readonly outlet: Transport; refused: number } => {
  const counted = {
    refused: 0,
    outlet: {
      self: transport.self,
      listen: (listener: TransportListener) => transport.listen(listener),
      send: (to: PeerId, bytes: Uint8Array): boolean => {
        const taken = transport.send(to, bytes)
        if (!taken) counted.refused++
        return taken
      },
      disconnect: (peer: PeerId) => transport.disconnect(peer),
      close: () => transport.close(),
    },
  }
  return counted
}

it.effect("a Link keeps every message and their order across outboxes that are full", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 1 })
    const loop = yield* Loop.make
    const b = network.join("b")
    const counted = counting(network.join("a"))
    const out: ToClient = new Link(counted.outlet, loop.defer, "b", Wire.toClient)
    const into: ToClient = new Link(b, loop.defer, "a", Wire.toClient)
    const heard: Array<number> = []
    counted.outlet.listen({ ...writingTo([]), writable: () => out.writable() })
    b.listen({
      ...writingTo([]),
      frame: (_, bytes) => {
        const messages = into.receive(bytes)
        assert.ok(!(messages instanceof ProtocolError))
        for (const message of messages) heard.push("task" in message ? message.task : 0)
      },
    })
    const count = 20_000 // Five frames' worth, so that one flush alone meets a full outbox.
    for (let task = 1; task <= count; task++) {
      out.send(progressOf(task))
      if (task % 7_000 === 0) yield* Effect.yieldNow
    }
    yield* turns
    assert.deepEqual(
      heard,
      Array.from({ length: count }, (_, i) => i + 1),
    )
    assert.ok(counted.refused > 0, "no outbox was ever full")
  }),
)
