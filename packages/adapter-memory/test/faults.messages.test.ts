import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { frame } from "./listening.ts"
import { idsOf, spoken, take } from "./stepping.ts"

const once = { times: 1 }

describe("a full outbox", () => {
  const filled = () => {
    const made = spoken({ faults: { full: { times: 1, on: ["a>b"] } } })
    take(made.world, "full a>b#1")
    return made
  }

  test("refuses what is sent until it has drained, and says so then", () => {
    const { world, peers } = filled()
    assert.equal(peers[0]?.send("b", frame(1)), false)
    assert.equal(peers[1]?.send("a", frame(2)), true, "the other's own has room")
    take(world, "b>a#1")
    assert.deepEqual(peers[0]?.heard, ["b writable"])
    assert.equal(peers[0]?.send("b", frame(3)), true)
  })

  test("says nothing to one that was not refused", () => {
    const { world, peers } = filled()
    world.settle()
    assert.deepEqual(peers[0]?.heard, [])
  })
})

describe("a message", () => {
  const sent = (kind: "drop" | "duplicate" | "reorder") => {
    const made = spoken({ faults: { [kind]: { times: 1, on: ["a>b"] } } })
    made.peers[0]?.send("b", frame(1))
    made.peers[0]?.send("b", frame(2))
    return made
  }

  test("may be lost, and the next arrives", () => {
    const { world, peers } = sent("drop")
    assert.deepEqual(idsOf(world), ["a>b#2", "drop a>b#2"])
    take(world, "drop a>b#2")
    take(world, "a>b#3")
    assert.deepEqual(peers[1]?.heard, ["a 0", "a 2"])
  })

  test("may arrive twice, the second time whenever it likes", () => {
    const { world, peers } = sent("duplicate")
    take(world, "duplicate a>b#2")
    for (const id of ["a>b#2", "a>b#3", "a>b#2, copy 1"]) take(world, id)
    assert.deepEqual(peers[1]?.heard, ["a 0", "a 1", "a 2", "a 1"])
  })

  test("may arrive out of order", () => {
    const { world, peers } = sent("reorder")
    take(world, "reorder a>b#2")
    for (const id of ["a>b#3", "a>b#2"]) take(world, id)
    assert.deepEqual(peers[1]?.heard, ["a 0", "a 2", "a 1"])
  })

  test("is lost with its connection, wherever it waits", () => {
    for (const kind of ["duplicate", "reorder"] as const) {
      const { world, peers } = sent(kind)
      take(world, `${kind} a>b#2`)
      world.cut("a", "b")
      world.settle()
      assert.deepEqual(peers[1]?.heard, ["a 0", "a gone: the connection was cut"])
    }
  })

  test("news suffer no fate", () => {
    const { world } = spoken({ faults: { drop: once } })
    world.cut("a", "b")
    assert.deepEqual(idsOf(world), ["a>b#2", "b>a#1"])
  })
})
