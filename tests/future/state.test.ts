import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle, until } from "../support/turns.ts"

const ends = [
  ["succeeded", say.succeeded(1)],
  ["failed", say.failed(1)],
  ["failed", say.timedOut(1)],
  ["lost", say.died(1)],
  ["cancelled", say.stopped(1)],
] as const

for (const [state, message] of ends) {
  const what = message._tag === "TaskResult" ? message.type : message.type
  it.effect(`a future is pending, then running, then ${state} by ${what} (G1)`, () =>
    Effect.gen(function* () {
      const { client, submit, scheduler } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      assert.strictEqual(Future.state(future), "pending")
      assert.strictEqual((yield* client.status).futures.pending, 1)
      scheduler.say(say.started(1))
      yield* settle
      assert.strictEqual(Future.state(future), "running")
      assert.strictEqual((yield* client.status).futures.running, 1)
      scheduler.say(message)
      yield* settle
      assert.strictEqual(Future.state(future), state)
    }),
  )
}

it.effect("a future that is being cancelled says so until it has ended (R15)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future)
    scheduler.say(say.started(1))
    yield* settle
    assert.strictEqual(Future.state(future), "cancelling")
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* Fiber.join(asked), receipts.stopped())
    assert.strictEqual(Future.state(future), "cancelled")
  }),
)

it.effect("a start that is heard twice, or after the end, changes nothing (G1)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.started(1), say.started(1), say.succeeded(1), say.started(1))
    yield* Future.await(future)
    yield* settle
    assert.strictEqual(Future.state(future), "succeeded")
    assert.deepStrictEqual((yield* client.status).ignored, { startedLate: 1 })
  }),
)

it.effect("a second result changes nothing, and is counted (G1, R20)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.succeeded(1, 1), say.failed(1), say.succeeded(1, 2))
    assert.strictEqual(yield* Future.await(future), 1)
    yield* settle
    assert.strictEqual(yield* Future.await(future), 1)
    assert.deepStrictEqual((yield* client.status).ignored, { resultAfterEnd: 2 })
  }),
)

it.effect("what is said of a task that was never submitted is counted (G9)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    scheduler.say(say.succeeded(5), say.stopped(5), say.progress(5, 0.5), say.line(5, "?"))
    yield* settle
    assert.deepStrictEqual((yield* client.status).ignored, { unknownTask: 3 })
  }),
)

it.effect("the state is that of the task in a real cluster, queued and running (G6)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client }) =>
    Effect.gen(function* () {
      const running = yield* client.submit(tasks.held, "a")
      const queued = yield* client.submit(tasks.held, "b")
      yield* recorded("began a")
      yield* until("running is shown", () => Future.state(running) === "running")
      assert.strictEqual(Future.state(queued), "pending")
      finish("a")
      yield* recorded("began b")
      yield* until("running is shown", () => Future.state(queued) === "running")
      assert.strictEqual(Future.state(running), "succeeded")
      finish("b")
      assert.strictEqual(yield* Future.await(queued), "b")
    }),
  )
})

it.effect("a handle that did not come from submit is refused with what to do", () =>
  Effect.sync(() => {
    assert.throws(
      () => Future.state({ number: 1, id: "a.1", task: "work" }),
      /only what Client.submit returned/,
    )
  }),
)
