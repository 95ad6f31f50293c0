/**
 * What the reduction claims holds for faults, too: those that are said to commute do, and no order is
 * missed because one thing took the place of another, such as a message's loss that of its arrival.
 */
import { type FaultBudgets, World } from "@scaler-ts/adapter-memory"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { classOf } from "../src/search/Order.ts"
import { type Reduction, Search } from "../src/search/Search.ts"

interface Options {
  /** A hub, and those who talk to it. */
  readonly names: ReadonlyArray<string>
  readonly faults: FaultBudgets
  readonly earlyTimers?: number
}

/** Starts a node: the hub answers whatever it hears, the others speak once and set a timer. */
const start = (world: World, name: string, heard: Array<string>): void => {
  const node = world.node(name)
  node.transport.listen({
    frame: (from, [number = 0]) => {
      heard.push(`${from} ${number}`)
      if (name === "hub") node.transport.send(from, Uint8Array.of(number + 100))
    },
    gone: (from) => void heard.push(`${from} gone`),
    writable: (to) => void heard.push(`${to} writable`),
  })
  if (name === "hub") return
  node.run(
    Effect.delay(
      Effect.sync(() => heard.push(`woke at ${node.nowMs}`)),
      1_000,
    ),
  )
  node.offer(`${name} speaks`, () => {
    for (const number of name === "a" ? [1, 2] : [3]) {
      heard.push(`sent: ${node.transport.send("hub", Uint8Array.of(10 * node.life + number))}`)
    }
  })
}

/** A world, and everything that can be seen of it. */
const talking = ({ names, faults, earlyTimers = 0 }: Options) => {
  const world = new World({ faults, earlyTimers })
  const heard = new Map<string, Array<string>>(names.map((name) => [name, []]))
  for (const name of names) world.join(name)
  for (const name of names) {
    const begin = (): void => start(world, name, heard.get(name) ?? [])
    world.actAt(world.node(name), begin)
    world.weather.onRestart(name, begin)
    if (name !== "hub") {
      world.actAt(world.node(name), () => world.node(name).transport.send("hub", new Uint8Array(1)))
    }
  }
  world.settle()
  const seen = (): string =>
    JSON.stringify([[...heard], world.all.map(({ name, nowMs, life }) => [name, nowMs, life])])
  return { world, seen }
}

/** What was seen in each class, however often it was run. */
const explore = (options: Options, reduction: Reduction): Map<string, Set<string>> => {
  const search = new Search({ reduction })
  const classes = new Map<string, Set<string>>()
  do {
    const { world, seen } = talking(options)
    if (search.run(world) !== "complete") continue
    const key = classOf(search.execution)
    const before = classes.get(key)
    if (before !== undefined && reduction === "source") assert.fail(`run twice:\n${key}`)
    classes.set(key, (before ?? new Set()).add(seen()))
  } while (search.next())
  return classes
}

const keysOf = (classes: ReadonlyMap<string, unknown>): ReadonlyArray<string> =>
  [...classes.keys()].toSorted()

const two = ["hub", "a"]
const three = ["hub", "a", "b"]
const once = { times: 1 }

const rows: ReadonlyArray<readonly [string, FaultBudgets, earlyTimers?: number]> = [
  ["a full outbox", { full: once }],
  ["a fast clock", { skew: once }],
  ["a fast clock and an early timer", { skew: once }, 1],
  ["a node that stands still", { freeze: once }],
  ["a node that stands still and an early timer", { freeze: once }, 1],
  ["a doubled message", { duplicate: once }],
  ["a message out of order", { reorder: once }],
  ["a lost message", { drop: once }],
  ["a lost message and one out of order", { drop: once, reorder: once }],
  ["a cut", { cut: once }],
  ["a partition", { partition: once }],
  ["a crash", { crash: once }],
  ["a crash and a restart", { crash: once, restart: once }],
]

/** With these, three nodes have more classes than a test should run. */
const largerRows: ReadonlyArray<readonly [string, FaultBudgets, earlyTimers?: number]> = [
  ["two nodes that stand still, or one twice", { freeze: { times: 2 } }],
  ["two full outboxes", { full: { times: 2 } }],
  ["two partitions", { partition: { times: 2 } }],
  ["a cut and a node that stands still", { cut: once, freeze: once }],
  ["a partition and a cut", { partition: once, cut: once }],
  ["a partition and a crash", { partition: once, crash: once, restart: once }],
  ["every fate of a message", { drop: once, duplicate: once, reorder: once }],
]

describe("two who talk: every order falls into the classes that source sets try, each once, with", () => {
  for (const [name, faults, earlyTimers = 0] of [...rows, ...largerRows]) {
    test(name, () => {
      const options = { names: two, faults, earlyTimers }
      const every = explore(options, "none")
      for (const [key, seen] of every) {
        assert.equal(seen.size, 1, `${key}\n${[...seen].join("\n")}`)
      }
      assert.deepEqual(keysOf(explore(options, "sleep")), keysOf(every))
      assert.deepEqual(keysOf(explore(options, "source")), keysOf(every))
    })
  }
})

describe("three who talk: source sets and sleep sets try the same classes, with", () => {
  for (const [name, faults, earlyTimers = 0] of rows) {
    test(name, () => {
      const options = { names: three, faults, earlyTimers }
      const source = explore(options, "source")
      assert.ok(source.size > explore({ ...options, faults: {} }, "source").size)
      assert.deepEqual(keysOf(source), keysOf(explore(options, "sleep")))
    })
  }
})
