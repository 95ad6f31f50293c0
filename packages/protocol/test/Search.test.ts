import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { configurations } from "./search/configurations.ts"
import { modelOf } from "./search/guarantees.ts"
import { mutants } from "./search/mutants.ts"
import { search } from "./search/search.ts"

describe("G1 to G8 hold in every reachable state with", () => {
  for (const [name, states, config] of configurations) {
    test(`${name}: ${states} states`, () => {
      const found = search(modelOf(config))
      assert.equal(found.violation, undefined, JSON.stringify(found.violation, undefined, 2))
      assert.equal(found.states, states)
    })
  }
})

describe("the search sees", () => {
  for (const { name, guarantee, configuration, steps } of mutants) {
    test(`${guarantee} broken by ${name}`, () => {
      const [, , config] = configurations.find(([known]) => known === configuration) ?? []
      assert.ok(config !== undefined, `no configuration "${configuration}"`)
      const { violation } = search(modelOf(config, steps))
      assert.ok(violation !== undefined, "nothing was found")
      assert.match(violation.what, new RegExp(`^${guarantee}:`))
      assert.ok(violation.trace.length > 0)
    })
  }
})

test("the search prints the shortest way to a violation", () => {
  const mutant = mutants.find(({ name }) => name.includes("R10"))
  assert.ok(mutant !== undefined)
  const [, , config] = configurations[0] ?? []
  assert.ok(config !== undefined)
  assert.deepEqual(search(modelOf(config, mutant.steps)).violation, {
    what: "G6: 0 slots taken for 1 attempts",
    trace: [
      "the client submits",
      "the client cancels",
      "the scheduler hears Task",
      "a slot of w0 is available",
      "the scheduler hears TaskCancel",
    ],
  })
})
