/** A worker whose session is gone says hello again: what it holds first, then with its slots, and not for ever. */
import { it } from "@effect/vitest"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { accepted } from "./accepted.ts"
import { HandExecutor, taskOf, turns } from "./inlineSupport.ts"

/** Longer than the pause before a first try. */
const aWhile = Effect.andThen(TestClock.adjust(100), turns)

const hellosOf = ({ messages }: { readonly messages: ReadonlyArray<Message.Message> }) =>
  messages.flatMap((message) => (message._tag === "WorkerHello" ? [message] : []))

it.effect(
  "it says what it still holds, and takes tasks only once nothing runs any more (R46)",
  () =>
    Effect.gen(function* () {
      const { scheduler, executor, worker, close } = yield* accepted(new HandExecutor(), {}, 1)
      scheduler.vanish()
      yield* aWhile
      assert.deepEqual(scheduler.news(), ["gone", "WorkerHello"], "the last conversation is over")
      assert.equal(worker.status().attempts.stopping, 1)
      const { slots, prefetch, holds } = hellosOf(scheduler).at(-1) ?? {}
      assert.deepEqual({ slots, prefetch, holds }, { slots: 0, prefetch: 0, holds: ["sqrt"] })
      executor.stopped(1)
      yield* turns
      assert.deepEqual(scheduler.news(), [], "nobody is told of what was asked for before")
      yield* aWhile
      assert.deepEqual(scheduler.news(), ["gone", "WorkerHello"])
      assert.equal(hellosOf(scheduler).at(-1)?.holds, undefined)
      assert.equal(new Set(hellosOf(scheduler).map(({ session }) => session)).size, 3)
      scheduler.say(taskOf(7))
      yield* turns
      assert.deepEqual(scheduler.news(), ["started 7.1"])
      executor.returned(2)
      yield* close
    }),
)

it.effect("it tries again with longer pauses, and leaves when its time is up (G8)", () =>
  Effect.gen(function* () {
    const { scheduler, worker, close } = yield* accepted(new HandExecutor(), { rejoinMs: 10_000 })
    const left = yield* Effect.forkChild(worker.left)
    scheduler.isDeaf = true
    scheduler.vanish()
    const hellos: Array<number> = []
    for (let ms = 0; ms < 10_000; ms += 50) {
      yield* TestClock.adjust(50)
      yield* turns
      if (scheduler.hellosIgnored > hellos.length) {
        hellos.push(ms)
        scheduler.vanish()
      }
    }
    const pauses = hellos.slice(1).map((ms, index) => ms - (hellos[index] ?? 0))
    assert.ok(hellos.length >= 5 && hellos.length <= 12, hellos.join())
    assert.ok((pauses.at(-1) ?? 0) > 4 * (pauses[0] ?? Infinity), pauses.join())
    yield* TestClock.adjust(100)
    yield* turns
    assert.equal(left.pollUnsafe() !== undefined, true)
    yield* TestClock.adjust("1 hour")
    yield* turns
    assert.equal(scheduler.hellosIgnored, hellos.length, "nothing is said after that")
    yield* close
  }),
)

it.effect("a hello that nobody answers is said again after the time to connect", () =>
  Effect.gen(function* () {
    const { scheduler, close } = yield* accepted(new HandExecutor(), { connectMs: 700 })
    scheduler.isDeaf = true
    scheduler.vanish()
    yield* aWhile
    assert.equal(scheduler.hellosIgnored, 1)
    yield* TestClock.adjust(699)
    yield* turns
    assert.equal(scheduler.hellosIgnored, 1)
    yield* TestClock.adjust(201)
    yield* turns
    assert.equal(scheduler.hellosIgnored, 2)
    yield* close
  }),
)

it.effect("one that is closed meanwhile does not come back (G7)", () =>
  Effect.gen(function* () {
    const { scheduler, worker, close } = yield* accepted(new HandExecutor(), {})
    scheduler.vanish()
    yield* close
    assert.equal(yield* worker.left, "its socket closed")
    yield* TestClock.adjust("1 hour")
    assert.deepEqual(scheduler.news(), [])
  }),
)

it.effect("one that was told to drain does not come back", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker, close } = yield* accepted(new HandExecutor(), {}, 1)
    scheduler.say({ _tag: "Drain", boundMs: 60_000 })
    yield* turns
    scheduler.vanish()
    executor.stopped(1)
    assert.equal(yield* worker.left, "its socket closed")
    yield* TestClock.adjust("1 hour")
    assert.deepEqual(scheduler.news(), [])
    yield* close
  }),
)

it.effect("one that is drained while it says what it holds says goodbye when that has ended", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker, close } = yield* accepted(new HandExecutor(), {}, 1)
    scheduler.vanish()
    yield* aWhile
    scheduler.say({ _tag: "Drain", boundMs: 60_000 })
    yield* turns
    assert.deepEqual(scheduler.news(), ["gone", "WorkerHello"])
    executor.stopped(1)
    yield* turns
    assert.deepEqual(scheduler.news(), ["WorkerGoodbye", "gone"])
    assert.equal(yield* worker.left, "its socket closed")
    yield* close
  }),
)

it.effect("a hello that is under way when its time is up is taken back (G7)", () =>
  Effect.gen(function* () {
    const { scheduler, worker, close } = yield* accepted(new HandExecutor(), {
      rejoinMs: 1_000,
      connectMs: 60_000,
    })
    scheduler.isDeaf = true
    scheduler.vanish()
    yield* aWhile
    assert.equal(scheduler.hellosIgnored, 1)
    scheduler.news()
    yield* TestClock.adjust(1_000)
    yield* turns
    assert.deepEqual(scheduler.news(), ["gone"])
    assert.equal(yield* worker.left, "its socket closed")
    yield* close
  }),
)

it.effect(
  "one that wants to leave while nobody answers its hello says no other, and is gone (G8)",
  () =>
    Effect.gen(function* () {
      const { scheduler, worker, close } = yield* accepted(new HandExecutor(), { connectMs: 700 })
      scheduler.isDeaf = true
      scheduler.vanish()
      yield* aWhile
      const leaving = yield* Effect.forkChild(worker.drain(60_000))
      yield* turns
      yield* TestClock.adjust(60_000)
      yield* turns
      assert.notEqual(leaving.pollUnsafe(), undefined)
      assert.equal(yield* worker.left, "its socket closed")
      const framesIgnored = scheduler.hellosIgnored
      yield* TestClock.adjust("1 hour")
      assert.equal(scheduler.hellosIgnored, framesIgnored)
      yield* close
    }),
)

it.effect("once it is back it stays, and looks no more for an answer", () =>
  Effect.gen(function* () {
    const { scheduler, close } = yield* accepted(new HandExecutor(), {
      rejoinMs: 10_000,
      connectMs: 700,
    })
    scheduler.vanish()
    yield* aWhile
    assert.deepEqual(scheduler.news(), ["gone", "WorkerHello"])
    yield* TestClock.adjust("1 hour")
    yield* turns
    assert.deepEqual(scheduler.news(), [])
    yield* close
  }),
)
