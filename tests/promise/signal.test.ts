import { ClientClosed, TaskCancelled } from "@scaler-ts/future/promise"
import { getEventListeners } from "node:events"
import { assert, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, comesTrue, make, rejection } from "../support/PromiseRig.ts"
import * as receipts from "../support/receipts.ts"
import { work } from "../support/Rig.ts"

const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, "abort").length

it("an abort cancels the task; the error has the receipt, and the reason as its cause", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const future = rig.client.submit(work, 1, { signal: controller.signal })
  const error = rejection(future)
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [])
  const reason = new Error("the user left")
  controller.abort(reason)
  assert.strictEqual(future.state, "cancelling")
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [1])
  rig.scheduler.say(say.stopped(1))
  const cancelled = await error
  assert.instanceOf(cancelled, TaskCancelled)
  if (!(cancelled instanceof TaskCancelled)) return
  assert.deepStrictEqual(cancelled.receipt, receipts.stopped())
  assert.strictEqual(cancelled.cause, reason)
  assert.deepStrictEqual(await future.cancel(), receipts.stopped())
})

it("a signal that was aborted before submits nothing, and the future is cancelled", async () => {
  await using rig = await make()
  const signal = AbortSignal.abort("before")
  const future = rig.client.submit(work, 1, { signal })
  assert.strictEqual(future.state, "cancelled")
  const error = await rejection(future)
  assert.deepStrictEqual(error instanceof TaskCancelled && [error.cause, error.receipt], [
    "before",
    receipts.neverStarted,
  ])
  assert.deepStrictEqual(await future.cancel(), receipts.neverStarted)
  assert.instanceOf(await rejection(rig.client.call(work, 1, { signal })), TaskCancelled)
  const next = rig.client.submit(work, 2)
  await comesTrue("the next is heard of", () => rig.scheduler.heardOf("Task").length > 0)
  assert.deepStrictEqual(
    rig.scheduler.heardOf("Task").map(({ task }) => task),
    [next.number],
  )
  assert.notStrictEqual(next.number, future.number)
  assert.deepStrictEqual(rig.scheduler.cancels, [])
  assert.strictEqual(listenersOn(signal), 0)
})

it("nothing is left on the signal when the task has ended, however it ended (G7)", async () => {
  await using rig = await make()
  const { signal } = new AbortController()
  const futures = [1, 2, 3, 4].map((n) => rig.client.submit(work, n, { signal }))
  await atRest()
  assert.strictEqual(listenersOn(signal), 1)
  rig.scheduler.say(say.succeeded(1), say.failed(2))
  await Promise.allSettled(futures.slice(0, 2))
  assert.strictEqual(listenersOn(signal), 1)
  const cancelled = futures[2]?.cancel()
  rig.scheduler.say(say.stopped(3))
  await cancelled
  futures[3]?.forget()
  await atRest()
  assert.strictEqual(listenersOn(signal), 0)
})

it("nothing is left on a signal that was aborted, and none on one whose submit was refused", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const { signal } = controller
  assert.throws(() => rig.client.submit(work, Symbol("s") as unknown as number, { signal }))
  assert.strictEqual(listenersOn(signal), 0)
  const future = rig.client.submit(work, 1, { signal })
  controller.abort()
  rig.scheduler.say(say.stopped(1))
  await future.outcome()
  await atRest()
  assert.strictEqual(listenersOn(signal), 0)
})

it("ten thousand tasks share one listener, and one abort cancels all of them", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const { signal } = controller
  const numbers = Array.from({ length: 10_000 }, (_, n) => n + 1)
  const futures = numbers.map((n) => rig.client.submit(work, n, { signal }))
  assert.strictEqual(listenersOn(signal), 1)
  controller.abort()
  await comesTrue("all are cancelled", () => rig.scheduler.cancels.length === numbers.length)
  for (const number of numbers) rig.scheduler.say(say.stopped(number))
  const outcomes = await Promise.all(futures.map((future) => future.outcome()))
  assert.isTrue(outcomes.every(({ _tag }) => _tag === "Cancelled"))
  await atRest()
  assert.strictEqual(listenersOn(signal), 0)
})

