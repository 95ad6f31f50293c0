import {
  Explore,
  type RaceBody,
  type RaceOptions,
  reportOf,
  type Verdict,
  type Violated,
} from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { afterEach, describe, test, vi } from "vitest"
import { type Bug, bugs } from "./bugs.ts"
import type { Planted } from "./plant.ts"

const planted = vi.hoisted((): Planted => ({ steps: {} }))

vi.mock("@scaler-ts/protocol", async (importOriginal) => {
  const { withPlanted } = await import("./plant.ts")
  return withPlanted(await importOriginal(), planted)
})

afterEach(() => {
  planted.steps = {}
})

/** How many steps the longest of the shortest failing schedules has. */
const shortMax = 14

const explore = (race: RaceBody, options: RaceOptions = {}): Promise<Verdict> =>
  Effect.runPromise(Explore.run(race, { budgetMs: Infinity, ...options }))

const violated = async (bug: Bug, options: RaceOptions = {}): Promise<Violated> => {
  planted.steps = bug.steps
  const verdict = await explore(bug.race, { ...bug.options, ...options })
  assert.ok(verdict._tag === "Violated", `nothing was found: ${reportOf(bug.name, verdict)}`)
  return verdict
}

describe("a planted bug is found, shrunk and replayed:", () => {
  for (const bug of bugs) {
    const { guarantee, name, options, race, healthy = options } = bug
    test(`${guarantee} broken by ${name}`, async () => {
      const found = await violated(bug)
      const report = reportOf(name, found)
      assert.equal(found.failure.guarantee, guarantee, report)
      assert.ok(found.failure.steps.length <= Math.min(found.shrunkFrom, shortMax), report)
      const again = await violated(bug, { replay: found.token })
      assert.deepEqual(again.failure, found.failure)
      assert.equal(again.token, found.token)
    })

    test(`and nothing is found without ${name}`, async () => {
      const verdict = await explore(race, healthy)
      assert.equal(verdict._tag, "Verified", reportOf(name, verdict))
    })
  }
})
