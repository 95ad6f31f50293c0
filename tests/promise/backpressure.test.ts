import * as Local from "@scaler-ts/local"
import { Overloaded } from "@scaler-ts/future/promise"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { assert, expect, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, make, type PromiseRig, rejection } from "../support/PromiseRig.ts"
import * as receipts from "../support/receipts.ts"
import { type RigOptions, work } from "../support/Rig.ts"
import { endless, heard } from "./mapSupport.ts"

/** A client that may send one task, and has. */
const atItsBound = async (options: RigOptions = {}): Promise<PromiseRig> => {
  const rig = await make(options)
  rig.scheduler.say(say.credit(1))
  await atRest()
  await rig.submit()
  return rig
}

it("submit returns a pending future at once, and accepted tells when its task was sent", async () => {
  await using rig = await atItsBound()
  const future = rig.client.submit(work, 2)
  let isAccepted = false
  const accepted = future.accepted().then(() => (isAccepted = true))
  await atRest()
  assert.deepStrictEqual([future.state, isAccepted, heard(rig)], ["pending", false, [1]])
  rig.scheduler.say(say.credit(1))
  await accepted
  rig.scheduler.say(say.succeeded(2, 22))
  assert.strictEqual(await future, 22)
  await future.accepted()
})

it("a cancel takes back what waits, by itself or by a signal, and sends nothing", async () => {
  await using rig = await atItsBound()
  const future = rig.client.submit(work, 2)
  const controller = new AbortController()
  const aborted = rig.client.submit(work, 3, { signal: controller.signal })
  controller.abort()
  assert.deepStrictEqual(await future.cancel(), receipts.neverStarted)
  assert.deepStrictEqual(await aborted.cancel(), receipts.neverStarted)
  await Promise.all([future.accepted(), aborted.accepted()])
  rig.scheduler.say(say.credit(5))
  await atRest()
  assert.deepStrictEqual([heard(rig), rig.scheduler.cancels], [[1], []])
})

it("what waits when the connection is lost is lost, and when the client closes it is taken back", async () => {
  await using lost = await atItsBound()
  const first = lost.client.submit(work, 2)
  await lost.cut()
  expect(await rejection(first)).toMatchObject({ _tag: "TaskLost", reason: "connectionLost" })
  await using closed = await atItsBound()
  const second = closed.client.submit(work, 2)
  const detached = closed.client.submit(work, 3, { detached: true })
  const closing = closed.client.close()
  expect(await rejection(second)).toMatchObject({ receipt: receipts.neverStarted })
  expect(await rejection(detached)).toMatchObject({ receipt: receipts.neverStarted })
  await atRest()
  closed.scheduler.say(say.stopped(1))
  await closing
  assert.deepStrictEqual(closed.scheduler.cancels, [1])
})

it("only so many wait: then submit throws, and goes on when there is room again", async () => {
  await using rig = await atItsBound({ waitingTasksMax: 2 })
  const waiting = [rig.client.submit(work, 2), rig.client.submit(work, 3)]
  expect(() => rig.client.submit(work, 4)).toThrow(Overloaded)
  await waiting[0]?.cancel()
  rig.client.submit(work, 4)
  await using narrow = await atItsBound({ waitingBytesMax: 1 })
  narrow.client.submit(work, 2)
  expect(() => narrow.client.submit(work, 3)).toThrow("1 tasks wait here already")
})

it("trySubmit throws where submit would have to wait", async () => {
  await using rig = await make()
  rig.scheduler.say(say.credit(1))
  await atRest()
  rig.client.trySubmit(work, 1)
  expect(() => rig.client.trySubmit(work, 2)).toThrow(Overloaded)
  await using none = await atItsBound({ waitingTasksMax: 0 })
  expect(() => none.client.submit(work, 2)).toThrow(Overloaded)
})

it("map pulls no input while its newest item waits", async () => {
  await using rig = await atItsBound()
  const { record, inputs } = endless()
  await using mapping = rig.client.map(work, inputs)
  const first = mapping.next()
  await atRest()
  assert.deepStrictEqual([record.pulled, heard(rig)], [1, [1]])
  rig.scheduler.say(say.credit(2))
  await atRest()
  assert.deepStrictEqual([record.pulled, heard(rig)], [3, [1, 2, 3]])
  rig.scheduler.say(say.succeeded(2), say.succeeded(3))
  await first
  const leaving = mapping.return?.()
  await atRest()
  await leaving
})

const tasks = defineTasks(import.meta.url, { double: (n: number) => 2 * n })

it("an embedded cluster takes the bounds, and more tasks than they allow all end", async () => {
  const bounds = { clientTasksMax: 3, clientBytesMax: 20, tasksMax: 2, bytesMax: 10 }
  await using cluster = await Local.start({ tasks, executor: "inline", ...bounds })
  const futures = Array.from({ length: 200 }, (_, n) => cluster.submit(tasks.double, n))
  assert.isAbove(cluster.status().waiting, 190)
  const all = await Promise.all(futures)
  assert.deepStrictEqual(all.slice(-2), [396, 398])
  assert.strictEqual(cluster.status().waiting, 0)
})

it("bounds that nobody can mean are refused by name", async () => {
  const names = ["clientTasksMax", "clientBytesMax", "tasksMax", "bytesMax", "backlogBytesMax"]
  for (const name of [...names, "waitingTasksMax", "waitingBytesMax"]) {
    const error = await rejection(Local.start({ tasks, executor: "inline", [name]: -1 }))
    expect(error).toMatchObject({ name: "RangeError", message: expect.stringContaining(name) })
  }
  const small = Local.start({ tasks, executor: "inline", backlogBytesMax: 1_000 })
  expect(await rejection(small)).toMatchObject({ message: expect.stringContaining("2097152") })
})
