import { asCompleted, type Future, wait } from "@scaler-ts/future/promise"
import { assert, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, make, rejection } from "../support/PromiseRig.ts"

const numbersOf = (futures: ReadonlyArray<Future<unknown>>): ReadonlyArray<number> =>
  futures.map(({ number }) => number)

const waitingOn = (future: Future<unknown>): unknown => Reflect.get(future, "waiting")

it("asCompleted yields the futures with their outcomes, in the order of their ends (R19)", async () => {
  await using rig = await make()
  const futures = await rig.submit(4)
  const states: Array<string> = []
  const collecting = (async () => {
    for await (const { future, outcome } of asCompleted(futures)) {
      assert.deepStrictEqual(outcome, await future.outcome())
      states.push(`${future.number} ${future.state}`)
    }
  })()
  await atRest()
  void futures[0]?.cancel()
  rig.scheduler.say(say.succeeded(3))
  await atRest()
  assert.deepStrictEqual(states, ["3 succeeded"])
  rig.scheduler.say(say.stopped(1), say.failed(4))
  await atRest()
  await rig.cut()
  await collecting
  assert.deepStrictEqual(states, ["3 succeeded", "1 cancelled", "4 failed", "2 lost"])
})

it("asCompleted yields those that had ended first, and of nothing it ends at once", async () => {
  await using rig = await make()
  const futures = await rig.submit(3)
  rig.scheduler.say(say.succeeded(2), say.succeeded(1))
  await atRest()
  const collecting = Array.fromAsync(asCompleted(futures))
  await atRest()
  rig.scheduler.say(say.succeeded(3))
  assert.deepStrictEqual(numbersOf((await collecting).map(({ future }) => future)), [1, 2, 3])
  assert.deepStrictEqual(await Array.fromAsync(asCompleted([])), [])
})

it("leaving asCompleted early stops the waiting and no task (G7)", async () => {
  await using rig = await make()
  const futures = await rig.submit(3)
  const looping = (async () => {
    for await (const { future } of asCompleted(futures)) return future.number
    return 0
  })()
  await atRest()
  rig.scheduler.say(say.succeeded(2))
  assert.strictEqual(await looping, 2)
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [])
  assert.deepStrictEqual(futures.map(waitingOn), [undefined, undefined, undefined])
})

it("asCompleted that nobody begins waits for nothing", async () => {
  await using rig = await make()
  const futures = await rig.submit(2)
  const never = asCompleted(futures)
  assert.deepStrictEqual(futures.map(waitingOn), [undefined, undefined])
  await never.return?.()
  assert.isTrue((await never.next()).done)
})

it("several may ask for the next at once, and each gets another", async () => {
  await using rig = await make()
  const futures = asCompleted(await rig.submit(2))
  const asked = Promise.all([futures.next(), futures.next(), futures.next()])
  await atRest()
  rig.scheduler.say(say.succeeded(2), say.succeeded(1))
  assert.deepStrictEqual(
    (await asked).map(({ value }) => value?.future.number),
    [2, 1, undefined],
  )
})

it("wait: for all, for the first, for the first failure", async () => {
  await using rig = await make()
  const futures = await rig.submit(3)
  const all = wait(futures)
  const first = wait(futures, { until: "first" })
  const failure = wait(futures, { until: "first-failure" })
  rig.scheduler.say(say.succeeded(2))
  const { done, pending } = await first
  assert.deepStrictEqual([numbersOf(done), numbersOf(pending)], [[2], [1, 3]])
  rig.scheduler.say(say.failed(3))
  assert.deepStrictEqual(numbersOf((await failure).done), [2, 3])
  rig.scheduler.say(say.succeeded(1))
  assert.deepStrictEqual(numbersOf((await all).done), [1, 2, 3])
})

it("wait: what there is when the bound passes (G8), and nobody is left waiting", async () => {
  await using rig = await make()
  const futures = await rig.submit(2)
  const { done, pending } = await wait(futures, { boundMs: 1 })
  assert.deepStrictEqual([numbersOf(done), numbersOf(pending)], [[], [1, 2]])
  assert.deepStrictEqual(futures.map(waitingOn), [undefined, undefined])
  assert.deepStrictEqual(await wait([]), { done: [], pending: [] })
  assert.instanceOf(await rejection(wait(futures, { boundMs: -1 })), RangeError)
  const until = "any" as "all"
  assert.match(String(await rejection(wait(futures, { until }))), /until is "any"; give one of/)
  assert.match(String(await rejection(wait([], { until }))), /until is "any"; give one of/)
})

it("a hundred thousand futures are gathered, each once", async () => {
  await using rig = await make()
  const futures = await rig.submit(100_000)
  const collecting = Array.fromAsync(asCompleted(futures))
  const waiting = wait(futures)
  for (const { number } of futures) rig.scheduler.say(say.succeeded(number))
  assert.strictEqual(new Set((await collecting).map(({ future }) => future)).size, 100_000)
  assert.strictEqual((await waiting).done.length, 100_000)
})
