import { Future } from "@scaler-ts/future"
import { Explore } from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { test } from "vitest"

test("what a failing job throws is the same in every run, its stack included", async () => {
  const stacks = new Set<string | undefined>()
  const verdict = await Effect.runPromise(
    Explore.run(
      function* ({ submit, job }) {
        const future = yield* submit(job("work", { mayFail: true }))
        const outcome = yield* Future.outcome(future)
        if (outcome._tag === "Failed" && outcome.error._tag === "TaskFailed") {
          stacks.add((outcome.error.error as Error).stack)
        }
      },
      { selfCheckEvery: 1 },
    ),
  )
  assert.equal(verdict._tag, "Verified")
  assert.deepEqual([...stacks], ['Error: job "work" failed'])
})

test("errors have their stacks again once the race is over", async () => {
  await Effect.runPromise(Explore.run(function* () {}))
  assert.match(String(new Error("after").stack), /thrown\.test\.ts/)
})
