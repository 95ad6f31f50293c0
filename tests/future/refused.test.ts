import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { until } from "../support/turns.ts"

/** How long a worker waits for a task to stop when asked, unless told otherwise. */
const graceMs = 5_000

/** A future whose cancel has been refused. */
const refused = (options: Rig.RigOptions = {}) =>
  Effect.gen(function* () {
    const rig = yield* Rig.make(options)
    const future = Rig.only(yield* rig.submit())
    const asked = yield* rig.cancelling(future)
    rig.scheduler.say(say.refused(1))
    const receipt = yield* Fiber.join(asked)
    assert.deepStrictEqual(receipt, receipts.refused)
    return { ...rig, future }
  })

it.effect("a refused cancel leaves the future pending, and its value arrives (R13, R14)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* refused()
    assert.strictEqual(Future.state(future), "running")
    scheduler.say(say.succeeded(1, 3))
    assert.strictEqual(yield* Future.await(future), 3)
    assert.strictEqual(Future.state(future), "succeeded")
    const receipt = receipts.alreadyDone({ _tag: "Succeeded", value: 3 })
    assert.deepStrictEqual(yield* Future.cancel(future), receipt)
  }),
)

it.effect("a refused cancel leaves the future pending, and its failure arrives (R13)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* refused()
    scheduler.say(say.failed(1))
    assert.strictEqual((yield* Effect.flip(Future.await(future)))._tag, "TaskFailed")
  }),
)

it.effect("a task that stops after its refusal ends cancelled (R38)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* refused()
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* Future.outcome(future), { _tag: "Cancelled", receipt: undefined })
    const receipt = receipts.alreadyDone({ _tag: "Cancelled", receipt: undefined })
    assert.deepStrictEqual(yield* Future.cancel(future), receipt)
  }),
)

it.effect("a task that refused and then loses its worker is lost, with why (R39)", () =>
  Effect.gen(function* () {
    const { future, scheduler } = yield* refused()
    scheduler.say(say.died(1))
    const error = yield* Effect.flip(Future.await(future))
    assert.strictEqual(Future.state(future), "lost")
    assert.deepInclude(error, { _tag: "TaskLost", reason: "workerDied", attempts: 1 })
    assert.include(error.message, "killed by SIGKILL (attempt 1, on w)")
  }),
)

it.effect("a cancel after a refusal is a new request with a new answer (R13)", () =>
  Effect.gen(function* () {
    const { future, scheduler, cancelling } = yield* refused()
    const again = yield* cancelling(future)
    assert.deepStrictEqual(scheduler.cancels, [1, 1])
    scheduler.say(say.stopped(1, "killed"))
    assert.deepStrictEqual(yield* Fiber.join(again), receipts.stopped("killed"))
  }),
)

it.effect("a refusal nobody waits for any more leaves the future pending (R13)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    yield* Fiber.interrupt(yield* cancelling(future))
    scheduler.say(say.refused(1), say.succeeded(1, 2))
    assert.strictEqual(yield* Future.await(future), 2)
  }),
)

it.effect("a refusal that nobody asked for is counted and changes nothing (G9)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, client } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.refused(1), say.notFound(1), say.succeeded(1, 2))
    assert.strictEqual(yield* Future.await(future), 2)
    assert.deepStrictEqual((yield* client.status).ignored, { confirmUnasked: 2 })
  }),
)

it.effect("a deaf task whose worker is lost after the refusal is not run again (R39)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks, workers: 2, slots: 1 }, ({ client, workers, scheduler, loseWorker }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.deaf, "a")
      yield* recorded("began a")
      const asked = yield* Effect.forkChild(Future.cancel(future))
      yield* until("it is asked to stop", () =>
        workers.some((worker) => worker.status().attempts.stopping === 1),
      )
      yield* TestClock.adjust(graceMs)
      assert.deepStrictEqual(yield* Fiber.join(asked), receipts.refused)
      const busy = scheduler.status().workers.find(({ held }) => held === 1)?.name ?? ""
      yield* loseWorker(busy)
      const error = yield* Effect.flip(Future.await(future))
      assert.deepInclude(error, { _tag: "TaskLost", reason: "workerDied", workers: [busy] })
      finish("a")
      assert.deepStrictEqual(record, ["began a", "ended a"])
    }),
  )
})
