import { Future } from "@scaler-ts/future"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { inline } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { explore, violated } from "./support/races.ts"

describe("the inline executor, as it runs in production, under the explorer", () => {
  test("runs jobs, and stops them as it stops Effects: at once, when they are asked to", async () => {
    const receipts = new Set<string>()
    const verdict = await explore(
      function* ({ submit, job, never }) {
        const work = job("work")
        const receipt = yield* Future.cancel(yield* submit(work))
        never(receipt._tag === "Stopped" && work.ended)
        receipts.add(receipt._tag)
      },
      { executor: inline({ slots: 1 }), canKill: false },
    )
    assert.equal(verdict._tag, "Verified")
    assert.deepEqual([...receipts].toSorted(), ["AlreadyDone", "Finished", "Stopped"])
  })

  test("runs tasks of one's own that return Effects, on the world's clock", async () => {
    let runs = 0
    const tasks = defineTasks(import.meta.url, {
      slow: (ms: number) =>
        Effect.gen(function* () {
          yield* Effect.sleep(ms)
          runs++
          return "slept"
        }),
    })
    const verdict = await explore(
      function* ({ submit, always }) {
        runs = 0
        const value = yield* Future.await(yield* submit(tasks.slow, 3_600_000))
        always(value === "slept")
        always(runs === 1)
      },
      { tasks, executor: inline() },
    )
    assert.equal(verdict._tag, "Verified")
  })

  test("a task that returns a promise is reported: no explorer decides when it settles", async () => {
    const tasks = defineTasks(import.meta.url, { later: () => Promise.resolve(1) })
    const { failure } = await violated(
      function* ({ call }) {
        yield* call(tasks.later)
      },
      { tasks, executor: inline() },
    )
    assert.equal(failure.guarantee, "ambient")
    assert.match(failure.what, /something on worker-1 waited for the world outside/)
  })

  test("a task of one's own needs an executor that calls functions, and the error says so", async () => {
    const tasks = defineTasks(import.meta.url, { sqrt: Math.sqrt })
    const { failure } = await violated(
      function* ({ call }) {
        yield* call(tasks.sqrt, 4)
      },
      { tasks },
    )
    assert.match(failure.what, /task "sqrt" is no job of this race; give the race an executor/)
  })
})
