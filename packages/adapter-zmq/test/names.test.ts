/** A name belongs to one connection at a time, and nobody takes it from one who lives. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import { Proxy } from "./fixtures/Proxy.ts"
import { Stranger } from "./fixtures/Stranger.ts"
import { anyPort, hub, listening, spoke, text, until } from "./fixtures/peers.ts"

const proxyTo = (address: string) =>
  Effect.acquireRelease(
    Effect.promise(() => Proxy.open(anyPort, address)),
    (proxy) => Effect.sync(() => proxy.close()),
  )

it.live("a second peer of a name is told why it is refused, at once, and the first goes on", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub()
    const first = yield* spoke(transport.address, { name: "a" })
    first.transport.send("scheduler", text("one"))
    const connectMs = 600_000
    const failed = yield* Effect.flip(spoke(transport.address, { name: "a", connectMs }))
    assert.match(failed.message, /somebody named "a" is connected already; give each peer a name/)
    first.transport.send("scheduler", text("two"))
    yield* until(() => told.length === 2)
    assert.deepEqual(told, ["a: one", "a: two"])
    assert.deepEqual(first.told, [])
  }),
)

it.live("nobody has the name of the one in the middle", () =>
  Effect.gen(function* () {
    const { transport } = yield* hub()
    const failed = yield* Effect.flip(spoke(transport.address, { name: "scheduler" }))
    assert.match(failed.message, /"scheduler" is the scheduler's own name; use another/)
  }),
)

it.live("who waits for the name of one that hangs gets it once that counts as gone", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub({ silenceMs: 900 })
    const proxy = yield* proxyTo(transport.address)
    const first = yield* spoke(proxy.address, { name: "a", silenceMs: Infinity })
    first.transport.send("scheduler", text("one"))
    yield* until(() => told.length === 1)
    proxy.stall()
    const another = yield* proxyTo(transport.address)
    const second = yield* spoke(another.address, { name: "a" })
    assert.equal(another.opened, 1, "it waits, and does not come again and again")
    second.transport.send("scheduler", text("two"))
    yield* until(() => told.length === 3)
    assert.deepEqual(told, ["a: one", "a gone: nothing was heard for 900 ms", "a: two"])
  }),
)

it.live("who waits for a name gets it when its holder is left", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub({ silenceMs: Infinity })
    const first = yield* Stranger.at(transport.address)
    first.greets("a")
    yield* until(() => first.heardOf("Welcome").length === 1)
    const connectMs = 600_000
    const waiting = yield* Effect.forkChild(spoke(transport.address, { name: "a", connectMs }), {
      startImmediately: true,
    })
    // It is asked because somebody stands in line, and does not answer.
    yield* until(() => first.heardOf("Ping").length === 1)
    transport.disconnect("a")
    const second = yield* Fiber.join(waiting)
    second.transport.send("scheduler", text("two"))
    yield* until(() => told.length > 0)
    assert.deepEqual(told, ["a: two"])
  }),
)

it.live("who was left, and answers late, keeps nobody waiting for the name from it", () =>
  Effect.gen(function* () {
    const { transport } = yield* hub({ silenceMs: Infinity })
    const named = Effect.fnUntraced(function* (instance: string) {
      const stranger = yield* Stranger.at(transport.address)
      stranger.greets("a", { instance })
      return stranger
    })
    const first = yield* named("first")
    yield* until(() => first.heardOf("Welcome").length === 1)
    const second = yield* named("second")
    yield* until(() => second.heardOf("Held").length === 1)
    transport.disconnect("a")
    yield* until(() => second.heardOf("Welcome").length === 1)
    const third = yield* named("third")
    yield* until(() => third.heardOf("Held").length === 1)
    const number = first.heardOf("Ping").at(-1)?.number ?? 0
    assert.equal(number > 0, true, "it was asked")
    first.tells({ _tag: "Pong", number: number + 1_000 })
    // What comes after it is heard after it.
    first.tells({ _tag: "Bye" })
    yield* until(() => first.heardOf("ByeHeard").length === 1)
    second.tells({ _tag: "Bye" })
    yield* until(() => third.heardOf("Welcome").length === 1)
    assert.deepEqual(third.refusals, [])
  }),
)

it.live("of two who want the name of one that hangs, one waits and the other is refused", () =>
  Effect.gen(function* () {
    const { transport } = yield* hub({ silenceMs: Infinity })
    const proxy = yield* proxyTo(transport.address)
    yield* spoke(proxy.address, { name: "a", silenceMs: Infinity })
    proxy.stall()
    const another = Effect.flip(spoke(transport.address, { name: "a", connectMs: 500 }))
    const failed = yield* Effect.all([another, another], { concurrency: "unbounded" })
    const [refused, waited] = failed
      .map(({ message }) => message)
      .toSorted()
      .toReversed()
    assert.match(waited ?? "", /somebody named "a" is connected already, and does not answer/)
    assert.match(refused ?? "", /somebody named "a" is connected already; give each/)
  }),
)

it.live("both ends of a connection that lets nothing through notice by themselves", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub({ silenceMs: 200 })
    const proxy = yield* proxyTo(transport.address)
    const a = yield* spoke(proxy.address, { name: "a", silenceMs: 200 })
    a.transport.send("scheduler", text("one"))
    yield* until(() => told.length === 1)
    proxy.stall()
    yield* until(() => told.length === 2 && a.told.length === 1)
    assert.deepEqual(told, ["a: one", "a gone: nothing was heard for 200 ms"])
    assert.deepEqual(a.told, ["scheduler gone: nothing was heard for 200 ms"])
  }),
)

it.live("it is noticed while a send is stuck, too (R26)", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub({ silenceMs: 200 })
    const proxy = yield* proxyTo(transport.address)
    const a = yield* spoke(proxy.address, { name: "a", silenceMs: Infinity })
    a.transport.send("scheduler", text("one"))
    yield* until(() => told.length === 1)
    proxy.stall()
    const long = new Uint8Array(8_388_608)
    for (let n = 0; n < 4; n++) transport.send("a", long)
    yield* until(() => told.length === 2)
    assert.deepEqual(told.at(-1), "a gone: nothing was heard for 200 ms")
  }),
)

it.live("who is silent and lives is not gone", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub({ silenceMs: 900 })
    const a = yield* spoke(transport.address, { name: "a", silenceMs: 900 })
    a.transport.send("scheduler", text("one"))
    yield* until(() => told.length === 1)
    yield* Effect.sleep("2500 millis")
    assert.deepEqual([told, a.told], [["a: one"], []])
  }),
)

it.live("what was sent before the scope closed is delivered, however much", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub()
    const count = 500
    yield* Effect.scoped(
      Effect.gen(function* () {
        const a = listening(yield* ZmqTransport.connect(transport.address, { name: "a" }))
        for (let n = 0; n < count; n++) a.transport.send("scheduler", text(`${n}`.repeat(1_000)))
      }),
    )
    yield* until(() => told.at(-1) === "a gone: it has left")
    assert.equal(told.length, count + 1)
  }),
)

it.live("a frame longer than allowed ends the conversation and says so", () =>
  Effect.gen(function* () {
    const { transport, told } = yield* hub({ frameBytesMax: 100_000 })
    const a = yield* spoke(transport.address, { name: "a", frameBytesMax: 100_000 })
    a.transport.send("scheduler", new Uint8Array(100_001))
    yield* until(() => a.told.length === 1)
    assert.match(
      a.told[0] ?? "",
      /scheduler gone: a frame has 100001 bytes, and 100000 are allowed/,
    )
    assert.deepEqual(told, [])
  }),
)

it.live(
  "one who sends longer frames than the other takes loses its connection, and nobody else",
  () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub({ frameBytesMax: 100_000 })
      const a = yield* spoke(transport.address, { name: "a" })
      const b = yield* spoke(transport.address, { name: "b" })
      a.transport.send("scheduler", new Uint8Array(100_001))
      yield* until(() => a.told.length === 1)
      b.transport.send("scheduler", text("still here"))
      yield* until(() => told.includes("b: still here"))
      assert.deepEqual(a.told, ["scheduler gone: the connection is gone"])
    }),
)
