import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import { type Embedded, embedded } from "../support/Embedded.ts"
import * as receipts from "../support/receipts.ts"
import * as Script from "../support/script.ts"
import { until } from "../support/turns.ts"

/** Loses the worker that holds the one task there is, and succeeds with its name. */
const loseHolder = ({ scheduler, loseWorker }: Embedded) =>
  Effect.gen(function* () {
    const holder = (): string | undefined =>
      scheduler.status().workers.find(({ held }) => held === 1)?.name
    yield* until("the task is somewhere", () => holder() !== undefined)
    const name = holder() ?? ""
    yield* loseWorker(name)
    return name
  })

it.effect("a task that outlives its workers runs again, and its value arrives (G5)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks, workers: 2, slots: 1 }, (cluster) =>
    Effect.gen(function* () {
      const future = yield* cluster.client.submit(tasks.held, "a")
      yield* recorded("began a")
      yield* loseHolder(cluster)
      yield* until("it runs again", () => record.filter((one) => one === "began a").length === 2)
      finish("a")
      assert.strictEqual(yield* Future.await(future), "a")
    }),
  )
})

it.effect("a task that loses every worker it is given is lost, and says which (R7)", () => {
  const { tasks, recorded } = Script.make()
  return embedded({ tasks, workers: 3, slots: 1 }, (cluster) =>
    Effect.gen(function* () {
      const future = yield* cluster.client.submit(tasks.held, "a", { attemptsMax: 2 })
      yield* recorded("began a")
      const workers = [yield* loseHolder(cluster), yield* loseHolder(cluster)]
      const error = yield* Effect.flip(Future.await(future))
      assert.deepInclude(error, { _tag: "TaskLost", reason: "workerDied", attempts: 2, workers })
      assert.strictEqual(Future.state(future), "lost")
    }),
  )
})

it.effect("a task waiting for its next attempt is cancelled as lost with its worker (R40)", () => {
  const { tasks, recorded } = Script.make()
  return embedded({ tasks, workers: 1, slots: 1 }, (cluster) =>
    Effect.gen(function* () {
      const future = yield* cluster.client.submit(tasks.held, "a")
      yield* recorded("began a")
      const name = yield* loseHolder(cluster)
      const receipt = yield* Future.cancel(future)
      assert.deepStrictEqual(receipt, receipts.workerLost(name))
    }),
  )
})
