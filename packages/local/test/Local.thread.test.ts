import { Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { test } from "vitest"
import { begun } from "./fixtures/begun.ts"
import { tasks } from "./fixtures/tasks.ts"

test("a task runs in a thread and its value comes back", async () => {
  await using cluster = await Local.start({ tasks, slots: 2 })
  const call = cluster.client.call(tasks.sqrt, 16)
  assert.deepEqual(await cluster.run(Effect.all([call, call, call], { concurrency: 3 })), [4, 4, 4])
  assert.equal(cluster.status().workers[0]?.slots, 2)
})

test("what a task throws in a thread is what the call fails with", async () => {
  await using cluster = await Local.start({ tasks, slots: 1 })
  const error = await cluster.run(Effect.flip(cluster.client.call(tasks.boom, undefined)))
  assert.equal(error._tag, "TaskFailed")
  assert.match(error.message, /out of range/)
})

test("a task in a thread that heeds its signal is cancelled cooperatively", async () => {
  await using cluster = await Local.start({ tasks, slots: 1 })
  const receipt = await cluster.run(Effect.flatMap(begun(tasks.wait), (f) => Future.cancel(f)))
  assert.ok(receipt._tag === "Stopped")
  assert.deepEqual([receipt.how, receipt.attempt], ["cooperative", 1])
})

test("a spinning loop in a thread is killed, its slot is free, and the next task runs (G2)", async () => {
  await using cluster = await Local.start({ tasks, slots: 1, graceMs: 30 })
  const receipt = await cluster.run(Effect.flatMap(begun(tasks.spin), (f) => Future.cancel(f)))
  assert.deepEqual(receipt, {
    _tag: "Stopped",
    how: "killed",
    worker: "worker-1",
    attempt: 1,
    cancelled: true,
  })
  assert.equal(cluster.status().workers[0]?.held, 0)
  assert.equal(await cluster.run(cluster.client.call(tasks.sqrt, 25)), 5)
})

test("stopping a cluster kills what spins and ends it as cancelled (G7, G8)", async () => {
  const cluster = await Local.start({ tasks, slots: 1, workers: 2, graceMs: 30 })
  const futures = await cluster.run(
    Effect.all([begun(tasks.spin), begun(tasks.wait)], { concurrency: 2 }),
  )
  await cluster.stop()
  assert.deepEqual(futures.map(Future.state), ["cancelled", "cancelled"])
})
