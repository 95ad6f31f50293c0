// What `npm run soak -- --only town` does for as long as it is told, here for 15 seconds, and with fewer tasks.
import { assert, it } from "vitest"
import { seedOf } from "../../packages/protocol/test/seed.ts"
import { withTrouble } from "./trouble.ts"

/** Something goes wrong as soon as it may: there is as much of it as in a minute of `npm run soak`. */
const pace = { inFlight: 24, taskMs: 100, pauseMs: 500 }
const soakMs = 15_000

it("all tasks end, none runs twice at once, and no receipt lies, whoever is killed or stopped, and when", async () => {
  const seed = seedOf("town")
  const untilMs = performance.now() + soakMs
  const { happened, wrong } = await withTrouble({ seed, untilMs, pace })
  console.log(happened)
  assert.deepStrictEqual(wrong.slice(0, 5), [], `${wrong.length} wrong; SEED=${seed}`)
  // How much there was of the rest is the machine's affair.
  assert.isAbove(happened["returned"] ?? 0, 0)
}, 600_000)
