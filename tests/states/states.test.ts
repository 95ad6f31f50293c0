import { States } from "@scaler-ts/testkit/search"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { configurations } from "./configurations.ts"
import { modelOf } from "./guarantees.ts"
import { mutants } from "./mutants.ts"

describe("G1 to G8 hold in every reachable state with", () => {
  for (const [name, states, config] of configurations) {
    test(`${name}: ${states} states`, () => {
      const verdict = States.search(modelOf(config))
      assert.equal(verdict._tag, "Verified", States.reportOf(name, verdict))
      assert.equal(verdict.states, states)
    })
  }
})

describe("the search sees", () => {
  for (const { name, guarantee, configuration, steps } of mutants) {
    test(`${guarantee} broken by ${name}`, () => {
      const [, , config] = configurations.find(([known]) => known === configuration) ?? []
      assert.ok(config !== undefined, `no configuration "${configuration}"`)
      const verdict = States.search(modelOf(config, steps))
      assert.ok(verdict._tag === "Violated", "nothing was found")
      assert.match(verdict.what, new RegExp(`^${guarantee}:`))
      assert.ok(verdict.trace.length > 0)
    })
  }
})

test("the search prints the shortest way to a violation", () => {
  const mutant = mutants.find(({ name }) => name.includes("R10"))
  assert.ok(mutant !== undefined)
  const [, , config] = configurations[0] ?? []
  assert.ok(config !== undefined)
  const verdict = States.search(modelOf(config, mutant.steps))
  assert.ok(verdict._tag === "Violated")
  assert.equal(verdict.what, "G6: 0 slots taken for 1 attempts")
  assert.deepEqual(verdict.trace, [
    "the client submits",
    "the client cancels",
    "the scheduler hears Task",
    "a slot of w0 is available",
    "the scheduler hears TaskCancel",
  ])
})
