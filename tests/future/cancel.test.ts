import { assert, it } from "@effect/vitest"
import { Future, type Receipt } from "@scaler-ts/future"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { embedded } from "../support/Embedded.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import * as receipts from "../support/receipts.ts"
import * as say from "../support/messages.ts"
import { settle, until } from "../support/turns.ts"

/** How long a worker waits for a task to stop when asked, unless told otherwise. */
const graceMs = 5_000

it.effect("a task that runs for ever is stopped, and its receipt says by whom (G2)", () => {
  const { tasks, record, recorded } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      assert.deepStrictEqual(
        yield* Future.cancel(future),
        receipts.stopped("cooperative", "worker-1"),
      )
      assert.deepStrictEqual(record, ["began a", "stopped a"])
      assert.strictEqual(Future.state(future), "cancelled")
    }),
  )
})

it.effect("a task that is slow to stop is confirmed only once it has stopped (G2)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client, scheduler }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.tidy, "a")
      yield* recorded("began a")
      const asked = yield* Effect.forkChild(Future.cancel(future))
      yield* recorded("began tidying a")
      yield* settle
      assert.isUndefined(asked.pollUnsafe())
      assert.strictEqual(Future.state(future), "cancelling")
      assert.strictEqual(scheduler.status().workers[0]?.held, 1, "G6: the slot is still taken")
      finish("tidying a")
      assert.deepStrictEqual(yield* Fiber.join(asked), receipts.stopped("cooperative", "worker-1"))
      assert.strictEqual(record.at(-1), "stopped a")
    }),
  )
})

it.effect("a task that waits for a slot is stopped before it starts (G2)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client }) =>
    Effect.gen(function* () {
      const first = yield* client.submit(tasks.held, "a")
      const second = yield* client.submit(tasks.held, "b")
      yield* recorded("began a")
      assert.deepStrictEqual(yield* Future.cancel(second), receipts.neverStarted)
      finish("a")
      assert.strictEqual(yield* Future.await(first), "a")
      yield* settle
      assert.notInclude(record, "began b")
    }),
  )
})

it.effect("a cancel right behind its submit finds the task (R1)", () => {
  const { tasks } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const receipt = yield* Future.cancel(yield* client.submit(tasks.held, "a"))
      assert.strictEqual(receipt._tag, "Stopped")
    }),
  )
})

it.effect("a fast task ends before its cancel is heard, and the receipt has its value (G3)", () => {
  // Cancelled while its function is on the stack: the cancel leaves in time, and is heard too late.
  let cancelNow = (): void => assert.fail("nothing to cancel")
  const tasks = defineTasks(import.meta.url, {
    fast: (value: number) => {
      cancelNow()
      return value
    },
  })
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.fast, 7)
      const asked = yield* Deferred.make<Receipt<number>>()
      const fork = Effect.runForkWith(yield* Effect.context())
      cancelNow = () => void fork(Deferred.into(Future.cancel(future), asked))
      assert.deepStrictEqual(yield* Deferred.await(asked), receipts.finished(7))
      assert.strictEqual(Future.state(future), "cancelled")
    }),
  )
})

it.effect("a task that will not stop is refused, and its value still arrives (R13, R14)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client, workers }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.deaf, "a")
      yield* recorded("began a")
      const asked = yield* Effect.forkChild(Future.cancel(future))
      yield* until("it is asked to stop", () => workers[0]?.status().attempts.stopping === 1)
      yield* TestClock.adjust(graceMs)
      assert.deepStrictEqual(yield* Fiber.join(asked), receipts.refused)
      assert.strictEqual(Future.state(future), "running")
      finish("a")
      assert.strictEqual(yield* Future.await(future), "a")
    }),
  )
})

it.effect("a cancel after the end sends nothing and says how it had ended (R18)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.succeeded(1, 9))
    assert.strictEqual(yield* Future.await(future), 9)
    const receipt = receipts.alreadyDone({ _tag: "Succeeded", value: 9 })
    assert.deepStrictEqual(yield* Future.cancel(future), receipt)
    assert.deepStrictEqual(scheduler.cancels, [])
    assert.strictEqual(yield* Future.await(future), 9, "R18: the value is still there")
  }),
)

it.effect("a cancel after a failure says so, and the failure can still be read (R18)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.failed(1))
    const outcome = yield* Future.outcome(future)
    assert.deepStrictEqual(yield* Future.cancel(future), receipts.alreadyDone(outcome))
    assert.strictEqual(yield* Future.outcome(future), outcome)
    assert.deepStrictEqual(scheduler.cancels, [])
  }),
)

it.effect("a future that somebody else cancelled is already done, and cancelled (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say(say.stopped(1))
    const outcome = yield* Future.outcome(future)
    assert.deepStrictEqual(outcome, { _tag: "Cancelled", receipt: undefined })
    assert.deepStrictEqual(yield* Future.cancel(future), receipts.alreadyDone(outcome))
    assert.strictEqual((yield* Effect.flip(Future.await(future)))._tag, "TaskCancelled")
  }),
)

const answers = [
  ["stopped cooperatively", say.stopped(1), receipts.stopped("cooperative")],
  ["killed", say.stopped(1, "killed"), receipts.stopped("killed")],
  ["never started", say.neverStarted(1), receipts.neverStarted],
  ["stopped somehow", say.stopped(1, "unknown"), receipts.stopped("unknown")],
  ["lost with its worker", say.workerLost(1), receipts.workerLost()],
  ["not found", say.notFound(1), receipts.notFound],
] as const

for (const [what, answer, receipt] of answers) {
  it.effect(`a task confirmed as ${what} has exactly that receipt and ends cancelled (G2)`, () =>
    Effect.gen(function* () {
      const { submit, scheduler, cancelling } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      const asked = yield* cancelling(future)
      assert.strictEqual(Future.state(future), "cancelling")
      scheduler.say(answer)
      assert.deepStrictEqual(yield* Fiber.join(asked), receipt)
      assert.strictEqual(Future.state(future), "cancelled")
      assert.deepStrictEqual(yield* Future.outcome(future), { _tag: "Cancelled", receipt })
    }),
  )
}

it.effect("a task whose worker is lost while it is stopped is reported so (R8)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, workers: 2, slots: 1 }, ({ client, scheduler, loseWorker }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.tidy, "a")
      yield* recorded("began a")
      const asked = yield* Effect.forkChild(Future.cancel(future))
      yield* recorded("began tidying a")
      const busy = scheduler.status().workers.find(({ held }) => held === 1)?.name ?? ""
      yield* loseWorker(busy)
      assert.deepStrictEqual(yield* Fiber.join(asked), receipts.workerLost(busy))
      finish("tidying a")
    }),
  )
})
