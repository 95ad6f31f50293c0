import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import { type Guest, Line } from "../src/placement/Line.ts"

interface Value<Plain> extends Guest<Value<Plain>> {
  readonly value: Plain
}

/** A line of plain values, each of which stands in it at most once. */
class ValueLine<Plain> {
  private readonly line = new Line<Value<Plain>>()
  private readonly guests = new Map<Plain, Value<Plain>>()

  get size(): number {
    return this.guests.size
  }

  push(value: Plain): void {
    const guest = { value, line: undefined, before: undefined, after: undefined }
    this.guests.set(value, guest)
    this.line.push(guest)
  }

  /** Puts `value` right behind another, or at the front. */
  insert(value: Plain, before: Plain | undefined): void {
    const guest = { value, line: undefined, before: undefined, after: undefined }
    this.guests.set(value, guest)
    this.line.insert(guest, before === undefined ? undefined : this.guests.get(before))
  }

  first(): Plain | undefined {
    return this.line.first?.value
  }

  remove(value: Plain): void {
    const guest = this.guests.get(value)
    if (guest === undefined) return
    this.guests.delete(value)
    this.line.remove(guest)
    assert.deepEqual([guest.line, guest.before, guest.after], [undefined, undefined, undefined])
  }
}

/** Takes the line apart from its front. */
const emptied = <Item>(line: ValueLine<Item>): ReadonlyArray<Item> => {
  const items: Array<Item> = []
  for (let left = line.size; left > 0; left--) {
    const item = line.first()
    if (item === undefined) break
    items.push(item)
    line.remove(item)
  }
  assert.deepEqual([line.first(), line.size], [undefined, 0])
  return items
}

test("a line is first in, first out, and first does not remove", () => {
  const line = new ValueLine<string>()
  assert.equal(line.first(), undefined)
  for (const item of ["a", "b", "c"]) line.push(item)
  assert.deepEqual([line.first(), line.first(), line.size], ["a", "a", 3])
  assert.deepEqual(emptied(line), ["a", "b", "c"])
  assert.deepEqual([line.first(), line.size], [undefined, 0])
})

test("anybody may leave a line, from its front, its middle and its end, once", () => {
  const line = new ValueLine<string>()
  for (const item of ["a", "b", "c", "d", "e"]) line.push(item)
  for (const item of ["a", "c", "e", "c", "nobody"]) line.remove(item)
  assert.equal(line.size, 2)
  assert.deepEqual(emptied(line), ["b", "d"])
})

test("who comes back joins the line at its end", () => {
  const line = new ValueLine<string>()
  for (const item of ["a", "b"]) line.push(item)
  line.remove("a")
  line.push("a")
  assert.deepEqual(emptied(line), ["b", "a"])
})

test("the order of those who stay is kept, however many leave", () => {
  const line = new ValueLine<number>()
  for (let item = 1; item <= 5_000; item++) line.push(item)
  for (let item = 1; item <= 5_000; item++) if (item % 10 !== 0) line.remove(item)
  for (let item = 5_001; item <= 5_010; item++) line.push(item)
  const expected = Array.from({ length: 500 }, (_, i) => 10 * (i + 1))
  for (let item = 5_001; item <= 5_010; item++) expected.push(item)
  assert.deepEqual(emptied(line), expected)
})

test("a line behaves like an array under any pushes and removals", () => {
  const operation = fc.record({ push: fc.boolean(), pick: fc.nat(3_000), before: fc.nat(3_000) })
  const property = fc.property(
    fc.array(operation, { maxLength: 4_000, size: "max" }),
    (operations) => {
      const line = new ValueLine<number>()
      const array: Array<number> = []
      for (const { push, pick, before } of operations) {
        const at = array.indexOf(pick)
        if (push && at < 0) {
          const behind = before % 3 === 0 ? array[before % (array.length + 1)] : array.at(-1)
          line.insert(pick, behind)
          array.splice(behind === undefined ? 0 : array.indexOf(behind) + 1, 0, pick)
        } else if (!push) {
          const leaving = at < 0 ? array[0] : pick
          if (leaving === undefined) continue
          line.remove(leaving)
          array.splice(array.indexOf(leaving), 1)
        }
        assert.deepEqual([line.first(), line.size], [array[0], array.length])
      }
      assert.deepEqual(emptied(line), array)
    },
  )
  fc.assert(property, { numRuns: 60 })
})

test("a million pass through a line, and a million leave one from its middle, in linear time", () => {
  const count = 1_000_000
  const through = new ValueLine<number>()
  for (let item = 1; item <= count; item++) {
    through.push(item)
    if (item > 10_000) through.remove(item - 10_000)
  }
  assert.deepEqual([through.size, through.first()], [10_000, count - 10_000 + 1])
  const left = new ValueLine<number>()
  for (let item = 1; item <= count; item++) left.push(item)
  for (let item = count; item > 1; item--) left.remove(item)
  assert.deepEqual(emptied(left), [1])
})
