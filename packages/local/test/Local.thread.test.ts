import * as Local from "@scaler-ts/local"
import assert from "node:assert/strict"
import { test } from "vitest"
import { begun } from "./fixtures/begun.ts"
import { tasks } from "./fixtures/tasks.ts"

test("a task runs in a thread and its value comes back", async () => {
  await using cluster = await Local.start({ tasks, slots: 2 })
  const call = () => cluster.call(tasks.sqrt, 16)
  assert.deepEqual(await Promise.all([call(), call(), call()]), [4, 4, 4])
  assert.equal(cluster.status().scheduler.workers[0]?.slots, 2)
})

test("what a task throws in a thread is what the call fails with", async () => {
  await using cluster = await Local.start({ tasks, slots: 1 })
  await assert.rejects(cluster.call(tasks.boom), { name: "TaskFailed", message: /out of range/ })
})

test("a task in a thread that heeds its signal is cancelled cooperatively", async () => {
  await using cluster = await Local.start({ tasks, slots: 1 })
  const receipt = await (await begun(cluster, tasks.wait)).future.cancel()
  assert.ok(receipt._tag === "Stopped")
  assert.deepEqual([receipt.how, receipt.attempt], ["cooperative", 1])
})

test("a spinning loop in a thread is killed, its slot is free, and the next task runs (G2)", async () => {
  await using cluster = await Local.start({ tasks, slots: 1, graceMs: 30 })
  const receipt = await (await begun(cluster, tasks.spin)).future.cancel()
  assert.ok(receipt._tag === "Stopped" && receipt.stopMs >= 30, "it had its grace period")
  assert.deepEqual(receipt, {
    _tag: "Stopped",
    how: "killed",
    worker: "worker-1",
    attempt: 1,
    stopMs: receipt.stopMs,
    cancelled: true,
  })
  assert.equal(cluster.status().scheduler.workers[0]?.held, 0)
  assert.equal(await cluster.call(tasks.sqrt, 25), 5)
})

test("in a process as in a thread: values come back, and what spins is killed", async () => {
  await using cluster = await Local.start({ tasks, executor: "process", slots: 1, graceMs: 30 })
  assert.equal(await cluster.call(tasks.sqrt, 16), 4)
  const receipt = await (await begun(cluster, tasks.spin)).future.cancel()
  assert.ok(receipt._tag === "Stopped")
  assert.equal(receipt.how, "killed")
  assert.equal(await cluster.call(tasks.sqrt, 25), 5)
})

test("a task may have less time to stop than its worker gives", async () => {
  await using cluster = await Local.start({ tasks, slots: 1, graceMs: Infinity })
  const receipt = await (await begun(cluster, tasks.spin, { graceMs: 0 })).future.cancel()
  assert.ok(receipt._tag === "Stopped")
  assert.equal(receipt.how, "killed")
})

test("stopping a cluster kills what spins and ends it as cancelled (G7, G8)", async () => {
  const cluster = await Local.start({ tasks, slots: 1, workers: 2, graceMs: 30 })
  const all = await Promise.all([begun(cluster, tasks.spin), begun(cluster, tasks.wait)])
  await cluster.close()
  assert.deepEqual(
    all.map(({ future }) => future.state),
    ["cancelled", "cancelled"],
  )
})
