import { ClientClosed, type ItemOutcome } from "@scaler-ts/future/promise"
import { getEventListeners } from "node:events"
import { assert, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, comesTrue, make, rejection } from "../support/PromiseRig.ts"
import { work } from "../support/Rig.ts"
import { endless, heard, values } from "./mapSupport.ts"

it("break cancels what is under way, waits for the receipts, and leaves the inputs", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  let left = false
  const looping = (async () => {
    for await (const outcome of rig.client.map(work, inputs, { concurrency: 3 })) {
      if (outcome._tag === "Succeeded") break
    }
    left = true
  })()
  await atRest()
  rig.scheduler.say(say.succeeded(1))
  await comesTrue("the rest is cancelled", () => rig.scheduler.cancels.length === 3)
  assert.deepStrictEqual(rig.scheduler.cancels, [2, 3, 4])
  rig.scheduler.say(say.stopped(2), say.succeeded(3))
  await atRest()
  assert.isFalse(left, "one is not confirmed yet")
  rig.scheduler.say(say.stopped(4))
  await looping
  assert.deepStrictEqual([record.pulled, record.left], [4, 1])
})

it("a throw within the loop does the same, and is what the loop throws", async () => {
  await using rig = await make()
  const looping = (async () => {
    for await (const _ of rig.client.map(work, [1, 2])) throw new Error("mine")
  })()
  await atRest()
  rig.scheduler.say(say.succeeded(1))
  await comesTrue("the other is cancelled", () => rig.scheduler.cancels.length === 1)
  rig.scheduler.say(say.stopped(2))
  assert.match(String(await rejection(looping)), /mine/)
})

it("what the inputs throw when they are left is thrown, once the receipts are there", async () => {
  await using rig = await make()
  const inputs = {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: 1 }),
      return: () => {
        throw new Error("of the inputs")
      },
    }),
  }
  const mapping = rig.client.map(work, inputs, { concurrency: 2 })
  const first = mapping.next()
  await atRest()
  rig.scheduler.say(say.succeeded(1))
  await first
  let thrown: unknown
  const leaving = rejection(mapping.return?.() ?? Promise.resolve()).then((error) => {
    thrown = error
  })
  await comesTrue("the rest is cancelled", () => rig.scheduler.cancels.length === 2)
  assert.isUndefined(thrown)
  rig.scheduler.say(say.stopped(2), say.stopped(3))
  await leaving
  assert.match(String(thrown), /of the inputs/)
  assert.isTrue((await mapping.next()).done)
})

it("an async generator is left when the loop is", async () => {
  await using rig = await make()
  let left = 0
  async function* numbers() {
    try {
      for (let n = 1; ; n++) yield n
    } finally {
      left++
    }
  }
  const mapping = rig.client.map(work, numbers(), { concurrency: 2 })
  const first = mapping.next()
  await comesTrue("two are heard of", () => heard(rig).length === 2)
  rig.scheduler.say(say.succeeded(1))
  await first
  const stopping = mapping.return?.()
  await atRest()
  for (const task of rig.scheduler.cancels) rig.scheduler.say(say.stopped(task))
  await stopping
  assert.strictEqual(left, 1)
})

it("an async generator that waits for what never comes holds up nobody who leaves", async () => {
  await using rig = await make()
  async function* numbers() {
    yield 1
    await new Promise(() => {})
  }
  const mapping = rig.client.map(work, numbers())
  const first = mapping.next()
  await comesTrue("the first is heard of", () => heard(rig).length === 1)
  rig.scheduler.say(say.succeeded(1))
  await first
  assert.isTrue((await mapping.return?.())?.done)
})

it("outcomes that wait when the loop is left are not handed out after that", async () => {
  await using rig = await make()
  const mapping = rig.client.map(work, [1, 2, 3])
  const first = mapping.next()
  await atRest()
  rig.scheduler.say(say.succeeded(1), say.succeeded(2), say.succeeded(3))
  await first
  await atRest()
  await mapping.return?.()
  assert.deepStrictEqual(await mapping.next(), { done: true, value: undefined })
})

