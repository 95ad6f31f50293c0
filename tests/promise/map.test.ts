import { assert, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, make, rejection } from "../support/PromiseRig.ts"
import { work } from "../support/Rig.ts"
import { endless, heard, values } from "./mapSupport.ts"

it("yields how each ended, in the order of the inputs, whatever the order of the ends", async () => {
  await using rig = await make()
  const mapping = Array.fromAsync(rig.client.map(work, [10, 20, 30]))
  await atRest()
  rig.scheduler.say(say.succeeded(3, "c"), say.failed(2))
  await atRest()
  rig.scheduler.say(say.succeeded(1, 11))
  assert.deepStrictEqual(values(await mapping), [11, "Failed", "c"])
})

it("yields an outcome as soon as those before it are there", async () => {
  await using rig = await make()
  const mapping = rig.client.map(work, [1, 2])
  const first = mapping.next()
  await atRest()
  rig.scheduler.say(say.succeeded(1, 11))
  assert.deepStrictEqual(await first, { done: false, value: { _tag: "Succeeded", value: 11 } })
  const rest = Promise.all([mapping.next(), mapping.next(), mapping.next()])
  rig.scheduler.say(say.succeeded(2, "b"))
  assert.deepStrictEqual(
    (await rest).map(({ done }) => done),
    [false, true, true],
  )
})

it("starts nothing before the first item is asked for", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  const mapping = rig.client.map(work, inputs)
  await atRest()
  assert.deepStrictEqual([record.pulled, heard(rig)], [0, []])
  await mapping.return?.()
  assert.deepStrictEqual(await mapping.next(), { done: true, value: undefined })
  assert.strictEqual(record.pulled, 0)
})

it("has at most `concurrency` under way, and goes on as they end", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  await using mapping = rig.client.map(work, inputs, { concurrency: 2 })
  const first = mapping.next()
  await atRest()
  assert.deepStrictEqual([record.pulled, heard(rig)], [2, [1, 2]])
  rig.scheduler.say(say.succeeded(2))
  await atRest()
  assert.deepStrictEqual(heard(rig), [1, 2, 3], "2 has ended, so 3 is under way; 1 still is")
  rig.scheduler.say(say.succeeded(1))
  await first
  await atRest()
  assert.deepStrictEqual(heard(rig), [1, 2, 3, 4])
  const stopping = mapping.return?.()
  await atRest()
  rig.scheduler.say(say.stopped(3), say.stopped(4))
  await stopping
})

it("a consumer that takes nothing more stops the pulling (backpressure)", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  await using mapping = rig.client.map(work, inputs, { concurrency: 3 })
  const first = mapping.next()
  for (let task = 1; task <= 40; task++) {
    await atRest()
    if (heard(rig).includes(task)) rig.scheduler.say(say.succeeded(task))
  }
  await first
  await atRest()
  assert.strictEqual(record.pulled, 7, "one taken, and twice three that wait to be")
  await mapping.next()
  await atRest()
  assert.strictEqual(record.pulled, 8)
  rig.scheduler.say(say.succeeded(8))
})

it("an item that ended early does not let the window grow past those before it", async () => {
  await using rig = await make()
  const { record, inputs } = endless()
  const mapping = rig.client.map(work, inputs, { concurrency: 2 })
  const first = mapping.next()
  for (let task = 2; task <= 20; task++) {
    await atRest()
    if (heard(rig).includes(task)) rig.scheduler.say(say.succeeded(task))
  }
  await atRest()
  assert.strictEqual(record.pulled, 4)
  rig.scheduler.say(say.succeeded(1))
  await first
  const stopping = mapping.return?.()
  await atRest()
  for (const task of rig.scheduler.cancels) rig.scheduler.say(say.stopped(task))
  await stopping
})

it("async inputs are pulled one at a time, and hold back no outcome that is there", async () => {
  await using rig = await make()
  const waiting: Array<(result: IteratorResult<number>) => void> = []
  let returned = 0
  const inputs: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise((resolve) => waiting.push(resolve)),
      return: async () => {
        returned++
        return { done: true, value: undefined }
      },
    }),
  }
  await using mapping = rig.client.map(work, inputs)
  const first = mapping.next()
  assert.strictEqual(waiting.length, 1)
  waiting[0]?.({ done: false, value: 1 })
  await atRest()
  assert.strictEqual(waiting.length, 2)
  rig.scheduler.say(say.succeeded(1, 11))
  assert.deepStrictEqual(await first, { done: false, value: { _tag: "Succeeded", value: 11 } })
  // Left while an input is awaited that never comes: nobody waits for that.
  await mapping.return?.()
  assert.strictEqual(returned, 1)
  waiting[1]?.({ done: false, value: 2 })
  await atRest()
  assert.deepStrictEqual(heard(rig), [1])
})

it("inputs that throw do so in their place: what came before is yielded first", async () => {
  await using rig = await make()
  function* inputs() {
    yield 1
    throw new Error("no more of these")
  }
  const mapping = rig.client.map(work, inputs())
  const [first, second] = [mapping.next(), rejection(mapping.next())]
  await atRest()
  rig.scheduler.say(say.succeeded(1, 11))
  assert.isFalse((await first).done)
  assert.match(String(await second), /no more of these/)
  assert.isTrue((await mapping.next()).done)
  const unreadable = { [Symbol.iterator]: () => Object.freeze({}) } as unknown as Iterable<number>
  assert.instanceOf(await rejection(rig.client.map(work, unreadable).next()), TypeError)
})

it("an input that cannot be sent is its own outcome, and harms no other (R28)", async () => {
  await using rig = await make()
  const inputs = [1, Symbol("s"), 3] as unknown as ReadonlyArray<number>
  const mapping = Array.fromAsync(rig.client.map(work, inputs))
  await atRest()
  rig.scheduler.say(say.succeeded(1), say.succeeded(2))
  assert.deepStrictEqual(values(await mapping), [1, "NotSubmitted", 2])
})

it("options that nobody can mean are thrown at once", async () => {
  await using rig = await make()
  assert.throws(() => rig.client.map(work, [1], { concurrency: 0 }), RangeError)
  assert.throws(() => rig.client.map(work, [1], { attemptsMax: 0 }), RangeError)
  assert.throws(() => rig.client.map(work, [1], { graceMs: -1 }), RangeError)
  assert.throws(() => rig.client.map(work, [1], { priority: Number.NaN }), RangeError)
  assert.throws(() => rig.client.map(work, [1], { capabilities: { gpu: 0 } }), RangeError)
})

it("nothing to map ends at once", async () => {
  await using rig = await make()
  assert.deepStrictEqual(await Array.fromAsync(rig.client.map(work, [])), [])
})
