import { World, type WorldNode } from "@scaler-ts/adapter-memory"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Semaphore from "effect/Semaphore"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { frame } from "./listening.ts"
import { idsOf, take, worldOf } from "./stepping.ts"

/** Sleeps, and writes down when it woke by its own clock. */
const sleeper = (node: WorldNode, ms: number, woke: Array<string>): void => {
  node.run(
    Effect.gen(function* () {
      yield* Effect.sleep(ms)
      woke.push(`${node.name} ${yield* Clock.currentTimeMillis}`)
    }),
  )
}

const awake = (
  options: ConstructorParameters<typeof World>[0],
  sleeps: ReadonlyArray<readonly [string, number]>,
): { readonly world: World; readonly woke: Array<string> } => {
  const world = new World(options)
  const woke: Array<string> = []
  for (const name of new Set(sleeps.map(([node]) => node))) world.join(name)
  for (const [name, ms] of sleeps) sleeper(world.node(name), ms, woke)
  world.wake()
  return { world, woke }
}

describe("time", () => {
  test("passes only when nothing else can happen, and then for everybody", () => {
    const { world, peers } = worldOf(["a", "b"])
    const woke: Array<string> = []
    for (const { node } of peers) sleeper(node, 10, woke)
    peers[0]?.send("b", frame(1))
    world.wake()
    assert.deepEqual(idsOf(world), ["a>b#1"])
    take(world, "a>b#1")
    const { isLast } = take(world, "timer a#1")
    assert.equal(isLast, true)
    assert.deepEqual([world.node("a").nowMs, world.node("b").nowMs], [10, 10])
    assert.deepEqual(woke, ["a 10"])
  })

  test("goes from timer to timer, the earliest first", () => {
    const { world, woke } = awake({}, [
      ["a", 30],
      ["b", 10],
      ["a", 20],
    ])
    world.runToRest()
    assert.deepEqual(woke, ["b 10", "a 20", "a 30"])
  })

  test("leaves the choice between timers of several nodes set for the same time", () => {
    const { world, woke } = awake({}, [
      ["a", 10],
      ["b", 10],
      ["a", 10],
      ["b", 11],
    ])
    assert.deepEqual(idsOf(world), ["timer a#1", "timer b#1"])
    take(world, "timer b#1")
    assert.deepEqual(
      idsOf(world),
      ["timer a#1"],
      "those of one node go off in the order they were set",
    )
    take(world, "timer a#1")
    take(world, "timer a#2")
    take(world, "timer b#2")
    assert.deepEqual(woke, ["b 10", "a 10", "a 10", "b 11"])
  })

  test("does not pass for a sleep of no time, nor ever to the end of one without", () => {
    const world = new World()
    const node = world.join("a")
    const none = node.run(Effect.sleep(0))
    const ever = node.run(Effect.never)
    const infinite = node.run(Effect.sleep("Infinity"))
    world.runToRest()
    assert.equal(none.pollUnsafe()?._tag, "Success")
    assert.equal(ever.pollUnsafe(), undefined)
    assert.equal(infinite.pollUnsafe(), undefined)
    assert.deepEqual([node.nowMs, node.timerCount], [0, 0])
  })

  test("of every clock of Effect's is the node's", () => {
    const world = new World()
    const fiber = world.join("a").run(
      Effect.gen(function* () {
        yield* Effect.sleep(1500)
        return [
          yield* Clock.currentTimeMillis,
          yield* Clock.currentTimeNanos,
          (yield* Clock.Clock).monotonicTimeNanosUnsafe(),
        ]
      }),
    )
    world.runToRest()
    const exit = fiber.pollUnsafe()
    assert.ok(exit?._tag === "Success")
    assert.deepEqual(exit.value, [1500, 1_500_000_000n, 1_500_000_000n])
  })
})

describe("early timers", () => {
  test("go off although something else could happen, so many and no more, at their node only", () => {
    const { world, woke } = awake({ earlyTimers: 1 }, [
      ["a", 10],
      ["b", 20],
    ])
    const node = world.node("b")
    node.offer("wait", () => {})
    assert.deepEqual(idsOf(world), ["wait", "early a#1", "early b#1"])
    const { acts, isLast } = take(world, "early b#1")
    assert.equal(isLast, false)
    assert.notEqual(acts & ~node.bit, 0, "it spends what all early timers share")
    assert.deepEqual(woke, ["b 20"])
    assert.deepEqual([world.node("a").nowMs, node.nowMs], [0, 20])
    assert.deepEqual(idsOf(world), ["wait"], "the budget is spent")
    take(world, "wait")
    take(world, "timer a#1")
    assert.deepEqual(woke, ["b 20", "a 10"])
    assert.equal(node.nowMs, 20, "no clock goes back")
  })

  test("may go off beside those that are due, also before one that is due earlier", () => {
    const { world } = awake({ earlyTimers: 3 }, [
      ["a", 10],
      ["b", 20],
    ])
    assert.deepEqual(idsOf(world), ["timer a#1", "early a#1", "early b#1"])
  })

  test("conflict with each other wherever they are", () => {
    const { world } = awake({ earlyTimers: 2 }, [
      ["a", 10],
      ["b", 10],
    ])
    world.join("c").offer("wait", () => {})
    const one = take(world, "early a#1")
    const other = take(world, "early b#1")
    assert.notEqual(one.acts & other.acts, 0)
  })
})

