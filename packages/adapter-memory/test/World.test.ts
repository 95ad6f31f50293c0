import { World } from "@scaler-ts/adapter-memory"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { frame } from "./listening.ts"
import { idsOf, take, worldOf } from "./stepping.ts"

const two = ["a", "b"] as const

describe("nothing happens until it is told", () => {
  test("a frame lies on its link until a step delivers it", () => {
    const { world, peers } = worldOf(two)
    const [a, b] = peers
    a?.send("b", frame(1))
    assert.deepEqual(b?.heard, [])
    assert.deepEqual(idsOf(world), ["a>b#1"])
    take(world, "a>b#1")
    assert.deepEqual(b?.heard, ["a 1"])
    assert.deepEqual(idsOf(world), [])
  })

  test("a fiber runs on when its node is woken, and sleeps until time passes", () => {
    const world = new World()
    const done: Array<string> = []
    world.join("a").run(
      Effect.gen(function* () {
        done.push("began")
        yield* Effect.yieldNow
        done.push("went on")
        yield* Effect.sleep(100)
        done.push("slept")
      }),
    )
    const seen = [[...done]]
    world.wake()
    seen.push([...done])
    take(world, "timer a#1")
    seen.push([...done])
    assert.deepEqual(seen.at(-1), ["began", "went on", "slept"])
    assert.deepEqual(seen.at(-2), ["began", "went on"])
    assert.ok(!seen[0]?.includes("went on"))
  })

  test("no event loop, promise or timer of the world outside is needed", () => {
    const world = new World()
    const fiber = world.join("a").run(Effect.delay(Effect.succeed("late"), 60_000))
    world.runToRest()
    assert.deepEqual(fiber.pollUnsafe(), Effect.runSync(Effect.exit(Effect.succeed("late"))))
  })
})

test("a link is first in, first out, and links do not wait for each other", () => {
  const { world, peers } = worldOf(["a", "b", "c"])
  const [a, b, c] = peers
  a?.send("b", frame(1))
  a?.send("b", frame(2))
  c?.send("b", frame(3))
  assert.deepEqual(idsOf(world), ["a>b#1", "c>b#1"])
  take(world, "c>b#1")
  take(world, "a>b#1")
  assert.deepEqual(idsOf(world), ["a>b#2"])
  take(world, "a>b#2")
  assert.deepEqual(b?.heard, ["c 3", "a 1", "a 2"])
})

test("frames cross as copies: neither side sees what the other does to its bytes", () => {
  const world = new World()
  const [a, b] = [world.join("a"), world.join("b")]
  const got: Array<Uint8Array> = []
  const listener = {
    frame: (_: string, bytes: Uint8Array) => got.push(bytes),
    gone: () => {},
    writable: () => {},
  }
  world.actAt(b, () => b.transport.listen(listener))
  // A part of a larger piece of memory, as an encoder that reuses its own would send it.
  const memory = Uint8Array.of(9, 1, 2, 9)
  world.actAt(a, () => a.transport.send("b", memory.subarray(1, 3)))
  memory.fill(7)
  world.settle()
  assert.deepEqual(got, [Uint8Array.of(1, 2)])
  assert.equal(got[0]?.buffer.byteLength, 2)
})

describe("the same choices give the same run", () => {
  /** Nodes that draw numbers, look at the clock, sleep, and tell one another. */
  const run = (choose: (count: number) => number, seed = "one"): ReadonlyArray<string> => {
    const { world, peers } = worldOf(["a", "b", "c"], { seed, earlyTimers: 2 })
    const trace: Array<string> = []
    for (const { node } of peers) {
      node.run(
        Effect.gen(function* () {
          for (const other of ["a", "b", "c"]) {
            yield* Effect.sleep(10 * ((yield* Random.nextInt) & 7))
            const now = yield* Clock.currentTimeMillis
            trace.push(`${node.name} at ${now} draws ${yield* Random.next}`)
            if (other !== node.name) node.transport.send(other, frame(now))
          }
        }),
      )
    }
    world.wake()
    for (let enabled = world.enabled(); enabled.length > 0; enabled = world.enabled()) {
      const happening = enabled[choose(enabled.length)]
      assert.ok(happening !== undefined)
      const { acts, sees, causes, isLast } = world.apply(happening)
      trace.push(`${happening.id} ${acts} ${sees} ${causes.join()} ${isLast}`)
    }
    return [...trace, ...peers.flatMap(({ heard }) => heard)]
  }
  const lastOf = (count: number): number => count - 1

  test("whatever they are", () => {
    assert.deepEqual(
      run(() => 0),
      run(() => 0),
    )
    assert.deepEqual(run(lastOf), run(lastOf))
    assert.notDeepEqual(
      run(() => 0),
      run(lastOf),
    )
  })

  test("and another seed another one", () => {
    assert.notDeepEqual(
      run(() => 0),
      run(() => 0, "two"),
    )
  })
})

