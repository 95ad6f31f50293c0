import { World } from "@scaler-ts/adapter-memory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { frame } from "./listening.ts"
import { idsOf, take, worldOf } from "./stepping.ts"

/** The place of what can go wrong, and of who can reach whom. */
const weather = 1 << 31

describe("a step says what it touched:", () => {
  test("a delivery acts where it arrives, and is caused by the step that sent it", () => {
    const { world } = worldOf(["a", "b"])
    const [a, b] = [world.node("a"), world.node("b")]
    a.offer("first", () => {})
    a.offer("speak", () => a.transport.send("b", frame(1)))
    assert.deepEqual(take(world, "first"), { acts: a.bit, sees: 0, causes: [-1], isLast: false })
    assert.deepEqual(take(world, "speak"), {
      acts: a.bit,
      sees: weather | b.bit,
      causes: [-1],
      isLast: false,
    })
    const { acts, causes } = take(world, "a>b#1")
    assert.equal(acts, b.bit)
    assert.deepEqual(causes, [1, -1], "the step that sent it; nothing was delivered before it")
  })

  test("the second of a link is caused by the delivery of the first, too", () => {
    const { world, peers } = worldOf(["a", "b"])
    peers[0]?.node.offer("speak", () => {
      peers[0]?.node.transport.send("b", frame(1))
      peers[0]?.node.transport.send("b", frame(2))
    })
    take(world, "speak")
    take(world, "a>b#1")
    assert.deepEqual(take(world, "a>b#2").causes, [0, 1])
  })

  test("an offer is caused by the step that made it", () => {
    const world = new World()
    const [a, b] = [world.join("a"), world.join("b")]
    b.offer("other", () => {})
    a.offer("one", () => a.offer("two", () => {}))
    take(world, "other")
    take(world, "one")
    assert.deepEqual(take(world, "two").causes, [1])
  })

  test("what it wakes at another node through memory they share it acts on as well", () => {
    const world = new World()
    const [a, b] = [world.join("a"), world.join("b")]
    const shared = Deferred.makeUnsafe<void>()
    const waiting = b.run(Deferred.await(shared))
    a.offer("tell", () => Deferred.doneUnsafe(shared, Effect.void))
    assert.equal(take(world, "tell").acts, a.bit | b.bit)
    assert.ok(waiting.pollUnsafe() !== undefined)
  })

  test("so does one that offers, withdraws or sets a timer there", () => {
    const world = new World()
    const [a, b] = [world.join("a"), world.join("b")]
    a.offer("offer", () => b.offer("ring", () => {}))
    a.offer("withdraw", () => b.withdraw("ring"))
    a.offer("withdraw nothing", () => b.withdraw("ring"))
    a.offer("run", () => b.run(Effect.sleep(5)))
    assert.equal(take(world, "offer").acts, a.bit | b.bit)
    assert.equal(take(world, "withdraw").acts, a.bit | b.bit)
    assert.equal(take(world, "withdraw nothing").acts, a.bit)
    assert.equal(take(world, "run").acts, a.bit | b.bit)
  })

  test("where it looked, apart from where it acted", () => {
    const world = new World()
    const [a, b] = [world.join("a"), world.join("b")]
    a.offer("look", () => world.lookAt([b]))
    a.offer("nothing", () => {})
    assert.deepEqual(take(world, "look"), { acts: a.bit, sees: b.bit, causes: [-1], isLast: false })
    assert.equal(take(world, "nothing").sees, 0)
  })

  test("a cut acts at both ends and a crash where somebody speaks with it, and both on who can be reached", () => {
    const { world, peers } = worldOf(["a", "b", "c", "d"])
    peers[1]?.send("c", frame(1))
    world.settle()
    const [a, b, c] = ["a", "b", "c"].map((name) => world.node(name))
    assert.ok(a !== undefined && b !== undefined && c !== undefined)
    a.offer("cut", () => world.cut("b", "d"))
    a.offer("crash", () => world.crash("b"))
    a.offer("dial", () => a.transport.send("d", frame(2)))
    assert.equal(take(world, "cut").acts, a.bit | b.bit | world.node("d").bit | weather)
    assert.equal(take(world, "crash").acts, a.bit | b.bit | c.bit | weather)
    assert.equal(take(world, "dial").sees, weather | world.node("d").bit)
  })

  test("hold and release act where the link ends, and what flows again is caused by the release", () => {
    const { world, peers } = worldOf(["a", "b", "c"])
    const [a, b, c] = ["a", "b", "c"].map((name) => world.node(name))
    assert.ok(a !== undefined && b !== undefined && c !== undefined)
    peers[0]?.send("b", frame(1))
    c.offer("hold", () => world.hold("a", "b"))
    c.offer("release", () => world.release("a", "b"))
    assert.equal(take(world, "hold").acts, c.bit | b.bit)
    assert.deepEqual(idsOf(world), ["release"])
    assert.equal(take(world, "release").acts, c.bit | b.bit)
    assert.deepEqual(take(world, "a>b#1").causes, [-1, 1])
  })

  test("one that sends into an outbox that could have been full looks at the other end", () => {
    const { world, peers } = worldOf(["a", "b"], { outboxFramesMax: 1 })
    const [a, b] = peers.map(({ node }) => node)
    assert.ok(a !== undefined && b !== undefined)
    const taken: Array<boolean> = []
    for (const number of [1, 2, 3]) {
      a.offer(`send ${number}`, () => taken.push(a.transport.send("b", frame(number))))
    }
    assert.equal(take(world, "send 1").sees, weather | b.bit, "it begins the conversation")
    assert.equal(take(world, "send 2").sees, b.bit)
    take(world, "a>b#1")
    // There is room now; had "a>b#1" come later there would be none.
    assert.equal(take(world, "send 3").sees, b.bit)
    assert.deepEqual(taken, [true, false, true])
    assert.deepEqual(idsOf(world), ["a>b#2", "b>a#1"], "and hears that there is room again")
    take(world, "b>a#1")
    assert.deepEqual(peers[0]?.heard, ["b writable"])
  })
})

