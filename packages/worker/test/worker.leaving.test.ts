import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { accepted } from "./accepted.ts"
import { cancelOf, HandExecutor, taskOf, turns } from "./inlineSupport.ts"

/** An accepted worker that holds the given tasks; `closing` closes its scope. */
const holding = (executor: HandExecutor, ...tasks: ReadonlyArray<number>) =>
  Effect.map(accepted(executor, { rejoinMs: 0, graceMs: 100 }, ...tasks), (made) => ({
    ...made,
    closing: Effect.forkChild(made.close),
  }))

it.effect("a worker that holds nothing says goodbye at once when its scope closes (G7)", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker, closing } = yield* holding(new HandExecutor())
    yield* Fiber.join(yield* closing)
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
    assert.deepEqual(executor.told, ["shutdown"])
    assert.equal(yield* worker.left, "it was drained")
  }),
)

it.effect("closing the scope gives back what waits, stops what runs, then says goodbye", () =>
  Effect.gen(function* () {
    const { scheduler, executor, closing } = yield* holding(new HandExecutor(1), 1, 2)
    const closed = yield* closing
    yield* turns
    assert.deepEqual(scheduler.news(), ["canceled 2.1 neverStarted"])
    assert.equal(executor.told.at(-1), "interrupt 1")
    assert.equal(closed.pollUnsafe(), undefined, "the function has not been seen to stop")
    executor.stopped(1)
    yield* Fiber.join(closed)
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
    assert.equal(executor.told.at(-1), "shutdown")
  }),
)

it.effect("closing the scope kills what does not stop, after the grace period", () =>
  Effect.gen(function* () {
    const { executor, closing, scheduler } = yield* holding(new HandExecutor(1), 1)
    const closed = yield* closing
    yield* turns
    yield* TestClock.adjust(100)
    assert.equal(executor.told.at(-1), "kill 1")
    assert.equal(closed.pollUnsafe(), undefined)
    executor.exited(1)
    yield* Fiber.join(closed)
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
  }),
)

it.effect(
  "closing the scope gives up on a kill nobody sees the end of, and says goodbye (G8)",
  () =>
    Effect.gen(function* () {
      const { scheduler, closing } = yield* holding(new HandExecutor(1), 1)
      const closed = yield* closing
      yield* turns
      yield* TestClock.adjust(5_099)
      assert.equal(closed.pollUnsafe(), undefined)
      yield* TestClock.adjust(1)
      yield* Fiber.join(closed)
      yield* turns
      assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
    }),
)

it.effect("closing the scope does not wait for what ignores its signal and cannot be killed", () =>
  Effect.gen(function* () {
    const { scheduler, closing } = yield* holding(new HandExecutor(1, false), 1)
    const closed = yield* closing
    yield* turns
    yield* TestClock.adjust(100)
    yield* Fiber.join(closed)
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
  }),
)

it.effect(
  "a worker that is stopping starts nothing more, and gives it back before its goodbye",
  () =>
    Effect.gen(function* () {
      const { scheduler, executor, closing } = yield* holding(new HandExecutor(1), 1)
      const closed = yield* closing
      yield* turns
      scheduler.say(taskOf(2), taskOf(3))
      scheduler.say(cancelOf(3))
      yield* turns
      assert.deepEqual(scheduler.news(), ["canceled 3.1 neverStarted"])
      executor.stopped(1)
      yield* Fiber.join(closed)
      yield* turns
      assert.deepEqual(scheduler.news(), ["canceled 2.1 neverStarted", "WorkerGoodbye", "gone"])
      assert.deepEqual(executor.told, ["start 1.1", "interrupt 1", "shutdown"])
    }),
)

it.effect("a drained worker finishes what runs, then leaves and says so", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* holding(new HandExecutor(1), 1, 2)
    scheduler.say({ _tag: "Drain", boundMs: 1_000 })
    yield* turns
    assert.deepEqual(scheduler.news(), ["canceled 2.1 neverStarted"])
    executor.returned(1)
    assert.equal(yield* worker.left, "it was drained")
    yield* turns
    assert.deepEqual(scheduler.news(), ["success 1.1", "WorkerGoodbye", "gone"])
    assert.equal(
      executor.told.some((told) => told.startsWith("interrupt")),
      false,
    )
  }),
)

