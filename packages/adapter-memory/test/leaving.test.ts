import { MemoryNetwork } from "@scaler-ts/adapter-memory"
import type { Transport } from "@scaler-ts/protocol"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import assert from "node:assert/strict"
import { frame, listening, turns, writingTo } from "./listening.ts"

interface Pair {
  readonly network: MemoryNetwork.MemoryNetwork
  readonly a: Transport
  readonly b: Transport
  readonly heardByA: Array<string>
  readonly heardByB: Array<string>
}

/** Two peers that have exchanged frame 1 both ways. */
const pair: Effect.Effect<Pair, never, Scope.Scope> = Effect.gen(function* () {
  const network = yield* MemoryNetwork.make()
  const a = network.join("a")
  const b = network.join("b")
  const heardByA = listening(a)
  const heardByB = listening(b)
  a.send("b", frame(1))
  b.send("a", frame(1))
  yield* turns
  assert.deepEqual([heardByA.splice(0), heardByB.splice(0)], [["b 1"], ["a 1"]])
  return { network, a, b, heardByA, heardByB }
})

it.effect("a cut loses what is in flight both ways and tells both, once", () =>
  Effect.gen(function* () {
    const { network, a, b, heardByA, heardByB } = yield* pair
    a.send("b", frame(2))
    b.send("a", frame(2))
    network.cut("b", "a")
    network.cut("a", "b")
    assert.equal(a.send("b", frame(3)), true)
    assert.equal(b.send("a", frame(3)), true)
    yield* turns
    assert.deepEqual(heardByA, ["b gone: the connection was cut"])
    assert.deepEqual(heardByB, ["a gone: the connection was cut"])
  }),
)

it.effect("a cut between two that never spoke, or with nobody, tells nobody", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const heard = listening(network.join("a"))
    network.join("b")
    network.cut("a", "b")
    network.cut("a", "nobody")
    yield* turns
    assert.deepEqual(heard, [])
  }),
)

it.effect("a cut of one pair leaves the other pairs alone", () =>
  Effect.gen(function* () {
    const { network, a, heardByA } = yield* pair
    const c = network.join("c")
    const heardByC = listening(c)
    a.send("c", frame(1))
    c.send("a", frame(1))
    network.cut("a", "b")
    yield* turns
    assert.deepEqual(heardByC, ["a 1"])
    assert.deepEqual(heardByA, ["c 1", "b gone: the connection was cut"])
  }),
)

it.effect("disconnect delivers what was sent before, then the other sees us gone", () =>
  Effect.gen(function* () {
    const { a, heardByA, heardByB } = yield* pair
    a.send("b", frame(2))
    a.send("b", frame(3))
    a.disconnect("b")
    a.disconnect("b")
    yield* turns
    assert.deepEqual(heardByB, ["a 2", "a 3", 'a gone: "a" has left'])
    assert.deepEqual(heardByA, [], "the one who left is told nothing")
  }),
)

it.effect("disconnecting from somebody never spoken to does nothing", () =>
  Effect.gen(function* () {
    const { network, a, heardByB } = yield* pair
    const heardByC = listening(network.join("c"))
    a.disconnect("c")
    a.disconnect("nobody")
    yield* turns
    assert.deepEqual([heardByB, heardByC], [[], []])
  }),
)

it.effect("frames to a peer that has parted from us are dropped", () =>
  Effect.gen(function* () {
    const { a, b, heardByA, heardByB } = yield* pair
    b.send("a", frame(2))
    a.disconnect("b")
    b.send("a", frame(3))
    yield* turns
    assert.deepEqual([heardByA, heardByB], [[], ['a gone: "a" has left']])
  }),
)

it.effect("when both part at once neither is told anything that was meant for it before", () =>
  Effect.gen(function* () {
    const { a, b, heardByA, heardByB } = yield* pair
    a.send("b", frame(2))
    a.disconnect("b")
    b.disconnect("a")
    yield* turns
    assert.deepEqual([heardByA, heardByB], [[], []])
  }),
)

it.effect("close parts from everybody, and what the closed one sends goes nowhere", () =>
  Effect.gen(function* () {
    const { network, a, b, heardByA, heardByB } = yield* pair
    const heardByC = listening(network.join("c"))
    a.send("c", frame(1))
    a.send("b", frame(2))
    a.close()
    a.close()
    assert.equal(a.send("b", frame(3)), true)
    b.send("a", frame(3))
    yield* turns
    assert.deepEqual(heardByB, ["a 2", 'a gone: "a" has left'])
    assert.deepEqual(heardByC, ["a 1", 'a gone: "a" has left'])
    assert.deepEqual(heardByA, [])
  }),
)

it.effect("rejoining under a freed name is a new conversation", () =>
  Effect.gen(function* () {
    const { network, a, b, heardByB } = yield* pair
    a.close()
    yield* turns
    const again = network.join("a")
    const heardByAgain = listening(again)
    again.send("b", frame(2))
    yield* turns
    b.send("a", frame(3))
    yield* turns
    assert.deepEqual(heardByB, ['a gone: "a" has left', "a 2"])
    assert.deepEqual(heardByAgain, ["b 3"])
  }),
)

it.effect(
  "rejoining at once loses nothing of the old conversation, and mixes nothing into the new",
  () =>
    Effect.gen(function* () {
      const { network, a, b, heardByB } = yield* pair
      a.send("b", frame(2))
      a.close()
      const again = network.join("a")
      const heardByAgain = listening(again)
      again.send("b", frame(3))
      b.send("a", frame(4))
      yield* turns
      assert.deepEqual(heardByB, ["a 2", 'a gone: "a" has left', "a 3"])
      assert.deepEqual(heardByAgain, [], "frame 4 was sent in the old conversation")
      b.send("a", frame(5))
      yield* turns
      assert.deepEqual(heardByAgain, ["b 5"])
    }),
)

it.effect("a peer that parts and speaks again at once begins a new conversation", () =>
  Effect.gen(function* () {
    const { a, b, heardByA, heardByB } = yield* pair
    a.send("b", frame(2))
    a.disconnect("b")
    a.send("b", frame(3))
    b.send("a", frame(4))
    yield* turns
    b.send("a", frame(5))
    yield* turns
    assert.deepEqual(heardByB, ["a 2", 'a gone: "a" has left', "a 3"])
    assert.deepEqual(heardByA, ["b 5"])
  }),
)

it.effect("answering from inside gone reaches the new conversation of the one who is back", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const a = network.join("a")
    const b = network.join("b")
    const heardByB: Array<string> = []
    b.listen({
      ...writingTo(heardByB),
      gone: () => void b.send("a", frame(9)),
    })
    a.send("b", frame(1))
    a.close()
    const again = network.join("a")
    const heardByAgain = listening(again)
    again.send("b", frame(2))
    yield* turns
    again.send("b", frame(3))
    yield* turns
    assert.deepEqual(heardByB, ["a 1", "a 2", "a 3"])
    assert.deepEqual(heardByAgain, ["b 9"])
  }),
)
