import { Liveness } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"

test("who has heard nothing for as long as one may be silent takes the other end for gone (R25)", () => {
  assert.equal(Liveness.look(15_000, 0, 0, 15_000), "gone")
  assert.equal(Liveness.look(14_999, 0, 0, 15_000), "say something")
})

test("who has said nothing for a third of it says something, and who has heard nothing asks", () => {
  assert.equal(Liveness.look(0, 5_000, 0, 15_000), "say something")
  assert.equal(Liveness.look(5_000, 0, 0, 15_000), "say something")
  assert.equal(Liveness.look(4_999, 4_999, 0, 15_000), "fine")
})

test("whoever looks that often cannot be taken for gone because of one lost word", () => {
  assert.equal(Liveness.lookMs(15_000), 5_000)
})

test("whoever stood still does not take that for the silence of the other end", () => {
  assert.equal(Liveness.look(20_000, 20_000, 10_000, 15_000), "say something")
  assert.equal(Liveness.look(25_000, 25_000, 10_000, 15_000), "gone")
})
