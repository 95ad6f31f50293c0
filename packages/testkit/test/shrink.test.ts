import assert from "node:assert/strict"
import { test } from "vitest"
import { type Attempt, type Failing, Shrinking } from "../src/search/shrink.ts"

const shrink = (failing: Failing, attempt: Attempt): Failing => {
  const shrinking = new Shrinking(failing, attempt)
  for (const _ of shrinking.run());
  return shrinking.best
}

/** Fails whenever `needs` come in this order, whatever else there is. */
const failingWith =
  (...needs: ReadonlyArray<string>) =>
  (ids: ReadonlyArray<string>): Failing | undefined => {
    let found = 0
    for (const id of ids) if (id === needs[found]) found++
    return found === needs.length ? { ids, cost: [ids.length] } : undefined
  }

const noise = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `noise ${index}`)

test("everything that has nothing to do with the failure goes", () => {
  const attempt = failingWith("a", "b", "c")
  const ids = [...noise(10), "a", ...noise(10), "b", "c", ...noise(20)]
  assert.deepEqual(shrink({ ids, cost: [ids.length] }, attempt).ids, ["a", "b", "c"])
})

test("what costs more goes first: an early timer before any number of steps", () => {
  const cost = (ids: ReadonlyArray<string>): ReadonlyArray<number> => [
    ids.filter((id) => id.startsWith("early")).length,
    ids.length,
  ]
  // Without the early timer it takes three other steps to fail.
  const attempt = (ids: ReadonlyArray<string>): Failing | undefined => {
    const isFailing = ids.includes("early") || ["x", "y", "z"].every((id) => ids.includes(id))
    return isFailing ? { ids, cost: cost(ids) } : undefined
  }
  const ids = ["early", "x", "y", "z"]
  assert.deepEqual(shrink({ ids, cost: cost(ids) }, attempt).ids, ["x", "y", "z"])
})

test("what weighs less takes the place of what weighs more, if it does as well", () => {
  const weights: Readonly<Record<string, number>> = { pause: 1, cut: 2, crash: 3 }
  const attempt = (ids: ReadonlyArray<string>): Failing | undefined => {
    const weight = ids.reduce((sum, id) => sum + (weights[id] ?? 0), 0)
    return ids.includes("cut") || ids.includes("crash")
      ? { ids, cost: [1, weight, ids.length] }
      : undefined
  }
  const shrinking = new Shrinking({ ids: ["x", "crash"], cost: [1, 3, 2] }, attempt, (id) =>
    id === "crash" ? ["pause", "cut"] : [],
  )
  for (const _ of shrinking.run());
  assert.deepEqual(shrinking.best.ids, ["cut"])
})

test("steps are moved together when that is simpler", () => {
  const changes = (ids: ReadonlyArray<string>): number =>
    ids.filter((id, index) => index > 0 && id[0] !== ids[index - 1]?.[0]).length
  const attempt = (ids: ReadonlyArray<string>): Failing | undefined =>
    ["a1", "a2", "b1", "b2"].every((id) => ids.includes(id)) &&
    ids.indexOf("a1") < ids.indexOf("a2") &&
    ids.indexOf("b1") < ids.indexOf("b2")
      ? { ids, cost: [ids.length, changes(ids)] }
      : undefined
  const ids = ["a1", "b1", "a2", "b2"]
  assert.equal(changes(shrink({ ids, cost: [4, changes(ids)] }, attempt).ids), 1)
})

test("a schedule of which everything is needed stays as it is", () => {
  const attempt = failingWith("a", "b")
  assert.deepEqual(shrink({ ids: ["a", "b"], cost: [2] }, attempt).ids, ["a", "b"])
})

test("whoever drives it may stop after any attempt, and has one that fails", () => {
  const attempt = failingWith("a", "b")
  const ids = [...noise(20), "a", ...noise(20), "b"]
  for (let attempts = 0; attempts < 30; attempts++) {
    const shrinking = new Shrinking({ ids, cost: [ids.length] }, attempt)
    const run = shrinking.run()
    for (let at = 0; at < attempts; at++) run.next()
    assert.ok(attempt(shrinking.best.ids) !== undefined)
    assert.ok(shrinking.best.ids.length <= ids.length)
  }
})
