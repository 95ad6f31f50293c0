import assert from "node:assert/strict"
import { describe, it } from "vitest"
import { Arrivals, Credit } from "../src/internal/Credit.ts"

describe("Credit", () => {
  it("takes so many frames, and more once half of them have been taken", () => {
    const credit = new Credit({ frames: 4, bytes: 1_000 })
    assert.deepEqual(
      [1, 1, 1, 1, 1].map((bytes) => credit.take(bytes)),
      [true, true, true, true, false],
    )
    assert.equal(credit.taken(1, 1), "fine")
    assert.equal(credit.taken(2, 2), "reopened")
    assert.equal(credit.taken(3, 3), "fine", "said once")
    assert.equal(credit.take(1), true)
  })

  it("takes so many bytes, but one frame always", () => {
    const credit = new Credit({ frames: 100, bytes: 10 })
    assert.equal(credit.take(50), true)
    assert.equal(credit.take(1), false)
    assert.equal(credit.taken(1, 50), "reopened")
    assert.equal(credit.take(10), true)
    assert.equal(credit.take(1), false)
  })

  it("does not say that there is room to one who was not refused", () => {
    const credit = new Credit({ frames: 4, bytes: 1_000 })
    for (let n = 0; n < 4; n++) credit.take(1)
    assert.equal(credit.taken(4, 4), "fine")
  })

  it("believes nobody who took more than was sent, or less than before", () => {
    const credit = new Credit({ frames: 4, bytes: 1_000 })
    credit.take(10)
    credit.take(10)
    assert.equal(credit.taken(3, 20), "impossible")
    assert.equal(credit.taken(2, 21), "impossible")
    assert.equal(credit.taken(2, 20), "fine")
    assert.equal(credit.taken(1, 20), "impossible")
    assert.equal(credit.taken(2, 19), "impossible")
  })
})

describe("Arrivals", () => {
  it("are told of each quarter of the room, long before the sender has to wait", () => {
    const arrivals = new Arrivals({ frames: 8, bytes: 1_000 })
    const told = Array.from({ length: 8 }, () => arrivals.count(1))
    assert.deepEqual(told, [false, true, false, true, false, true, false, true])
    assert.equal(arrivals.count(250), true, "by bytes")
    assert.deepEqual([arrivals.frames, arrivals.bytes], [9, 258])
  })

  it("are told one by one where there is room for one", () => {
    const arrivals = new Arrivals({ frames: 1, bytes: 1 })
    assert.deepEqual([arrivals.count(0), arrivals.count(0)], [true, true])
  })
})
