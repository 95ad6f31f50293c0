import { assert, describe, test } from "vitest"
import { Places } from "../src/index.ts"

/** Places of which attempts of these depths have one each. */
const placesOf = (slots: number, ...depths: ReadonlyArray<number>): Places => {
  const places = new Places(slots)
  for (const depth of depths) places.take(depth)
  return places
}

describe("who may have a place (R31, G6)", () => {
  test("one who waits lends its slot to who is nested, and to nobody else", () => {
    const places = placesOf(1, 0)
    places.waiting++
    assert.deepEqual([0, 1, 2].map((depth) => places.hasRoomFor(depth)), [false, true, true]) // oxfmt-ignore
    places.take(1)
    assert.deepEqual([0, 1, 2].map((depth) => places.hasRoomFor(depth)), [false, false, false]) // oxfmt-ignore
  })

  test("of one depth there are as many as slots, however many of them wait", () => {
    const places = placesOf(1, 0, 1)
    places.waiting += 2
    assert.deepEqual([0, 1, 2].map((depth) => places.hasRoomFor(depth)), [false, false, true]) // oxfmt-ignore
  })

  test("one who goes on uses its slot again, also where somebody else has it", () => {
    const places = placesOf(2, 0, 0)
    places.waiting++
    places.take(1)
    places.waiting--
    assert.strictEqual(places.takenFor(1), 3)
    places.free(1, false)
    assert.strictEqual(places.takenFor(1), 2)
  })

  test("one who ends while it waits gives back what it has taken, once", () => {
    const places = placesOf(1, 0)
    places.waiting++
    places.free(0, true)
    assert.deepEqual([places.takenFor(0), places.takenFor(1), places.waiting], [0, 0, 0])
  })

  test("what is held beyond the slots in advance takes none from who is nested", () => {
    const places = placesOf(1, 0, 0, 0)
    assert.isFalse(places.hasRoomFor(1))
    places.waiting++
    assert.isTrue(places.hasRoomFor(1))
    places.take(1)
    assert.deepEqual([places.takenFor(0), places.takenFor(1)], [3, 1])
  })

  test("two slots of which one is lent still have room for one who is not nested", () => {
    const places = placesOf(2, 0, 1)
    places.waiting++
    assert.isTrue(places.hasRoomFor(0))
  })
})
