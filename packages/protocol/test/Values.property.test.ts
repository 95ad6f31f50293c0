import assert from "node:assert/strict"
import * as fc from "fast-check"
import { test } from "vitest"
import { Values } from "../src/index.ts"
import { difference } from "./alike.ts"
import { anyValue } from "./anyValue.ts"
import { seedOf } from "./seed.ts"

const numRuns = 20_000

const travelled = (value: unknown): unknown => Values.decode(Values.encode(value))

test("any value arrives as structuredClone makes it", () => {
  const seed = seedOf("structuredClone")
  fc.assert(
    fc.property(anyValue(false), (value) => {
      assert.equal(difference(travelled(value), structuredClone(value)), undefined)
    }),
    { seed, numRuns },
  )
}, 300_000)

test("any value arrives, also with what structuredClone loses of its errors", () => {
  const seed = seedOf("errors with fields")
  fc.assert(
    fc.property(anyValue(true), (value) => {
      const arrived = travelled(value)
      // What has arrived once has nothing left that could be lost the second time.
      assert.equal(difference(travelled(arrived), arrived), undefined)
      assert.deepEqual(Values.encode(arrived), Values.encode(value))
    }),
    { seed, numRuns: numRuns / 4 },
  )
}, 300_000)

const changes: ReadonlyArray<readonly [string, unknown, unknown]> = [
  ["-0", -0, 0],
  ["a hole", [, 1], [undefined, 1]], // oxlint-disable-line no-sparse-arrays
  ["the order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }],
  ["a prototype", { a: 1 }, Object.assign(Object.create(null), { a: 1 })],
  ["a class of error", Object.assign(new TypeError("x"), { stack: "" }), Object.assign(new Error("x"), { stack: "" })], // oxfmt-ignore
  ["a name on an array", Object.assign([1], { a: 1 }), [1]],
  ["an item of a Map", new Map([[1, -0]]), new Map([[1, 0]])],
  ["an element of a view", new Int16Array([1]), new Int16Array([2])],
  ["a type of view", new Int16Array([1]), new Uint16Array([1])],
  ["a flag", /a/g, /a/],
  ["a lastIndex", Object.assign(/a/g, { lastIndex: 1 }), /a/g],
  ["a date", new Date(NaN), new Date(0)],
]
for (const [what, one, other] of changes) {
  test(`the comparison sees ${what}`, () => {
    assert.ok(difference(one, other) !== undefined)
    assert.equal(difference(one, structuredClone(one)) === undefined, what !== "a lastIndex")
  })
}
