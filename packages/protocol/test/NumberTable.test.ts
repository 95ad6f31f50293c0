import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { NumberTable } from "../src/NumberTable.ts"

describe("a NumberTable is a Map for numbers given out in order", () => {
  it("answers like a Map, whatever is set and deleted", () => {
    // Keys on both sides of page borders, and beyond 2^31, where bit operations alone would err.
    const key = fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 250, max: 260 }),
      fc.integer({ min: 2 ** 31 - 3, max: 2 ** 31 + 3 }),
      fc.integer({ min: 2 ** 40, max: 2 ** 40 + 512 }),
    )
    const change = fc.record({ key, value: fc.option(fc.nat()) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const table = new NumberTable<number>()
        const map = new Map<number, number>()
        for (const { key, value } of changes) {
          if (value === null) assert.strictEqual(table.delete(key), map.delete(key))
          else {
            table.set(key, value)
            map.set(key, value)
          }
          assert.strictEqual(table.get(key), map.get(key))
          assert.strictEqual(table.size, map.size)
        }
        const inOrder = (values: Iterable<number>) => [...values].toSorted((a, b) => a - b)
        assert.deepStrictEqual(inOrder(table.values()), inOrder(map.values()))
      }),
      { seed: 1, numRuns: 2_000 },
    )
  })

  it("holds no page without entries but the newest (G7)", () => {
    const table = new NumberTable<number>()
    for (let key = 1; key <= 100_000; key++) {
      table.set(key, key)
      if (key > 10) table.delete(key - 10)
    }
    for (let key = 99_991; key <= 100_000; key++) table.delete(key)
    assert.strictEqual(table.size, 0)
    // The pages are private; what they hold is what this test is about.
    assert.strictEqual((table as unknown as { pages: Map<number, unknown> }).pages.size, 1)
  })

  it("can be emptied while it is gone through", () => {
    const table = new NumberTable<number>()
    for (let key = 0; key < 3_000; key++) table.set(key, key)
    let seen = 0
    for (const key of table.values()) {
      seen++
      table.delete(key)
    }
    assert.deepStrictEqual([seen, table.size], [3_000, 0])
  })
})
