import type { World } from "@scaler-ts/adapter-memory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { writingTo, frame } from "./listening.ts"
import { idsOf, type Peer, spoken, take } from "./stepping.ts"

const once = { times: 1 }

describe("a node that starts again", () => {
  /** A world in which "a" starts again by writing down in which life it is, and listening. */
  const reborn = (): {
    readonly world: World
    readonly heard: Array<string>
    readonly peers: ReadonlyArray<Peer>
  } => {
    const { world, peers } = spoken({ faults: { crash: once, restart: once } })
    const heard: Array<string> = []
    const a = world.node("a")
    world.weather.onRestart("a", () => {
      heard.push(`life ${a.life}`)
      a.transport.listen(writingTo(heard))
    })
    return { world, heard, peers }
  }

  test("is only one that crashed, and only if somebody said how", () => {
    const { world } = reborn()
    assert.ok(!idsOf(world).some((id) => id.startsWith("restart")))
    take(world, "crash a#1")
    assert.ok(idsOf(world).includes("restart a#1"))
    const other = reborn()
    take(other.world, "crash b#1")
    assert.ok(!idsOf(other.world).some((id) => id.startsWith("restart")))
    assert.throws(() => other.world.weather.restart("a"), /"a" has not crashed/)
    assert.throws(() => other.world.weather.restart("b"), /nobody said how "b" starts again/)
  })

  test("hears nothing that was sent to it before, and speaks in a new conversation", () => {
    const { world, heard, peers } = reborn()
    peers[1]?.send("a", frame(1))
    take(world, "crash a#1")
    take(world, "restart a#1")
    world.settle()
    world.actAt(world.node("a"), () => world.node("a").transport.send("b", frame(2)))
    world.settle()
    peers[1]?.send("a", frame(3))
    world.settle()
    assert.deepEqual(heard, ["life 2", "b 3"])
    assert.deepEqual(peers[1]?.heard, ["a 0", "a gone: the connection was cut", "a 2"])
  })

  test("is not spoken to by who has not heard yet that it crashed", () => {
    const { world, heard, peers } = reborn()
    take(world, "crash a#1")
    take(world, "restart a#1")
    world.actAt(world.node("a"), () => world.node("a").transport.send("b", frame(2)))
    assert.equal(peers[1]?.send("a", frame(1)), true)
    world.settle()
    assert.deepEqual(heard, ["life 2"])
    assert.deepEqual(peers[1]?.heard, ["a 0", "a gone: the connection was cut", "a 2"])
  })

  test("runs nothing of what ran before: no fiber, no timer, no offer", () => {
    const { world } = reborn()
    const a = world.node("a")
    const shared = Deferred.makeUnsafe<void>()
    const unwanted = Effect.sync(() => assert.fail("it lives"))
    a.run(Effect.andThen(Effect.sleep(5), unwanted))
    const waiting = a.run(Effect.andThen(Deferred.await(shared), unwanted))
    a.offer("ring", () => assert.fail("it lives"))
    take(world, "crash a#1")
    take(world, "restart a#1")
    const now = a.run(Effect.andThen(Effect.sleep(1), Effect.succeed("new")))
    world.actAt(a, () => Deferred.doneUnsafe(shared, Effect.void))
    world.runToRest()
    assert.equal(waiting.pollUnsafe(), undefined)
    assert.ok(now.pollUnsafe() !== undefined)
  })
})
