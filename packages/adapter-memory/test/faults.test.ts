import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { frame } from "./listening.ts"
import { idsOf, spoken, take, worldOf } from "./stepping.ts"

const once = { times: 1 }

describe("faults", () => {
  test("come last, as often as their budgets say, and never when nothing is to go wrong", () => {
    const { world, peers } = spoken({
      faults: { cut: { times: 1, on: ["a"] }, crash: { times: 2 } },
    })
    peers[0]?.node.offer("ring", () => {})
    assert.deepEqual(idsOf(world), ["ring", "cut a#1", "crash a#1", "crash b#1", "crash c#1"])
    take(world, "cut a#1")
    assert.deepEqual(idsOf(world).slice(3), ["crash a#1", "crash b#1", "crash c#1"])
    take(world, "crash c#1")
    take(world, "crash b#1")
    assert.deepEqual(idsOf(world), ["b>a#1", "ring"])
    assert.deepEqual(idsOf(worldOf(["a"]).world), [])
  })

  test("share a budget over all kinds", () => {
    const { world } = spoken({ faults: { cut: once, skew: once }, faultsMax: 1 })
    assert.deepEqual(idsOf(world), [
      "rest",
      "skew a#1",
      "skew b#1",
      "skew c#1",
      "cut a#1",
      "cut b#1",
    ])
    take(world, "skew c#1")
    assert.deepEqual(idsOf(world), [])
  })

  test("need not happen: once nothing else can, the world may rest, and then nothing goes wrong", () => {
    const { world, peers } = spoken({ faults: { cut: once } })
    peers[0]?.node.offer("ring", () => {})
    assert.ok(!idsOf(world).includes("rest"))
    take(world, "ring")
    assert.equal(take(world, "rest").isLast, true)
    assert.deepEqual(idsOf(world), [])
  })

  test("do not keep a timer from going off, nor go off in its place", () => {
    const { world, peers } = spoken({ faults: { cut: { times: 1, on: ["a"] } } })
    peers[0]?.node.run(Effect.sleep(5))
    assert.deepEqual(idsOf(world), ["timer a#1", "cut a#1"])
  })

  test("are over when the world is closed down", () => {
    const { world } = spoken({ faults: { cut: once, freeze: once } })
    take(world, "freeze a#1")
    world.runToRest()
    assert.equal(world.node("a").frozen, false)
    assert.deepEqual(world.weather.harmedBy("cut"), new Set())
  })

  test("never commute with one another, and say where they act", () => {
    const faults = { skew: { times: 2 }, cut: once, crash: once }
    const { world } = spoken({ faults })
    const [a, b, c] = world.all.map(({ bit }) => bit)
    const weather = 1 << 31
    assert.ok(a !== undefined && b !== undefined && c !== undefined)
    assert.equal(take(world, "skew c#1").acts, c | weather)
    assert.equal(take(world, "cut a#1").acts, a | b | weather)
    assert.equal(take(world, "crash c#1").acts, c | weather)
  })
})

