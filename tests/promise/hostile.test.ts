// What a program hands to the client, and does in its callbacks, may be hostile. It harms nobody else (G10).
import { Client, Future as EffectFuture } from "@scaler-ts/future"
import { type Future, InputRefused } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, comesTrue, make, rejection } from "../support/PromiseRig.ts"
import * as receipts from "../support/receipts.ts"
import { work } from "../support/Rig.ts"

const tasks = defineTasks(import.meta.url, { echo: (value: unknown) => value })

const thrown = new Error("hostile")
const throws = (): never => {
  throw thrown
}

const trapped = (target: object, trap: keyof ProxyHandler<object>): object =>
  new Proxy(target, { [trap]: throws })

/** A proxy that throws whatever is asked of it. */
const untouchable = (target: object): object =>
  new Proxy(target, new Proxy({}, { get: () => throws }))

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** Values that cannot be sent, and run somebody's code, or throw, when they are looked at. */
const hostile: Readonly<Record<string, unknown>> = {
  "a proxy that hides its prototype": trapped({ a: 1 }, "getPrototypeOf"),
  "a proxy that hides its keys": trapped({ a: 1 }, "ownKeys"),
  "a proxy that hides its properties": trapped({ a: 1 }, "getOwnPropertyDescriptor"),
  "a proxy that hides all": untouchable({ a: 1 }),
  "a proxy of an array that hides all": untouchable([1]),
  "a revoked proxy": revoked(),
  "a getter that throws": Object.defineProperty({}, "a", { get: throws, enumerable: true }),
  "a getter in an array": Object.defineProperty([1], 0, { get: throws, enumerable: true }),
  "a toJSON that throws": { toJSON: throws },
  "a class with a toJSON that throws": new (class {
    toJSON = throws
  })(),
  "a thenable whose then throws": Object.defineProperty({}, "then", {
    get: throws,
    enumerable: true,
  }),
  "a Symbol.toPrimitive that throws": { [Symbol.toPrimitive]: throws },
  "a Map whose key throws": new Map([[revoked(), 1]]),
  "a promise": Promise.resolve(1),
}

describe("an input that throws when it is looked at is refused, and harms no other task", () => {
  it.each(Object.entries(hostile))("%s", async (_, input) => {
    await using cluster = await Local.start({ tasks, executor: "inline" })
    const before = cluster.submit(tasks.echo, 1)
    assert.throws(() => cluster.submit(tasks.echo, { nested: input }), InputRefused)
    assert.throws(() => cluster.submit(tasks.echo, input), InputRefused)
    assert.instanceOf(await rejection(cluster.call(tasks.echo, input)), InputRefused)
    const inEffect = Effect.flatMap(Client, (client) =>
      Effect.flip(client.submit(tasks.echo, input)),
    )
    assert.instanceOf(await cluster.run(inEffect), InputRefused)
    const after = cluster.submit(tasks.echo, 2)
    assert.deepStrictEqual(await Promise.all([before, after]), [1, 2])
    const outcomes = await Array.fromAsync(cluster.map(tasks.echo, [1, input, 3]))
    assert.deepStrictEqual(
      outcomes.map(({ _tag }) => _tag),
      ["Succeeded", "NotSubmitted", "Succeeded"],
    )
    assert.deepStrictEqual(cluster.status().futures, { pending: 0, running: 0, cancelling: 0 })
  })
})

it("a cancel in the callback of the same future is answered by what ended it", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const receipt = new Promise<unknown>((resolve) => {
    future.onDone(() => resolve(future.cancel()))
  })
  rig.scheduler.say(say.succeeded(1, 5))
  assert.deepStrictEqual(await receipt, receipts.alreadyDone({ _tag: "Succeeded", value: 5 }))
  assert.deepStrictEqual(rig.scheduler.cancels, [])
})

it("a cancel, a forget and a submit within a progress hook do what they do elsewhere", async () => {
  await using rig = await make()
  const done: Array<unknown> = []
  const one: Future<number> = rig.client.submit(work, 1, {
    onProgress: () => {
      void one.cancel().then(({ _tag }) => done.push(_tag))
      two.forget()
      void rig.client.call(work, 3).then((value) => done.push(value))
    },
  })
  const two = rig.client.submit(work, 2)
  await atRest()
  rig.scheduler.say(say.progress(1, 0.5))
  await comesTrue("the third is heard of", () => rig.scheduler.heardOf("Task").length === 3)
  rig.scheduler.say(say.stopped(1), say.succeeded(3))
  await comesTrue("both are done", () => done.length === 2)
  assert.deepStrictEqual([...done, two.state], ["Stopped", 3, "lost"])
})

