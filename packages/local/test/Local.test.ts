import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { InvalidTasks } from "@scaler-ts/worker"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import { test } from "vitest"
import { type Begun, begun } from "./fixtures/begun.ts"
import { tasks } from "./fixtures/tasks.ts"

test("a task is called and its value comes back", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  assert.equal(await cluster.call(tasks.sqrt, 16), 4)
  assert.deepEqual(cluster.status().scheduler.workers, [
    {
      name: "worker-1",
      slots: 16,
      prefetch: 1_024,
      held: 0,
      draining: false,
      away: false,
      attempts: 0,
      waiting: 0,
    },
  ])
})

test("what a task throws is what the call fails with", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  await assert.rejects(cluster.call(tasks.boom), { name: "TaskFailed", message: /out of range/ })
})

test("a task that the cluster does not have fails at once, and the error says what there is", async () => {
  const { missing } = defineTasks(import.meta.url, { missing: () => 1 })
  await using cluster = await Local.start({ tasks, executor: "inline" })
  await assert.rejects(cluster.call(missing), {
    name: "TaskFailed",
    message: /worker "worker-1" has no task named "missing"; it has /,
  })
})

test("a task that needs a capability runs where there is some, and never more of them than it is enough for", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline", capabilities: { gpu: 1 } })
  const first = await begun(cluster, tasks.wait, { capabilities: { gpu: 1 } })
  const second = cluster.submit(tasks.sqrt, 16, { capabilities: { gpu: 1 } })
  assert.equal(await cluster.call(tasks.sqrt, 25), 5, "it holds up no other")
  assert.deepEqual(cluster.status().scheduler.waiting, [
    {
      name: "sqrt",
      capabilities: { gpu: 1 },
      tasks: 1,
      why: { _tag: "Busy", full: 1, draining: 0, away: 0 },
    },
  ])
  await first.future.cancel()
  assert.equal(await second, 4)
})

test("capabilities that nobody can have are refused, by name", async () => {
  const start = (capabilities: object) =>
    Local.start({ tasks, executor: "inline", capabilities: capabilities as Record<string, number> })
  await assert.rejects(start({ gpu: -1 }), /capabilities.gpu is -1; give a positive finite number/)
  await assert.rejects(start(["gpu"]), /capabilities is a list; give quantities by name, such as/)
})

test("a task that heeds its signal is cancelled cooperatively", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const receipt = await (await begun(cluster, tasks.wait)).future.cancel()
  assert.ok(receipt._tag === "Stopped" && receipt.stopMs >= 0)
  assert.deepEqual(receipt, {
    _tag: "Stopped",
    how: "cooperative",
    worker: "worker-1",
    attempt: 1,
    stopMs: receipt.stopMs,
    cancelled: true,
  })
  assert.equal(cluster.status().scheduler.workers[0]?.held, 0)
})

test("close cancels what runs, and asking twice or three times is one close (G7)", async () => {
  const cluster = await Local.start({ tasks, executor: "inline" })
  const { future } = await begun(cluster, tasks.wait)
  const [one, two] = await Promise.all([cluster.close(), cluster.close()])
  assert.deepEqual(one, { unconfirmed: [] })
  assert.equal(two, one)
  assert.equal(await cluster.close(), one)
  assert.equal(future.state, "cancelled")
  assert.deepEqual(cluster.status().scheduler.tasks, {
    queued: 0,
    running: 0,
    recalling: 0,
    cancelling: 0,
  })
})

test("the end of an `await using` block stops the cluster", async () => {
  let waiting: Begun | undefined
  {
    await using cluster = await Local.start({ tasks, executor: "inline" })
    waiting = await begun(cluster, tasks.wait)
    assert.equal(waiting.future.state, "running")
  }
  assert.equal(waiting.future.state, "cancelled")
})

test("aborting the signal of a run stops what it called, confirmed", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const abort = new AbortController()
  const call = Effect.flatMap(Client, (client) =>
    client.call(tasks.wait, undefined, { onLog: () => abort.abort() }),
  )
  await assert.rejects(cluster.run(call, { signal: abort.signal }))
  const { tasks: open, workers } = cluster.status().scheduler
  assert.deepEqual(open, { queued: 0, running: 0, recalling: 0, cancelling: 0 })
  assert.equal(workers[0]?.held, 0)
})

test("a run whose signal is aborted already is rejected and leaves nothing behind", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const call = Effect.flatMap(Client, (client) => client.call(tasks.wait))
  await assert.rejects(cluster.run(call, { signal: AbortSignal.abort() }))
  assert.deepEqual(cluster.status().scheduler.tasks, {
    queued: 0,
    running: 0,
    recalling: 0,
    cancelling: 0,
  })
})

test("several workers share the tasks, and each can hold as many beyond its slots", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline", workers: 3, slots: 1 })
  const begin = () => begun(cluster, tasks.wait)
  const all = await Promise.all([begin(), begin(), begin()])
  assert.deepEqual(
    cluster.status().scheduler.workers.map(({ name, held, prefetch }) => [name, held, prefetch]),
    [1, 2, 3].map((number) => [`worker-${number}`, 1, 1]),
  )
  const receipts = await Promise.all(all.map(({ future }) => future.cancel()))
  const workers = receipts.map((receipt) => (receipt._tag === "Stopped" ? receipt.worker : ""))
  assert.deepEqual(workers.toSorted(), ["worker-1", "worker-2", "worker-3"])
})

for (const [name, value] of [
  ["workers", 0],
  ["workers", -1],
  ["workers", 1.5],
  ["workers", Number.NaN],
  ["slots", 0],
  ["slots", 2.5],
  ["slots", Number.POSITIVE_INFINITY],
] as const) {
  test(`${name}: ${value} is refused with a sentence that says what to pass`, async () => {
    for (const executor of ["inline", "thread"] as const) {
      await assert.rejects(Local.start({ tasks, executor, [name]: value }), {
        name: "RangeError",
        message: `${name} is ${value}; give a whole number from 1 up`,
      })
    }
  })
}

test("two tasks under one name reject the start, naming both modules", async () => {
  const other = defineTasks("file:///other.ts", { sqrt: () => 0 })
  await assert.rejects(Local.start({ tasks: [tasks, other], executor: "inline" }), (error) => {
    assert.ok(error instanceof InvalidTasks)
    assert.match(
      error.message,
      /"sqrt", one in file:.*fixtures\/tasks\.ts and one in file:\/\/\/other\.ts/,
    )
    return true
  })
})

test("Local.layer is the Client service, and cancels what runs when it closes", async () => {
  const program = Effect.gen(function* () {
    const client = yield* Client
    assert.equal(yield* client.call(tasks.sqrt, 9), 3)
    const future = yield* client.submit(tasks.wait)
    assert.equal(Future.state(future), "pending")
    return future
  })
  const layer = Local.layer({ tasks, executor: "inline" })
  const future = await Effect.runPromise(program.pipe(Effect.provide(layer)))
  assert.equal(Future.state(future), "cancelled")
})

test("interrupting a call waits for the confirm, and the slot is free with it", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline", slots: 1 })
  const held = await cluster.run(
    Effect.gen(function* () {
      const client = yield* Client
      const ready = yield* Deferred.make<void>()
      const onLog = (): void => void Deferred.doneUnsafe(ready, Effect.void)
      const calling = yield* Effect.forkChild(client.call(tasks.wait, undefined, { onLog }))
      yield* Deferred.await(ready)
      yield* Fiber.interrupt(calling)
      return cluster.status().scheduler.workers[0]?.held
    }),
  )
  assert.equal(held, 0)
})