it("who asks while the loop is being left waits until that is over", async () => {
  await using rig = await make()
  const mapping = rig.client.map(work, [1])
  const asked = [mapping.next()]
  await atRest()
  const leaving = mapping.return?.()
  asked.push(mapping.next())
  let ends = 0
  for (const next of asked) void next.then(() => ends++)
  await atRest()
  assert.strictEqual(ends, 0)
  rig.scheduler.say(say.stopped(1))
  await leaving
  assert.deepStrictEqual(
    (await Promise.all(asked)).map(({ done }) => done),
    [true, true],
  )
})

it("a client that is closed ends the loop, in its place, and pulls no more", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  const mapping = rig.client.map(work, inputs, { concurrency: 1 })
  const first = mapping.next()
  await atRest()
  const closing = rig.client.close()
  await atRest()
  rig.scheduler.say(say.stopped(1))
  assert.deepStrictEqual(values([(await first).value as ItemOutcome<number>]), ["Cancelled"])
  assert.instanceOf(await rejection(mapping.next()), ClientClosed)
  assert.isTrue((await mapping.next()).done)
  assert.deepStrictEqual(record, { pulled: 2, left: 1 })
  await closing
})

it("an abort cancels what is under way, and then the loop throws the reason", async () => {
  await using rig = await make()
  const controller = new AbortController()
  const { signal } = controller
  const { record, inputs } = endless()
  const mapping = rig.client.map(work, inputs, { concurrency: 2, signal })
  let thrown: unknown
  const next = rejection(mapping.next()).then((error) => {
    thrown = error
  })
  await atRest()
  controller.abort(new Error("enough"))
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [1, 2])
  assert.isUndefined(thrown, "nothing is confirmed yet")
  rig.scheduler.say(say.stopped(1), say.stopped(2))
  await next
  assert.match(String(thrown), /enough/)
  assert.isTrue((await mapping.next()).done)
  assert.deepStrictEqual(record, { pulled: 2, left: 1 })
  assert.strictEqual(getEventListeners(signal, "abort").length, 0)
})

it("a signal that was aborted before pulls nothing", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  const mapping = rig.client.map(work, inputs, { signal: AbortSignal.abort("before") })
  assert.strictEqual(await rejection(mapping.next()), "before")
  assert.deepStrictEqual([record.pulled, heard(rig)], [0, []])
})

it("nothing is left on the signal when the loop has come to its end", async () => {
  await using rig = await make()
  const { signal } = new AbortController()
  const mapping = Array.fromAsync(rig.client.map(work, [1], { signal }))
  await atRest()
  assert.strictEqual(getEventListeners(signal, "abort").length, 1)
  rig.scheduler.say(say.succeeded(1))
  await mapping
  assert.strictEqual(getEventListeners(signal, "abort").length, 0)
})

for (const how of ["aborted", "left"] as const) {
  it(`a map that is ${how} by its own inputs submits none of what they say after`, async () => {
    await using rig = await make()
    const controller = new AbortController()
    const record = { left: 0 }
    const mapped: { leave?: () => Promise<unknown> } = {}
    let returned: Promise<unknown> | undefined
    const inputs = (function* () {
      try {
        yield 1
        if (how === "aborted") controller.abort(new Error("mine"))
        else returned = mapped.leave?.()
        yield 2
      } finally {
        record.left++
      }
    })()
    const { signal } = controller
    const mapping = rig.client.map(work, inputs, { signal, concurrency: 2 })
    mapped.leave = async () => {
      await mapping[Symbol.asyncDispose]()
    }
    const first = mapping.next()
    await atRest()
    assert.deepStrictEqual([heard(rig), rig.scheduler.cancels, record.left], [[1], [1], 1])
    rig.scheduler.say(say.stopped(1))
    if (how === "aborted") assert.match(String(await rejection(first)), /mine/)
    else assert.isTrue((await first).done)
    await returned
    assert.strictEqual(rig.client.status().futures.pending, 0)
    assert.isTrue((await mapping.next()).done)
  })
}

it("inputs whose async iterator is not there are iterated as they are", async () => {
  await using rig = await make()
  const inputs = Object.assign([1], { [Symbol.asyncIterator]: undefined })
  const mapping = rig.client.map(work, inputs)
  const first = mapping.next()
  await atRest()
  rig.scheduler.say(say.succeeded(1))
  assert.strictEqual((await first).value?._tag, "Succeeded")
})
