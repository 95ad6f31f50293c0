// Futures that hang on each other, very many of them: neither face runs out of stack, nor tells anybody twice (G10).
import { it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Local from "@scaler-ts/local"
import { assert, test, vi } from "vitest"
import * as say from "../support/messages.ts"
import { make } from "../support/PromiseRig.ts"
import * as Rig from "../support/Rig.ts"
import { until } from "../support/turns.ts"

const count = 100_000

// So many take some seconds, and more on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 })

const tasks = defineTasks(import.meta.url, { next: (n: number) => n + 1 })

it.effect("Effect: the callback of each ends the next", () =>
  Effect.gen(function* () {
    const { submit } = yield* Rig.make()
    const futures = yield* submit(count)
    let told = 0
    for (const [place, future] of futures.entries()) {
      yield* Future.onDone(future, () => {
        told++
        const next = futures[place + 1]
        if (next !== undefined) Effect.runSync(Future.forget(next))
      })
    }
    yield* Effect.forEach(futures.slice(0, 1), Future.forget)
    yield* Effect.repeat(Effect.yieldNow, { until: () => told === count })
    assert.strictEqual(told, count)
  }),
)

it.effect("Effect: a fiber per future awaits it, and ends the next", () =>
  Effect.gen(function* () {
    const { submit } = yield* Rig.make()
    const futures = yield* submit(count)
    const last = Effect.runFork(Future.outcome(futures[count - 1] ?? assert.fail()))
    for (const [place, future] of futures.entries()) {
      const next = futures[place + 1]
      if (next === undefined) break
      Effect.runFork(Effect.andThen(Future.outcome(future), Future.forget(next)))
    }
    yield* Effect.forEach(futures.slice(0, 1), Future.forget)
    assert.strictEqual((yield* Fiber.join(last))._tag, "Lost")
  }),
)

test("Effect: each is submitted by what awaited the one before", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const chain = Effect.gen(function* () {
    const client = yield* Client
    let n = 0
    while (n < count) n = yield* client.call(tasks.next, n)
    return n
  })
  assert.strictEqual(await cluster.run(chain), count)
})

test("promises: the callback of each ends the next", async () => {
  await using rig = await make()
  const futures = await rig.submit(count)
  const told = new Promise<number>((resolve) => {
    let calls = 0
    for (const [place, future] of futures.entries()) {
      future.onDone(() => {
        calls++
        futures[place + 1]?.forget()
        if (place === count - 1) resolve(calls)
      })
    }
  })
  futures[0]?.forget()
  assert.strictEqual(await told, count)
})

test("promises: each is awaited by the handler of the one before, the last ended first", async () => {
  await using rig = await make()
  const futures = await rig.submit(count)
  let chain: Promise<number> = Promise.resolve(0)
  for (const future of futures) chain = chain.then(async (sum) => sum + (await future))
  // Each of these resolves with a promise that resolves with the next.
  const nested = futures.reduceRight<Promise<number>>(
    (inner, future) => future.then(() => inner),
    Promise.resolve(7),
  )
  for (const { number } of futures.toReversed()) rig.scheduler.say(say.succeeded(number, 1))
  assert.strictEqual(await chain, count)
  assert.strictEqual(await nested, 7)
})

test("promises: each is submitted by the callback of the one before", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const last = await new Promise<number>((resolve, reject) => {
    const submitNext = (n: number): void => {
      cluster.submit(tasks.next, n).onDone((outcome) => {
        if (outcome._tag !== "Succeeded") return reject(new Error(outcome._tag))
        if (outcome.value === count) resolve(count)
        else submitNext(outcome.value)
      })
    }
    submitNext(0)
  })
  assert.strictEqual(last, count)
})

test("promises: cancels of all, each asked in the callback of the one before", async () => {
  await using rig = await make()
  const futures = await rig.submit(1_000)
  const tags: Array<string> = []
  for (const [place, future] of futures.entries()) {
    future.onDone(() => {
      void futures[place + 1]?.cancel().then(({ _tag }) => tags.push(_tag))
    })
  }
  const first = futures[0]?.cancel()
  for (let heard = 0; heard < futures.length;) {
    await new Promise((resolve) => setImmediate(resolve))
    for (const task of rig.scheduler.cancels.slice(heard)) rig.scheduler.say(say.stopped(task))
    heard = rig.scheduler.cancels.length
  }
  assert.strictEqual((await first)?._tag, "Stopped")
  await Effect.runPromise(until("all have a receipt", () => tags.length === futures.length - 1))
  assert.deepStrictEqual([...new Set(tags)], ["Stopped"])
})
