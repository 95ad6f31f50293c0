import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import { asCompleted } from "@scaler-ts/future/stream"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

/** The numbers of the futures, in the order the stream yields them. */
const numbers = (futures: Iterable<Future.Future<unknown>>) =>
  asCompleted(futures).pipe(
    Stream.map(({ number }) => number),
    Stream.runCollect,
  )

it.effect("asCompleted yields futures in the order of their ends (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const collecting = yield* Effect.forkChild(numbers(yield* submit(4)))
    yield* settle
    scheduler.say(say.succeeded(3), say.succeeded(1))
    yield* settle
    scheduler.say(say.succeeded(4), say.succeeded(2))
    assert.deepStrictEqual([...(yield* Fiber.join(collecting))], [3, 1, 4, 2])
  }),
)

it.effect("asCompleted yields a future as soon as it has ended, not with the others", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const seen: Array<number> = []
    const stream = Stream.runForEach(asCompleted(yield* submit(2)), ({ number }) =>
      Effect.sync(() => seen.push(number)),
    )
    const running = yield* Effect.forkChild(stream)
    yield* settle
    scheduler.say(say.succeeded(2))
    yield* settle
    assert.deepStrictEqual(seen, [2])
    scheduler.say(say.succeeded(1))
    yield* Fiber.join(running)
    assert.deepStrictEqual(seen, [2, 1])
  }),
)

it.effect("asCompleted yields a future that is cancelled while it is waited for (R19)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const futures = yield* submit(2)
    const collecting = yield* Effect.forkChild(numbers(futures))
    yield* settle
    const [first] = futures
    if (first === undefined) return assert.fail()
    yield* cancelling(first)
    scheduler.say(say.stopped(1))
    yield* settle
    scheduler.say(say.succeeded(2))
    assert.deepStrictEqual([...(yield* Fiber.join(collecting))], [1, 2])
  }),
)

it.effect("asCompleted yields failed, timed out, lost and forgotten futures (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cut } = yield* Rig.make()
    const futures = yield* submit(5)
    const collecting = yield* Effect.forkChild(numbers(futures))
    yield* settle
    scheduler.say(say.died(5), say.failed(4), say.timedOut(3))
    yield* settle
    yield* Effect.forEach(futures.slice(1, 2), Future.forget)
    yield* cut
    assert.deepStrictEqual([...(yield* Fiber.join(collecting))], [5, 4, 3, 2, 1])
  }),
)

it.effect("asCompleted yields futures that had ended before, in the order they were given", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const futures = yield* submit(3)
    scheduler.say(say.succeeded(2), say.failed(1), say.stopped(3))
    yield* Effect.forEach(futures, Future.outcome)
    assert.deepStrictEqual([...(yield* numbers(futures))], [1, 2, 3])
  }),
)

it.effect("asCompleted of nothing ends at once", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual([...(yield* numbers([]))], [])
  }),
)

it.effect("ending asCompleted early stops the waiting and no task (G5)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const futures = yield* submit(3)
    const taking = yield* Effect.forkChild(Stream.runCollect(Stream.take(asCompleted(futures), 1)))
    yield* settle
    scheduler.say(say.succeeded(2))
    assert.strictEqual((yield* Fiber.join(taking)).length, 1)
    assert.deepStrictEqual(scheduler.cancels, [])
    scheduler.say(say.succeeded(1, "a"), say.succeeded(3, "c"))
    const values = yield* Effect.forEach(futures, (future) => Future.await(future))
    assert.deepStrictEqual<ReadonlyArray<unknown>>(values, ["a", 2, "c"])
  }),
)

it.effect("two streams over the same futures both see every end (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const futures = yield* submit(2)
    const one = yield* Effect.forkChild(numbers(futures))
    const other = yield* Effect.forkChild(numbers(futures))
    yield* settle
    scheduler.say(say.succeeded(2), say.succeeded(1))
    const [first, second] = yield* Fiber.joinAll([one, other])
    assert.deepStrictEqual([...(first ?? [])], [2, 1])
    assert.deepStrictEqual([...(second ?? [])], [2, 1])
  }),
)

it.effect("asCompleted follows tasks of a real cluster, one of them cancelled (R19)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const futures = yield* Effect.forEach(["a", "b", "c"], (name) =>
        client.submit(tasks.held, name),
      )
      yield* recorded("began a", "began b", "began c")
      const collecting = yield* Effect.forkChild(numbers(futures))
      yield* settle
      finish("c")
      yield* settle
      yield* Effect.forEach(futures.slice(0, 1), (future) => Future.cancel(future))
      finish("b")
      assert.deepStrictEqual([...(yield* Fiber.join(collecting))], [3, 1, 2])
    }),
  )
})

it.effect("asCompleted of 100,000 futures yields each of them once", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const count = 100_000
    const futures = yield* submit(count)
    const collecting = yield* Effect.forkChild(numbers(futures))
    yield* settle
    for (let task = count; task > 0; task--) scheduler.say(say.succeeded(task, 0))
    const collected = [...(yield* Fiber.join(collecting))]
    assert.strictEqual(collected.length, count)
    assert.deepStrictEqual([collected[0], collected.at(-1)], [count, 1])
    assert.strictEqual(new Set(collected).size, count)
  }),
)
