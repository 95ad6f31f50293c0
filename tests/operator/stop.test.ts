// A scheduler stops in order and in time, and says what was left (G2, G8).
import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { embedded, make } from "../support/Embedded.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

const pass = (ms: number): Effect.Effect<void> =>
  Effect.andThen(Effect.andThen(TestClock.adjust(ms), settle), settle)

it.effect("what runs may go on until the bound, and its result arrives before the end (G5)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client, operator, scheduler }) =>
    Effect.gen(function* () {
      const { stop } = yield* operator
      const first = yield* client.submit(tasks.held, "a")
      const second = yield* client.submit(tasks.held, "b")
      yield* recorded("began a")
      const stopping = yield* Effect.forkChild(stop(10_000), { startImmediately: true })
      yield* settle
      const late = yield* client.submit(tasks.held, "late")
      assert.strictEqual((yield* Future.outcome(late))._tag, "Cancelled", "submitted too late")
      finish("a")
      yield* recorded("began b")
      finish("b")
      assert.deepStrictEqual(yield* Fiber.join(stopping), { _tag: "Stopped", left: [], more: 0 })
      assert.deepStrictEqual(yield* scheduler.stopped, [])
      assert.deepStrictEqual(yield* Effect.all([Future.await(first), Future.await(second)]), [
        "a",
        "b",
      ])
      yield* settle
      const error = yield* Effect.flip(client.submit(tasks.echo, 1))
      assert.match(error.message, /the scheduler has stopped/)
    }),
  )
})

it.effect(
  "when the bound has passed the rest is cancelled, and confirmed before the end (G2)",
  () => {
    const { tasks, record, recorded } = Script.make()
    return embedded({ tasks, slots: 1 }, ({ client, scheduler }) =>
      Effect.gen(function* () {
        const first = yield* client.submit(tasks.held, "a")
        const second = yield* client.submit(tasks.held, "b")
        yield* recorded("began a")
        const stopping = yield* Effect.forkChild(scheduler.stop(1_000), { startImmediately: true })
        yield* pass(999)
        assert.deepStrictEqual(record, ["began a"])
        yield* pass(1)
        assert.deepStrictEqual(yield* Fiber.join(stopping), [])
        assert.deepStrictEqual(record, ["began a", "stopped a"])
        for (const future of [first, second]) {
          assert.strictEqual((yield* Future.outcome(future))._tag, "Cancelled")
        }
      }),
    )
  },
)

it.effect("what cannot be stopped is told by its name and worker, when time is over (G8)", () => {
  const { tasks, recorded, finish } = Script.make()
  return Effect.gen(function* () {
    const { client, operator, scheduler } = yield* make({ tasks, slots: 1 })
    const { stop } = yield* operator
    const future = yield* client.submit(tasks.deaf, "a")
    yield* recorded("began a")
    const stopping = yield* Effect.forkChild(stop(0), { startImmediately: true })
    yield* settle
    yield* pass(29_000)
    assert.isUndefined(stopping.pollUnsafe())
    yield* pass(1_000)
    const left = [{ id: future.id, name: "deaf", state: "running" as const, worker: "worker-1" }]
    assert.deepStrictEqual(yield* Fiber.join(stopping), { _tag: "Stopped", left, more: 0 })
    assert.deepStrictEqual(yield* scheduler.stop(0), left, "asked again it says the same")
    assert.strictEqual((yield* Future.outcome(future))._tag, "Lost")
    finish("a")
  })
})

it.effect("one with nothing to do stops at once, and who comes then is told why", () => {
  const { tasks } = Script.make()
  return embedded({ tasks }, ({ operator, scheduler }) =>
    Effect.gen(function* () {
      const { stop } = yield* operator
      assert.deepStrictEqual(yield* stop(10_000), { _tag: "Stopped", left: [], more: 0 })
      assert.deepStrictEqual(yield* scheduler.stopped, [])
    }),
  )
})

it.effect("who asks again has the newest bound count", () => {
  const { tasks, recorded } = Script.make()
  return embedded({ tasks }, ({ client, scheduler }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      const patient = yield* Effect.forkChild(scheduler.stop(60_000), { startImmediately: true })
      yield* pass(1_000)
      assert.deepStrictEqual(
        yield* Effect.andThen(Effect.forkChild(pass(1)), scheduler.stop(0)),
        [],
      )
      assert.deepStrictEqual(yield* Fiber.join(patient), [])
      assert.strictEqual((yield* Future.outcome(future))._tag, "Cancelled")
    }),
  )
})
