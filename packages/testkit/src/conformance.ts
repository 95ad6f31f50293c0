/**
 * What every transport must keep, and what every cluster on one must keep, as vitest tests.
 *
 * An adapter's conformance test hands over how to set up a network, and nothing else.
 */
import * as Effect from "effect/Effect"
import { describe, it } from "vitest"
import { clusterTests } from "./conformance/cluster/tests.ts"
import {
  type ConformanceOptions,
  type ConformanceTest,
  refuseUnknownGaps,
  runGap,
  runnable,
  runTest,
} from "./conformance/Suite.ts"
import { transportTests } from "./conformance/transport/tests.ts"

export type { Peer, Peers } from "./conformance/Peers.ts"
export {
  type ConformanceNetwork,
  type ConformanceOptions,
  type ConformanceTest,
  type Gap,
  refuseUnknownGaps,
  runGap,
  runnable,
  runTest,
} from "./conformance/Suite.ts"
export { clusterTests, transportTests }

/** Longer than all a test waits for, one after the other. */
const timeoutMs = 180_000

/** Registers a test for each sentence of the `Transport` port: order, loss, room, leaving, hostile peers. */
export const transportConformance = (name: string, options: ConformanceOptions): void =>
  register(`${name} transport`, transportTests, options)

/** Registers tests of real clients, a real scheduler and real workers on the adapter's transports: every receipt, and G1 to G10. */
export const clusterConformance = (name: string, options: ConformanceOptions): void =>
  register(`${name} cluster`, clusterTests, options)

const register = (
  name: string,
  tests: ReadonlyArray<ConformanceTest>,
  { gaps = [], ...options }: ConformanceOptions,
): void => {
  describe(name, async () => {
    const { run: wanted, left } = await Effect.runPromise(runnable(tests, options))
    it("every gap names a test", () => refuseUnknownGaps(wanted, gaps))
    if (left.length > 0) {
      const names = left.map((test) => `"${test.name}"`).join(", ")
      it.skip(`not run, because the network cannot cut a connection: ${names}`)
    }
    for (const test of wanted) {
      const gap = gaps.find((one) => one.test === test.name)
      const title = gap === undefined ? test.name : `gap: ${test.name} (${gap.why})`
      const run = gap === undefined ? runTest : runGap
      it(title, { timeout: timeoutMs }, async ({ signal }) =>
        Effect.runPromise(run(test, options), { signal }),
      )
    }
  })
}