describe("a crashed node", () => {
  test("does nothing any more: no turn, no timer, no offer, no word", () => {
    const { world, peers } = worldOf(["a", "b"])
    const [a, b] = peers
    assert.ok(a !== undefined && b !== undefined)
    a.send("b", frame(1))
    world.settle()
    let lives = 0
    const unwanted = (): void => void lives++
    a.node.offer("ring", unwanted)
    const shared = Deferred.makeUnsafe<void>()
    a.node.run(Effect.andThen(Effect.sleep(5), Effect.sync(unwanted)))
    a.node.run(Effect.andThen(Deferred.await(shared), Effect.sync(unwanted)))
    b.node.offer("kill a", () => {
      a.node.later(unwanted)
      world.crash("a")
      a.node.later(unwanted)
      a.node.transport.send("b", frame(2))
      a.node.offer("ring again", unwanted)
      Deferred.doneUnsafe(shared, Effect.void)
    })
    take(world, "kill a")
    world.runToRest()
    assert.deepEqual(b.heard, ["a 1", "a gone: the connection was cut"])
    assert.equal(lives, 0)
    assert.equal(a.node.alive, false)
    assert.throws(() => a.node.run(Effect.void), /"a" has crashed; nothing runs on it any more/)
  })

  test("that crashes itself comes no further than the turn it is in", () => {
    const { world, peers } = worldOf(["a", "b"])
    const [a] = peers
    assert.ok(a !== undefined)
    a.node.offer("die", () => {
      a.node.later(() => world.crash("a"))
      a.node.later(() => assert.fail("it lives"))
    })
    take(world, "die")
    assert.deepEqual(idsOf(world), [])
  })

  test("is nobody to those who speak to it only later, and they hear so", () => {
    const { world, peers } = worldOf(["a", "b", "c"])
    const [a, b, c] = peers
    a?.send("b", frame(1))
    world.settle()
    world.crash("a")
    world.settle()
    b?.send("a", frame(2))
    c?.send("a", frame(3))
    world.settle()
    const nobody = 'a gone: nobody named "a" is there; start it first, or check the name'
    assert.deepEqual(b?.heard, ["a 1", "a gone: the connection was cut", nobody])
    assert.deepEqual(c?.heard, [nobody])
  })
})

describe("a held link", () => {
  test("keeps frames and news until it is released, and says that it does", () => {
    const { world, peers } = worldOf(["a", "b"])
    const [a, b] = peers
    world.hold("a", "b")
    assert.deepEqual(world.held, [], "nothing waits yet")
    a?.send("b", frame(1))
    b?.send("a", frame(2))
    assert.deepEqual(idsOf(world), ["b>a#1"], "the other way is open")
    assert.deepEqual(world.held, ["a>b"])
    a?.node.transport.disconnect("b")
    world.settle()
    assert.deepEqual(b?.heard, [])
    world.release("a", "b")
    world.settle()
    assert.deepEqual(b?.heard, ["a 1", 'a gone: "a" has left'])
    assert.deepEqual(world.held, [])
  })
})

describe("what is done at a node although the world stands still is noticed:", () => {
  const world = (): World => {
    const made = new World()
    made.join("a")
    made.join("b")
    return made
  }

  test("not what a step, a run or the one who drives the world does", () => {
    const quiet = world()
    const a = quiet.node("a")
    a.run(Effect.andThen(Effect.yieldNow, Effect.sleep(10)))
    quiet.actAt(a, () => a.transport.send("b", frame(1)))
    quiet.hold("a", "b")
    quiet.cut("a", "b")
    quiet.release("a", "b")
    quiet.runToRest()
    quiet.crash("b")
    assert.equal(quiet.intruded, undefined)
  })

  const outside: ReadonlyArray<readonly [string, Effect.Effect<unknown>]> = [
    ["that comes to its end", Effect.void],
    ["that sets a timer", Effect.sleep(10)],
    ["that takes a turn", Effect.yieldNow],
  ]
  for (const [what, then] of outside) {
    test(`a promise of the world outside ${what}`, async () => {
      const disturbed = world()
      disturbed.node("a").run(
        Effect.andThen(
          Effect.promise(() => Promise.resolve()),
          then,
        ),
      )
      disturbed.runToRest()
      assert.equal(disturbed.intruded, undefined)
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(disturbed.intruded, "a")
    })
  }

  test("a callback of the world outside that sends", () => {
    const disturbed = world()
    disturbed.node("a").transport.send("b", frame(1))
    assert.equal(disturbed.intruded, "a")
  })

  test("one that makes or withdraws an offer", () => {
    const disturbed = world()
    disturbed.actAt(disturbed.node("a"), () => disturbed.node("a").offer("ring", () => {}))
    assert.equal(disturbed.intruded, undefined)
    disturbed.node("a").withdraw("ring")
    assert.equal(disturbed.intruded, "a")
    disturbed.node("b").offer("ring", () => {})
    assert.equal(disturbed.intruded, "b")
  })
})