it.effect("a worker that wants to leave asks for the order to, and then keeps it", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* holding(new HandExecutor(1), 1, 2)
    const leaving = yield* Effect.forkChild(
      Effect.all([worker.drain(1_000), worker.drain(5)], { concurrency: 2 }),
    )
    yield* turns
    assert.deepEqual(scheduler.news(), ["Drain"])
    scheduler.say({ _tag: "Drain", boundMs: 1_000 })
    yield* turns
    assert.deepEqual(scheduler.news(), ["canceled 2.1 neverStarted"])
    yield* TestClock.adjust(1_000)
    assert.equal(executor.told.at(-1), "interrupt 1")
    executor.stopped(1)
    assert.deepEqual(yield* Fiber.join(leaving), ["it was drained", "it was drained"])
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
  }),
)

it.effect("a worker that wants to leave does not come back when its session is lost", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* accepted(new HandExecutor(1), {}, 1)
    const leaving = yield* Effect.forkChild(worker.drain(60_000))
    yield* turns
    scheduler.vanish()
    executor.stopped(1)
    assert.equal(yield* Fiber.join(leaving), "its socket closed")
    yield* TestClock.adjust(60_000)
    assert.deepEqual(scheduler.heard.slice(-1), ["Drain"])
  }),
)

it.effect("a worker without a session that wants to leave is gone when it holds nothing", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* accepted(new HandExecutor(1), {}, 1)
    scheduler.vanish()
    const leaving = yield* Effect.forkChild(worker.drain(60_000))
    yield* turns
    assert.deepEqual(scheduler.news(), [])
    executor.stopped(1)
    assert.equal(yield* Fiber.join(leaving), "its socket closed")
  }),
)

it.effect("a drained worker that holds nothing leaves at once", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* holding(new HandExecutor(1), 1)
    executor.returned(1)
    scheduler.say({ _tag: "Drain", boundMs: 1_000 })
    assert.equal(yield* worker.left, "it was drained")
    yield* turns
    assert.deepEqual(scheduler.news(), ["success 1.1", "WorkerGoodbye", "gone"])
  }),
)

it.effect(
  "a drained worker whose bound passes stops what runs and leaves when it has stopped (G8)",
  () =>
    Effect.gen(function* () {
      const { scheduler, executor, worker } = yield* holding(new HandExecutor(1), 1)
      scheduler.say({ _tag: "Drain", boundMs: 1_000 })
      yield* TestClock.adjust(999)
      assert.deepEqual(executor.told, ["start 1.1"])
      yield* TestClock.adjust(1)
      assert.equal(executor.told.at(-1), "interrupt 1")
      executor.stopped(1)
      yield* worker.left
      yield* turns
      assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
    }),
)

it.effect("a drained worker that cannot kill leaves what runs on behind (G8)", () =>
  Effect.gen(function* () {
    const { scheduler, worker } = yield* holding(new HandExecutor(1, false), 1)
    scheduler.say({ _tag: "Drain", boundMs: 1_000 })
    yield* TestClock.adjust(1_100)
    assert.equal(yield* worker.left, "it was drained")
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
  }),
)

it.effect("a task behind the error that ends the session is not started (G2)", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* holding(new HandExecutor())
    scheduler.say({ _tag: "ProtocolError", reason: "it has been declared lost" }, taskOf(7))
    yield* turns
    assert.deepEqual(executor.told, [])
    assert.equal(yield* worker.left, "it has been declared lost")
  }),
)

it.effect("when the scheduler is gone what runs is stopped, and left says why", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* holding(new HandExecutor(1), 1, 2)
    scheduler.vanish()
    assert.equal(yield* worker.left, "its socket closed")
    assert.deepEqual(executor.told.slice(2), ["interrupt 1", "withdraw 2"])
    yield* TestClock.adjust(100)
    assert.equal(executor.told.at(-1), "kill 1")
    executor.exited(1)
    yield* turns
    assert.deepEqual(scheduler.news(), [])
    assert.deepEqual(worker.status().attempts, { waiting: 0, running: 0, stopping: 0 })
  }),
)

it.effect("a scope that closes after the scheduler is gone still sees what runs end (G7)", () =>
  Effect.gen(function* () {
    const { scheduler, executor, closing } = yield* holding(new HandExecutor(1), 1)
    scheduler.vanish()
    const closed = yield* closing
    yield* turns
    assert.equal(closed.pollUnsafe(), undefined)
    executor.stopped(1)
    yield* Fiber.join(closed)
    assert.deepEqual([scheduler.news(), executor.told.at(-1)], [[], "shutdown"])
  }),
)

it.effect("a scheduler that ends the session is as gone as one that vanishes", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* holding(new HandExecutor(1), 1)
    scheduler.say({ _tag: "ProtocolError", reason: "you were declared lost" })
    assert.equal(yield* worker.left, "you were declared lost")
    assert.equal(executor.told.at(-1), "interrupt 1")
  }),
)