it("an abort after the end, or within a callback of the task, changes nothing of it", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const future = rig.client.submit(work, 1, { signal: controller.signal })
  future.onDone(() => controller.abort())
  rig.scheduler.say(say.succeeded(1))
  assert.strictEqual(await future, 1)
  await atRest()
  assert.isTrue(controller.signal.aborted)
  assert.deepStrictEqual(rig.scheduler.cancels, [])
})

it("an abort joins a cancel that is under way, and is not the cause of it", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const future = rig.client.submit(work, 1, { signal: controller.signal })
  const error = rejection(future)
  void future.cancel()
  controller.abort()
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [1])
  rig.scheduler.say(say.stopped(1))
  const cancelled = await error
  assert.isTrue(cancelled instanceof TaskCancelled && cancelled.cause === undefined)
})

it("call: rejects only when the receipt is there (G2)", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const order: Array<string> = []
  const calling = rejection(rig.client.call(work, 1, { signal: controller.signal })).then(
    (error) => {
      order.push("rejected")
      return error
    },
  )
  controller.abort()
  await atRest()
  order.push("confirmed")
  rig.scheduler.say(say.stopped(1, "killed"))
  const error = await calling
  assert.deepStrictEqual(order, ["confirmed", "rejected"])
  assert.deepStrictEqual(
    error instanceof TaskCancelled && error.receipt,
    receipts.stopped("killed"),
  )
})

it.each([
  ["refuses", "Refused", /refused; it runs on/],
  ["says nothing within the bound", "Unconfirmed", /nobody confirmed that it did within \d+ ms/],
] as const)("call: a task that %s is given up (G8)", async (_, tag, sentence) => {
  await using rig = await make(tag === "Unconfirmed" ? { cancelBoundMs: 5 } : {})
  const controller = new AbortController()
  const calling = rejection(rig.client.call(work, 1, { signal: controller.signal }))
  controller.abort()
  if (tag === "Refused") rig.scheduler.say(say.refused(1))
  const error = await calling
  assert.strictEqual(error instanceof TaskCancelled && error.receipt?._tag, tag)
  assert.match(String(error), sentence)
})

it("call: under result-wins the result that raced is the value", async () => {
  await using rig = await make({ policy: "result-wins" })
  const controller = new AbortController()
  const calling = rig.client.call(work, 1, { signal: controller.signal })
  controller.abort()
  rig.scheduler.say(say.succeeded(1, 9))
  assert.strictEqual(await calling, 9)
})

it("a client that is closed says so before it looks at the signal", async () => {
  await using rig = await make()
  await rig.client.close()
  assert.throws(() => rig.client.submit(work, 1, { signal: AbortSignal.abort() }), ClientClosed)
})

it("a controller passed for its signal is a mistake that is named, and submits nothing", async () => {
  await using rig = await make()
  const signal = new AbortController() as unknown as AbortSignal
  assert.throws(() => rig.client.submit(work, 1, { signal }), /pass the signal of the controller/)
  await atRest()
  assert.deepStrictEqual(rig.scheduler.heardOf("Task"), [])
})

it("what is no signal is refused, and an abort hides no other mistake", async () => {
  await using rig = await make()
  const submit = rig.client.submit as (task: unknown, input: unknown, options: object) => unknown
  const map = rig.client.map as (task: unknown, inputs: unknown, options: object) => unknown
  for (const signal of [null, {}, "now", 5]) {
    assert.throws(
      () => submit(work, 1, { signal }),
      /signal is not an AbortSignal; pass the signal/,
    )
    assert.throws(() => map(work, [1], { signal }), /signal is not an AbortSignal; pass the signal/)
  }
  const signal = AbortSignal.abort()
  assert.throws(() => submit(work, 1, { signal, timeoutMs: -1 }), /timeoutMs is -1/)
  assert.throws(() => submit(work, () => 1, { signal }), /a function cannot be sent/)
})