/** Runs an effect on a node until nothing can happen any more, and gives what it succeeded with. */
const valueOf = <A>(effect: Effect.Effect<A, unknown>): A => {
  const world = new World()
  const fiber = world.join("a").run(effect)
  world.runToRest()
  const exit = fiber.pollUnsafe()
  assert.ok(exit !== undefined, "it came to no end")
  assert.ok(exit._tag === "Success", String(exit))
  assert.equal(world.node("a").timerCount, 0)
  return exit.value
}

describe("Effect behaves on a node as anywhere:", () => {
  test("timeouts, and what they interrupt", () => {
    const result = valueOf(
      Effect.gen(function* () {
        let interrupted = false
        const slow = Effect.onInterrupt(Effect.sleep(100), () =>
          Effect.sync(() => {
            interrupted = true
          }),
        )
        const late = yield* Effect.timeoutOption(slow, 50)
        const inTime = yield* Effect.timeoutOption(Effect.succeed(1), 50)
        return [late._tag, interrupted, inTime._tag, yield* Clock.currentTimeMillis]
      }),
    )
    assert.deepEqual(result, ["None", true, "Some", 50])
  })

  test("races, whose loser leaves no timer", () => {
    const result = valueOf(
      Effect.gen(function* () {
        const slow = Effect.as(Effect.sleep(200), "slow")
        const fast = Effect.as(Effect.sleep(10), "fast")
        return [yield* Effect.race(slow, fast), yield* Clock.currentTimeMillis]
      }),
    )
    assert.deepEqual(result, ["fast", 10])
  })

  test("forks, joins and interrupts", () => {
    const result = valueOf(
      Effect.gen(function* () {
        const one = yield* Effect.forkChild(Effect.as(Effect.sleep(30), "joined"))
        const other = yield* Effect.forkChild(Effect.never)
        yield* Fiber.interrupt(other)
        return [yield* Fiber.join(one), other.pollUnsafe()?._tag, yield* Clock.currentTimeMillis]
      }),
    )
    assert.deepEqual(result, ["joined", "Failure", 30])
  })

  test("a deferred, a queue and a semaphore", () => {
    const result = valueOf(
      Effect.gen(function* () {
        const log: Array<string> = []
        const gate = yield* Deferred.make<string>()
        const queue = yield* Queue.unbounded<number>()
        const one = yield* Semaphore.make(1)
        const worker = (name: string): Effect.Effect<void> =>
          one.withPermits(1)(
            Effect.gen(function* () {
              log.push(`${name} in`)
              yield* Effect.sleep(10)
              log.push(`${name} out`)
              yield* Queue.offer(queue, log.length)
            }),
          )
        yield* Effect.forkChild(worker("x"))
        yield* Effect.forkChild(worker("y"))
        yield* Effect.forkChild(Effect.delay(Deferred.succeed(gate, "open"), 5))
        log.push(yield* Deferred.await(gate))
        const counts = [yield* Queue.take(queue), yield* Queue.take(queue)]
        return { log, counts, at: yield* Clock.currentTimeMillis }
      }),
    )
    assert.deepEqual(result, {
      log: ["x in", "open", "x out", "y in", "y out"],
      counts: [3, 5],
      at: 20,
    })
  })

  test("many fibers at once, and one that never suspends by itself", () => {
    const result = valueOf(
      Effect.gen(function* () {
        let turns = 0
        const other = yield* Effect.forkChild(Effect.sync(() => turns++))
        for (let i = 0; i < 10_000; i++) yield* Effect.void
        yield* Fiber.join(other)
        const all = yield* Effect.all(
          Array.from({ length: 200 }, (_, i) => Effect.as(Effect.sleep(i), i)),
          { concurrency: "unbounded" },
        )
        return [turns, all.length]
      }),
    )
    assert.deepEqual(result, [1, 200])
  })
})
