/** A connection breaks: what was in flight is lost, both ends are told, and another may begin. */
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { frame } from "./listening.ts"
import { idsOf, take, worldOf } from "./stepping.ts"

describe("a cut connection", () => {
  test("loses what is in flight either way, and each end hears that the other is gone", () => {
    const { world, peers } = worldOf(["a", "b"])
    const [a, b] = peers
    a?.send("b", frame(1))
    take(world, "a>b#1")
    a?.send("b", frame(2))
    b?.send("a", frame(3))
    world.cut("a", "b")
    assert.deepEqual(idsOf(world), ["a>b#3", "b>a#2"], "the news, and none of the frames")
    world.settle()
    assert.deepEqual(a?.heard, ["b gone: the connection was cut"])
    assert.deepEqual(b?.heard, ["a 1", "a gone: the connection was cut"])
  })

  test("takes with it what is sent before its end is known, and then another may begin", () => {
    const { world, peers } = worldOf(["a", "b"])
    const [a, b] = peers
    a?.send("b", frame(1))
    world.settle()
    world.cut("a", "b")
    assert.equal(a?.send("b", frame(2)), true)
    world.settle()
    assert.equal(a?.send("b", frame(3)), true)
    world.settle()
    assert.deepEqual(b?.heard, ["a 1", "a gone: the connection was cut", "a 3"])
    assert.deepEqual(a?.heard, ["b gone: the connection was cut"])
  })

  test("is over for each when it hears so, and nobody speaks in the next one before", () => {
    const { world, peers } = worldOf(["a", "b"])
    const [a, b] = peers
    a?.send("b", frame(1))
    world.settle()
    world.hold("a", "b")
    world.cut("a", "b")
    world.settle()
    a?.send("b", frame(2))
    b?.send("a", frame(3))
    world.release("a", "b")
    world.settle()
    assert.deepEqual(a?.heard, ["b gone: the connection was cut"], "frame 3 was for the old one")
    assert.deepEqual(b?.heard, ["a 1", "a gone: the connection was cut", "a 2"])
  })

  test("is not there to be cut before anybody spoke", () => {
    const { world, peers } = worldOf(["a", "b"])
    world.cut("a", "b")
    assert.deepEqual(idsOf(world), [])
    peers[0]?.send("b", frame(1))
    world.settle()
    assert.deepEqual(peers[1]?.heard, ["a 1"])
  })
})