it("a future is awaited in its own callback, and in its own handler", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const seen = new Promise<number>((resolve) => {
    future.onDone(async () => resolve(await future))
  })
  const inHandler = future.then(async (n) => n + (await future))
  const inEffect = new Promise<number>((resolve) => {
    future.onDone(() => resolve(Effect.runPromise(EffectFuture.await(future))))
  })
  rig.scheduler.say(say.succeeded(1, 4))
  assert.deepStrictEqual(await Promise.all([seen, inHandler, inEffect]), [4, 8, 4])
})

it("a callback that waits for another future holds nobody up", async () => {
  await using rig = await make()
  const [one, two, three] = await rig.submit(3)
  if (one === undefined || two === undefined || three === undefined) return assert.fail()
  const order: Array<string> = []
  one.onDone(async () => {
    order.push("one begins to wait")
    await two
    order.push("one has waited")
  })
  one.onDone(() => order.push("next of one"))
  three.onDone(() => order.push("three"))
  rig.scheduler.say(say.succeeded(1), say.succeeded(3))
  await atRest()
  assert.deepStrictEqual(order, ["one begins to wait", "next of one", "three"])
  rig.scheduler.say(say.succeeded(2))
  await atRest()
  assert.strictEqual(order.at(-1), "one has waited")
})

it("a callback that blocks delays the rest and loses nothing of it", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline", slots: 1 })
  const block = (): void => {
    const end = performance.now() + 20
    while (performance.now() < end);
  }
  const futures = Array.from({ length: 20 }, (_, n) => cluster.submit(tasks.echo, n))
  for (const future of futures) future.onDone(block)
  const receipt = await futures[19]?.cancel()
  assert.strictEqual(receipt?.cancelled, true)
  assert.deepStrictEqual(
    await Promise.all(futures.slice(0, 19)),
    futures.slice(0, 19).map((_, n) => n),
  )
})

it("callbacks, handlers and inputs that throw take no other with them (G1)", async () => {
  await using rig = await make()
  const [one, two] = await rig.submit(2)
  if (one === undefined || two === undefined) return assert.fail()
  const told: Array<string> = []
  one.onDone(throws)
  one.onDone(() => {
    throw revoked()
  })
  one.onDone(() => Promise.reject(new Error("later")) as never)
  one.onDone(() => void told.push("last of one"))
  two.onDone(() => void told.push("two"))
  const handled = rejection(one.then(throws))
  rig.scheduler.say(say.succeeded(1), say.succeeded(2))
  await comesTrue("all are told", () => told.length === 2)
  assert.strictEqual(await handled, thrown)
  assert.deepStrictEqual(told, ["last of one", "two"])
})

it("inputs of a map whose iterator is hostile end that map and nothing else", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const iterators: ReadonlyArray<object> = [
    { next: throws },
    { next: () => revoked() },
    { next: () => undefined },
    { next: () => Promise.reject(thrown), return: throws },
    Object.defineProperty({}, "next", { get: throws }),
  ]
  for (const iterator of iterators) {
    for (const key of [Symbol.iterator, Symbol.asyncIterator]) {
      const inputs = { [key]: () => iterator } as unknown as Iterable<unknown>
      assert.instanceOf(await rejection(cluster.map(tasks.echo, inputs).next()), Error)
    }
  }
  assert.strictEqual(await cluster.call(tasks.echo, 1), 1)
})

it("a signal that is hostile harms its own submit, or nobody", async () => {
  await using rig = await make()
  const signal = Object.assign(new EventTarget(), {
    aborted: false,
    removeEventListener: throws,
  }) as unknown as AbortSignal
  const future = rig.client.submit(work, 1, { signal })
  const other = rig.client.submit(work, 2)
  await atRest()
  rig.scheduler.say(say.succeeded(1), say.succeeded(2))
  assert.deepStrictEqual(await Promise.all([future, other]), [1, 2])
  const unlistenable = { aborted: false, addEventListener: throws } as unknown as AbortSignal
  assert.throws(() => rig.client.submit(work, 3, { signal: unlistenable }), thrown)
  const mapping = rig.client.map(work, [3], { signal: unlistenable })
  assert.strictEqual(await rejection(mapping.next()), thrown)
  assert.isTrue((await mapping.next()).done)
  await atRest()
  assert.strictEqual(rig.scheduler.heardOf("Task").length, 2)
})
