import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

it.effect("call succeeds with the task's value (G5)", () => {
  const { tasks } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const value = { list: [1, undefined, -0], map: new Map([["a", 2n]]) }
      assert.deepStrictEqual(yield* client.call(tasks.echo, value), value)
    }),
  )
})

it.effect("call fails with the task's failure, untouched (G5)", () => {
  const { tasks, recorded, fail } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const calling = yield* Effect.forkChild(Effect.flip(client.call(tasks.held, "a")))
      yield* recorded("began a")
      fail("a", new RangeError("too far"))
      const error = yield* Fiber.join(calling)
      assert.deepInclude(error, { _tag: "TaskFailed", attempt: 1, worker: "worker-1" })
      assert.include(error.message, "RangeError: too far")
    }),
  )
})

it.effect("call fails with TaskTimedOut when the task was stopped for its timeout (G8)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const calling = yield* Effect.forkChild(
      Effect.flip(client.call(Rig.work, 1, { timeoutMs: 250 })),
    )
    yield* settle
    assert.strictEqual(scheduler.heardOf("Task")[0]?.timeoutMs, 250)
    scheduler.say(say.timedOut(1))
    const error = yield* Fiber.join(calling)
    assert.deepInclude(error, { _tag: "TaskTimedOut", timeoutMs: 250, worker: "w", attempt: 1 })
  }),
)

it.effect("call fails with TaskCancelled and the receipt when another cancels the task (G1)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const calling = yield* Effect.forkChild(Effect.flip(client.call(Rig.work, 1)))
    yield* settle
    const all = yield* Effect.forkChild(client.cancelAll())
    yield* settle
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* Fiber.join(all), [receipts.stopped()])
    const error = yield* Fiber.join(calling)
    assert.deepInclude(error, { _tag: "TaskCancelled", receipt: receipts.stopped() })
  }),
)

it.effect("what submit is told goes with the task, in one numbering (R21)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const options = { timeoutMs: 5, attemptsMax: 7, graceMs: 0 }
    const first = yield* client.submit(Rig.work, 1, options)
    const second = yield* client.submit(Rig.work, 2)
    yield* client.submit(Rig.work, 3, { graceMs: Infinity })
    yield* settle
    const [one, two, three] = scheduler.heardOf("Task")
    assert.deepInclude(one, { task: 1, name: "work", attempt: 0, ...options })
    assert.deepInclude(two, { task: 2, timeoutMs: 0, attemptsMax: 3, graceMs: undefined })
    assert.deepInclude(three, { task: 3, graceMs: Number.MAX_SAFE_INTEGER })
    assert.deepStrictEqual([first.number, second.number, second.task], [1, 2, "work"])
  }),
)

it.effect("an answer that comes with the echo of its submit finds the future (R21)", () => {
  const { tasks } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const futures = yield* Effect.forEach([1, 2, 3], (value) => client.submit(tasks.echo, value))
      const values = yield* Effect.forEach(futures, (future) => Future.await(future))
      assert.deepStrictEqual<unknown>(values, [1, 2, 3])
      assert.deepStrictEqual((yield* client.status).ignored, {})
    }),
  )
})

for (const [what, options] of [
  ["a negative timeout", { timeoutMs: -1 }],
  ["a timeout that is no number", { timeoutMs: Number.NaN }],
  ["half an attempt", { attemptsMax: 0.5 }],
  ["a negative grace period", { graceMs: -1 }],
  ["an infinite priority", { priority: Infinity }],
  ["a need of nothing", { capabilities: { gpu: 0 } }],
] as const) {
  it.effect(`${what} is a mistake that is thrown before anything is sent (G10)`, () =>
    Effect.gen(function* () {
      const { client, submit, scheduler } = yield* Rig.make()
      const exit = yield* Effect.exit(client.submit(Rig.work, 1, options))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      yield* submit()
      assert.strictEqual(scheduler.heardOf("Task").length, 1)
    }),
  )
}

it.effect(
  "a task is sent with its priority and what it needs, as they were when it was submitted",
  () =>
    Effect.gen(function* () {
      const { client, scheduler } = yield* Rig.make()
      const capabilities = { gpu: 1, memoryGb: 0.5 }
      yield* client.submit(Rig.work, 1, { priority: -2.5, capabilities })
      capabilities.gpu = 7
      yield* client.submit(Rig.work, 2)
      yield* settle
      assert.deepStrictEqual(
        scheduler.heardOf("Task").map(({ priority, capabilities }) => ({ priority, capabilities })),
        [
          { priority: -2.5, capabilities: { gpu: 1, memoryGb: 0.5 } },
          { priority: 0, capabilities: {} },
        ],
      )
    }),
)
