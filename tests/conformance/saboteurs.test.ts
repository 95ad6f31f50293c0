// Every conformance test goes red for somebody who breaks what it is about.
import type { Transport } from "@scaler-ts/protocol"
import {
  clusterTests,
  type ConformanceTest,
  refuseUnknownGaps,
  runGap,
  runnable,
  runTest,
  transportTests,
} from "@scaler-ts/testkit/conformance"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { test } from "vitest"
import { cuttingSaboteurs } from "./cuttingSaboteurs.ts"
import { leavingSaboteurs } from "./leavingSaboteurs.ts"
import { setup } from "./memory.ts"
import { messageSaboteurs } from "./messageSaboteurs.ts"
import type { Saboteur } from "./spoil.ts"
import { transportSaboteurs } from "./transportSaboteurs.ts"

const tests: ReadonlyArray<ConformanceTest> = [...transportTests, ...clusterTests]
const saboteurs: ReadonlyArray<Saboteur> = [
  ...transportSaboteurs,
  ...leavingSaboteurs,
  ...cuttingSaboteurs,
  ...messageSaboteurs,
]

/** The memory network with every transport spoilt. */
const spoiltBy = (saboteur: Saboteur) =>
  Effect.map(setup, (network) => {
    const originals = new Map<Transport, Transport>()
    const spoil = saboteur.make()
    return {
      ...network,
      join: (name: string) =>
        Effect.map(network.join(name), (transport) => {
          const spoilt = spoil(transport)
          originals.set(spoilt, transport)
          return spoilt
        }),
      crash: (peer: Transport) => network.crash(originals.get(peer) ?? peer),
    }
  })

const named = (name: string): ConformanceTest => {
  const found = tests.find((test) => test.name === name)
  if (found === undefined) throw new Error(`no conformance test is named "${name}"`)
  return found
}

/** So long is waited for what never comes; what is wrong is seen long before. */
const stallMs = 300

/** What a test says of a saboteur. Rejects when it notices nothing. */
const failureOf = async (saboteur: Saboteur, name: string, waitMs: number): Promise<string> => {
  const run = runTest(named(name), { setup: spoiltBy(saboteur), waitMs })
  const failed = await Effect.runPromise(run).then(() => undefined, String)
  if (failed === undefined) throw new Error(`"${name}" does not notice`)
  return failed
}

for (const saboteur of saboteurs) {
  const { name, caughtBy = [], stalls = [] } = saboteur
  for (const one of caughtBy) {
    test(`somebody who ${name} is seen by "${one}"`, async () => {
      const failure = await failureOf(saboteur, one, 60_000)
      assert.doesNotMatch(failure, /never came true|did not come to an end/)
    })
  }
  for (const one of stalls) {
    test(`somebody who ${name} stalls "${one}"`, async () => {
      await failureOf(saboteur, one, stallMs)
    })
  }
}

test("every conformance test has noticed a saboteur", () => {
  const useful = new Set(
    saboteurs.flatMap(({ caughtBy = [], stalls = [] }) => [...caughtBy, ...stalls]),
  )
  assert.deepEqual(
    tests.map(({ name }) => name).filter((name) => !useful.has(name)),
    [],
  )
})

test("names of conformance tests are unique", () => {
  assert.equal(new Set(tests.map(({ name }) => name)).size, tests.length)
})

test("a gap that is closed fails until it leaves the list", async () => {
  const gap = runGap(named("an empty frame arrives as an empty frame"), { setup })
  const error = await Effect.runPromise(Effect.flip(gap))
  assert.equal(
    error.message,
    '"an empty frame arrives as an empty frame" passes now; take it off the list of gaps',
  )
})

test("a gap that names no test is refused, with the names there are", () => {
  const gaps = [{ test: "frames arrive before they are sent", why: "they would be first" }]
  assert.throws(
    () => refuseUnknownGaps(transportTests, gaps),
    /^Error: no test is named "frames arrive before they are sent"; a gap names one of:\n.*an empty/s,
  )
  refuseUnknownGaps(transportTests, [{ test: transportTests[0]?.name ?? "", why: "" }])
})

test("a test that ends neither well nor ill says so", async () => {
  const never: ConformanceTest = { name: "never", run: () => Effect.never }
  const error = await Effect.runPromise(Effect.flip(runTest(never, { setup, waitMs: 1 })))
  assert.match(String(error), /it did not come to an end within 1 ms/)
})

test("what a network cannot do is not run, and named", async () => {
  const uncut = Effect.map(setup, ({ join, crash }) => ({ join, crash }))
  const names = (list: ReadonlyArray<ConformanceTest>) => list.map(({ name }) => name)
  const without = await Effect.runPromise(runnable(tests, { setup: uncut }))
  assert.deepEqual(names(without.left), names(tests.filter(({ cuts }) => cuts)))
  assert.equal(without.run.length + without.left.length, tests.length)
  const [cutting] = without.left
  assert.ok(cutting !== undefined)
  const error = await Effect.runPromise(Effect.flip(runTest(cutting, { setup: uncut })))
  assert.match(String(error), /this network cannot cut a connection/)
  assert.deepEqual((await Effect.runPromise(runnable(tests, { setup }))).left, [])
})