test("nodes of one world draw different numbers, in two worlds of one seed the same", () => {
  const draw = (seed: string, name: string): number => {
    const fiber = new World({ seed }).join(name).run(Random.next)
    const exit = fiber.pollUnsafe()
    assert.ok(exit?._tag === "Success")
    return exit.value
  }
  assert.equal(draw("one", "a"), draw("one", "a"))
  assert.notEqual(draw("one", "a"), draw("one", "b"))
  assert.notEqual(draw("one", "a"), draw("two", "a"))
})

describe("an offer", () => {
  test("happens once, at the time that is chosen", () => {
    const { world, peers } = worldOf(two)
    const [a] = peers
    let times = 0
    a?.node.offer("ring", () => times++)
    assert.deepEqual(idsOf(world), ["ring"])
    assert.equal(times, 0)
    take(world, "ring")
    assert.deepEqual([times, idsOf(world)], [1, []])
  })

  test("can be withdrawn, and then does not happen", () => {
    const world = new World()
    const node = world.join("a")
    const withdraw = world.actAt(node, () => node.offer("ring", () => assert.fail("it rang")))
    const [ring] = world.enabled()
    assert.ok(ring !== undefined)
    withdraw()
    assert.deepEqual(idsOf(world), [])
    assert.throws(() => world.apply(ring), /"ring" cannot happen now; choose one of enabled/)
  })

  test("has a name of its own", () => {
    const node = new World().join("a")
    node.offer("ring", () => {})
    assert.throws(() => node.offer("ring", () => {}), /"ring" is offered already/)
  })

  test("of a name that has come free is not withdrawn with the one before it", () => {
    const world = new World()
    const node = world.join("a")
    const withdraw = node.offer("ring", () => {})
    take(world, "ring")
    node.offer("ring", () => {})
    withdraw()
    assert.deepEqual(idsOf(world), ["ring"])
  })
})

describe("a world refuses", () => {
  test("a name that is taken", () => {
    const world = new World()
    world.join("a")
    assert.throws(() => world.join("a"), /"a" has joined this network already; use another name/)
  })

  test("more nodes than a footprint has bits for", () => {
    const world = new World()
    for (let number = 1; number <= 30; number++) world.join(`node-${number}`)
    assert.equal(new Set(world.all.map(({ bit }) => bit)).size, 30)
    assert.throws(() => world.join("node-31"), /a world has at most 30 nodes/)
  })

  test("a name that nobody has", () => {
    const { world } = worldOf(two)
    const refused = /no node is named "c"; there are a, b/
    assert.throws(() => world.node("c"), refused)
    assert.throws(() => world.hold("a", "c"), refused)
    assert.throws(() => world.hold("c", "a"), refused)
    assert.throws(() => world.cut("a", "c"), refused)
    assert.throws(() => world.crash("c"), refused)
  })

  test("options that make no sense", () => {
    assert.throws(() => new World({ earlyTimers: -1 }), /earlyTimers/)
    assert.throws(() => new World({ outboxFramesMax: 0 }), /outboxFramesMax/)
    assert.throws(() => new World({ turnsMax: 0.5 }), /turnsMax/)
  })

  test("to do the same thing twice", () => {
    const { world, peers } = worldOf(two)
    peers[0]?.send("b", frame(1))
    peers[0]?.send("b", frame(2))
    const [first] = world.enabled()
    assert.ok(first !== undefined)
    world.apply(first)
    assert.throws(() => world.apply(first), /"a>b#1" cannot happen now/)
    assert.deepEqual(peers[1]?.heard, ["a 1"])
  })
})

describe("what never comes to rest is given up with a sentence", () => {
  test("a fiber that asks again and again", () => {
    const world = new World({ turnsMax: 500 })
    world.join("a").run(Effect.forever(Effect.yieldNow))
    assert.throws(() => world.wake(), /a took 500 turns and still has not come to rest/)
  })

  test("two nodes that wake each other through memory they share", () => {
    const world = new World({ turnsMax: 500 })
    const [a, b] = [world.join("a"), world.join("b")]
    const bounce = (): void => a.later(() => b.later(bounce))
    world.actAt(a, bounce)
    assert.throws(() => world.wake(), /took 500 turns and still has not come to rest/)
  })

  test("a timer that is set again whenever it goes off", () => {
    const world = new World()
    world.join("a").run(Effect.forever(Effect.sleep(1000)))
    assert.throws(() => world.runToRest(), /something can still happen, such as "timer a#\d+"/)
  })
})

describe("settling", () => {
  test("delivers what is in flight in the order it was sent, and is no step", () => {
    const { world, peers } = worldOf(["a", "b", "c"])
    const [a, b, c] = peers
    c?.send("b", frame(1))
    a?.send("b", frame(2))
    c?.send("b", frame(3))
    world.settle()
    assert.deepEqual(b?.heard, ["c 1", "a 2", "c 3"])
    assert.equal(world.step, -1)
  })

  test("leaves offers, timers and what is held where they are", () => {
    const { world, peers } = worldOf(two)
    const [a, b] = peers
    a?.node.offer("ring", () => assert.fail("it rang"))
    a?.node.run(Effect.sleep(10))
    world.hold("a", "b")
    a?.send("b", frame(1))
    world.settle()
    assert.deepEqual(b?.heard, [])
    assert.deepEqual(world.held, ["a>b"])
    assert.equal(a?.node.nowMs, 0)
  })
})
