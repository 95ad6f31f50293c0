import assert from "node:assert/strict"
import { test } from "vitest"
import { Histogram } from "../src/Histogram.ts"
import { StateList } from "../src/StateList.ts"

test("each time is in the first bucket whose bound it does not exceed, and in all after it", () => {
  for (const [ms, bound] of [
    [0, 0.001],
    [1, 0.001],
    [1.5, 0.002],
    [2, 0.002],
    [2.001, 0.004],
    [1_000, 1.024],
    [131_072, 131.072],
    [131_073, Infinity],
    [1e12, Infinity],
  ] as const) {
    const histogram = new Histogram()
    histogram.add(ms)
    const counted = histogram.cumulative().filter(([, count]) => count === 1)
    assert.equal(counted[0]?.[0], bound, `${ms} ms`)
  }
})

test("it knows how often, how long in all, and the least and most", () => {
  const histogram = new Histogram()
  for (const ms of [3, 1, 2]) histogram.add(ms)
  const { count, sumMs, minMs, maxMs } = histogram
  assert.deepEqual([count, sumMs, minMs, maxMs], [3, 6, 1, 3])
})

test("a list keeps the order in which its items came, whoever leaves", () => {
  const list = new StateList<Item>()
  class Item {
    earlier: Item | undefined
    later: Item | undefined
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
  }
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => new Item(name)) as [
    Item,
    Item,
    Item,
    Item,
  ]
  const names = (): ReadonlyArray<string> => [...list].map(({ name }) => name)
  for (const item of [a, b, c, d]) list.push(item)
  list.remove(b)
  assert.deepEqual([names(), list.size, list.first?.name], [["a", "c", "d"], 3, "a"])
  list.remove(a)
  list.remove(d)
  list.push(a)
  assert.deepEqual(names(), ["c", "a"])
  list.remove(c)
  list.remove(a)
  assert.deepEqual([names(), list.size, list.first], [[], 0, undefined])
  list.push(d)
  assert.deepEqual(names(), ["d"])
})