describe("a partition", () => {
  const parted = (id: string) => {
    const made = spoken({ faults: { partition: { times: 1, on: ["a"] } } })
    take(made.world, id)
    return made
  }

  test("loses what is sent from then on, one way or both, and tells nobody", () => {
    const ways: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
      ["partition a<>b#1", [], ["a 0"]],
      ["partition a>b#1", ["b 2"], ["a 0"]],
      ["partition b>a#1", [], ["a 0", "a 1"]],
    ]
    for (const [id, ofA, ofB] of ways) {
      const { world, peers } = parted(id)
      peers[0]?.send("b", frame(1))
      peers[1]?.send("a", frame(2))
      world.settle()
      assert.deepEqual([peers[0]?.heard, peers[1]?.heard], [ofA, ofB], id)
    }
  })

  test("lets arrive what was sent before", () => {
    const { world, peers } = spoken({ faults: { partition: { times: 1, on: ["a"] } } })
    peers[0]?.send("b", frame(1))
    take(world, "partition a<>b#1")
    world.settle()
    assert.deepEqual(peers[1]?.heard, ["a 0", "a 1"])
  })

  test("heals once nothing else can happen, beside the timers, with the connection gone at both ends", () => {
    const { world, peers } = parted("partition a>b#1")
    peers[2]?.node.run(Effect.sleep(5))
    peers[2]?.node.offer("ring", () => {})
    assert.deepEqual(idsOf(world), ["ring"])
    take(world, "ring")
    assert.deepEqual(idsOf(world), ["timer c#1", "heal a>b#1"])
    assert.equal(take(world, "heal a>b#1").isLast, true)
    world.runToRest()
    assert.deepEqual(peers[0]?.heard, ["b gone: the connection was cut"])
    assert.deepEqual(peers[1]?.heard, ["a 0", "a gone: the connection was cut"])
    assert.deepEqual(world.weather.partitions, [])
  })

  test("keeps a goodbye from arriving, too", () => {
    const { world, peers } = parted("partition a>b#1")
    peers[0]?.node.transport.disconnect("b")
    world.settle()
    assert.deepEqual(peers[1]?.heard, ["a 0"])
    world.runToRest()
    assert.deepEqual(peers[1]?.heard, ["a 0", "a gone: the connection was cut"])
  })

  test("of a script ends when the script says so", () => {
    const { world, peers } = spoken({})
    world.weather.partition({ one: "a", other: "b", bothWays: true })
    assert.deepEqual(idsOf(world), [])
    world.weather.heal("a", "b")
    world.settle()
    assert.deepEqual(peers[0]?.heard, ["b gone: the connection was cut"])
  })
})

describe("a frozen node", () => {
  test("hears, does and times nothing, and time goes on for all", () => {
    const { world, peers } = spoken({ faults: { freeze: { times: 1, on: ["a"] } }, earlyTimers: 1 })
    const [a, b] = peers
    assert.ok(a !== undefined && b !== undefined)
    a.node.offer("ring", () => {})
    a.node.run(Effect.sleep(5))
    b.node.run(Effect.sleep(10))
    b.send("a", frame(1))
    take(world, "freeze a#1")
    assert.deepEqual(idsOf(world), ["timer b#1", "thaw a#1", "early b#1"])
    take(world, "timer b#1")
    assert.equal(a.node.nowMs, 10)
    take(world, "thaw a#1")
    assert.deepEqual(idsOf(world), ["b>a#1", "ring", "early a#1"])
    take(world, "b>a#1")
    take(world, "ring")
    take(world, "timer a#1")
    assert.equal(a.node.nowMs, 10)
  })

  test("takes its turns when it thaws, also those that another node gave it", () => {
    const { world, peers } = spoken({ faults: { freeze: { times: 1, on: ["a"] } } })
    const shared = Deferred.makeUnsafe<void>()
    const waiting = peers[0]?.node.run(Deferred.await(shared))
    peers[1]?.node.offer("tell", () => Deferred.doneUnsafe(shared, Effect.void))
    take(world, "freeze a#1")
    take(world, "tell")
    assert.equal(waiting?.pollUnsafe(), undefined)
    take(world, "thaw a#1")
    assert.ok(waiting?.pollUnsafe() !== undefined)
  })

  test("that freezes again thaws once each time", () => {
    const { world } = spoken({ faults: { freeze: { times: 2, on: ["a"] } } })
    take(world, "freeze a#1")
    take(world, "thaw a#1")
    take(world, "freeze a#2")
    assert.deepEqual(idsOf(world), ["thaw a#2"])
  })

  test("may crash, and thaws no more", () => {
    const { world } = spoken({ faults: { freeze: once, crash: once } })
    take(world, "freeze a#1")
    take(world, "crash a#1")
    world.settle()
    assert.deepEqual(idsOf(world), [])
  })
})

test("a fast clock comes to its timers ten times sooner, from then on", () => {
  const { world, peers } = spoken({ faults: { skew: { times: 1, on: ["a"] } } })
  const [a, b] = peers
  assert.ok(a !== undefined && b !== undefined)
  a.node.run(Effect.sleep(100))
  b.node.run(Effect.sleep(15))
  take(world, "skew a#1")
  take(world, "timer a#1")
  assert.deepEqual([a.node.nowMs, b.node.nowMs], [100, 10])
  take(world, "timer b#1")
  assert.deepEqual([a.node.nowMs, b.node.nowMs], [150, 15])
})
