import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Transport } from "@scaler-ts/runtime"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import assert from "node:assert/strict"
import { frame, listening, turns, writingTo } from "./listening.ts"

it.effect("frames of one pair arrive in the order sent, once each", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const a = network.join("a")
    const b = network.join("b")
    const heardByA = listening(a)
    const heardByB = listening(b)
    for (let n = 1; n <= 5; n++) {
      assert.equal(a.send("b", frame(n)), true)
      assert.equal(b.send("a", frame(10 * n)), true)
    }
    yield* turns
    assert.deepEqual(heardByB, ["a 1", "a 2", "a 3", "a 4", "a 5"])
    assert.deepEqual(heardByA, ["b 10", "b 20", "b 30", "b 40", "b 50"])
  }),
)

it.effect("a frame is delivered on a later turn, never from inside send", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const a = network.join("a")
    const b = network.join("b")
    const heard: Array<string> = []
    let sending = false
    b.listen({
      ...writingTo(heard),
      frame: (from) => {
        assert.equal(sending, false, `delivered to b from inside a send`)
        heard.push(from)
        sending = true
        b.send("a", frame(2))
        sending = false
      },
    })
    a.listen({
      ...writingTo(heard),
      frame: (from) => {
        assert.equal(sending, false, `delivered to a from inside b's send`)
        heard.push(from)
      },
    })
    sending = true
    a.send("b", frame(1))
    sending = false
    assert.deepEqual(heard, [])
    yield* turns
    assert.deepEqual(heard, ["a", "b"])
  }),
)

it.effect("a peer can send to itself, on a later turn", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const a = network.join("a")
    const heard = listening(a)
    assert.equal(a.send("a", frame(1)), true)
    assert.deepEqual(heard, [])
    yield* turns
    assert.deepEqual(heard, ["a 1"])
  }),
)

it.effect("frames that arrive before listen are kept and handed over first, in order", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const a = network.join("a")
    const b = network.join("b")
    a.send("b", frame(1))
    a.send("b", frame(2))
    yield* turns
    const heard = listening(b)
    assert.deepEqual(heard, [], "not from inside listen")
    a.send("b", frame(3))
    yield* turns
    assert.deepEqual(heard, ["a 1", "a 2", "a 3"])
  }),
)

it.effect("early frames come before the ones of the turn in which the peer begins to listen", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const [a, b, c] = ["a", "b", "c"].map((name) => network.join(name))
    assert.ok(a !== undefined && b !== undefined && c !== undefined)
    const heard: Array<string> = []
    a.send("b", frame(1))
    yield* turns
    c.listen({ ...writingTo([]), frame: () => b.listen(writingTo(heard)) })
    a.send("c", frame(0))
    a.send("b", frame(2))
    yield* turns
    assert.deepEqual(heard, ["a 1", "a 2"])
  }),
)

it.effect("a hundred thousand early frames are kept", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 200_000 })
    const a = network.join("a")
    const b = network.join("b")
    for (let n = 0; n < 200_000; n++) a.send("b", frame(n & 0xffff))
    yield* turns
    const heard = listening(b)
    yield* turns
    assert.equal(heard.length, 200_000)
    assert.equal(heard[65_535], "a 65535")
  }),
)

it.effect("sending to nobody tells that the peer is gone and what to do about it", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const a = network.join("a")
    const heard = listening(a)
    assert.equal(a.send("nobody", frame(1)), true)
    assert.deepEqual(heard, [], "not from inside send")
    yield* turns
    assert.deepEqual(heard, [
      'nobody gone: nobody named "nobody" is there; start it first, or check the name',
    ])
  }),
)

it.effect("a name that is taken is refused with a sentence, and is free again after a close", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const first = network.join("a")
    assert.throws(() => network.join("a"), {
      message: 'a peer named "a" has joined this network already; use another name',
    })
    first.close()
    assert.equal(network.join("a").self, "a")
  }),
)

it.effect("when the network's scope closes everybody is disconnected", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const network = yield* Scope.provide(MemoryNetwork.make(), scope)
    const a = network.join("a")
    const b = network.join("b")
    const heardByA = listening(a)
    const heardByB = listening(b)
    a.send("b", frame(1))
    yield* turns
    yield* Scope.close(scope, Exit.void)
    assert.equal(a.send("b", frame(2)), true)
    assert.equal(b.send("a", frame(2)), true)
    yield* turns
    assert.deepEqual([heardByA, heardByB], [[], ["a 1"]])
  }),
)

it.effect("the transport layer joins under its name and leaves when its scope closes", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const b = network.join("b")
    const heard = listening(b)
    yield* Effect.gen(function* () {
      const transport = yield* Transport
      assert.equal(transport.self, "a")
      transport.send("b", frame(1))
      yield* turns
    }).pipe(Effect.provide(MemoryTransport.layer(network, "a")))
    yield* turns
    assert.deepEqual(heard, ["a 1", 'a gone: "a" has left'])
    const taken = yield* Effect.exit(Effect.scoped(MemoryTransport.make(network, "b")))
    assert.equal(Exit.isFailure(taken), true)
  }),
)

it.effect("a million frames cross in time linear in their number", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make({ outboxFramesMax: 10_000 })
    const a = network.join("a")
    const b = network.join("b")
    const bytes = frame(7)
    const arrived = { frames: 0 }
    let sent = 0
    const pump = (): void => {
      while (sent < 1_000_000 && a.send("b", bytes)) sent++
    }
    a.listen({ ...writingTo([]), writable: pump })
    b.listen({ ...writingTo([]), frame: () => void arrived.frames++ })
    pump()
    for (let turn = 0; turn < 1_000 && arrived.frames < 1_000_000; turn++) yield* Effect.yieldNow
    assert.equal(arrived.frames, 1_000_000)
  }),
)
