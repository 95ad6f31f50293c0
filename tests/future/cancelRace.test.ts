import { assert, it } from "@effect/vitest"
import { Future, type FutureError, type Outcome, type Receipt } from "@scaler-ts/future"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

interface Race {
  readonly type: Message.TaskResult["type"]
  readonly result: Message.TaskResult
  /** The error the result becomes. */
  readonly error?: FutureError["_tag"]
  /** How the future ends where the result is kept. */
  readonly kept: Future.FutureState
}

const races: ReadonlyArray<Race> = [
  { type: "success", result: say.succeeded(1, "value"), kept: "succeeded" },
  { type: "failed", result: say.failed(1), error: "TaskFailed", kept: "failed" },
  { type: "failedTimeout", result: say.timedOut(1), error: "TaskTimedOut", kept: "failed" },
  { type: "failedWorkerDied", result: say.died(1), error: "TaskLost", kept: "lost" },
]

/** The receipt carries what the result said. */
const assertFinished = (receipt: Receipt<unknown>, { error }: Race, cancelled: boolean): void => {
  assert.strictEqual(receipt._tag, "Finished")
  assert.strictEqual(receipt.cancelled, cancelled)
  if (error === undefined) assert.deepStrictEqual(receipt, receipts.finished("value", cancelled))
  else assert.deepInclude(receipts.raced(receipt), { _tag: error })
}

for (const race of races) {
  it.effect(`a ${race.type} result before its cancel's confirm is in the receipt (G3, R3)`, () =>
    Effect.gen(function* () {
      const { client, submit, scheduler, cancelling } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      const asked = yield* cancelling(future)
      scheduler.say(race.result, say.stopped(1))
      const receipt = yield* Fiber.join(asked)
      assertFinished(receipt, race, true)
      assert.strictEqual(Future.state(future), "cancelled")
      const outcome: Outcome<number> = yield* Future.outcome(future)
      assert.strictEqual(outcome._tag === "Cancelled" && outcome.receipt, receipt)
      assert.strictEqual(yield* Future.cancel(future), receipt, "R43")
      assert.deepStrictEqual((yield* client.status).ignored, { confirmAfterEnd: 1 })
      assert.deepStrictEqual(scheduler.cancels, [1])
    }),
  )

  it.effect(`a ${race.type} result behind the confirm changes nothing (G1, G2)`, () =>
    Effect.gen(function* () {
      const { client, submit, scheduler, cancelling } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      const asked = yield* cancelling(future)
      scheduler.say(say.stopped(1), race.result)
      assert.deepStrictEqual(yield* Fiber.join(asked), receipts.stopped())
      yield* settle
      assert.strictEqual(Future.state(future), "cancelled")
      assert.deepStrictEqual(yield* Future.cancel(future), receipts.stopped())
      assert.deepStrictEqual((yield* client.status).ignored, { resultAfterEnd: 1 })
    }),
  )

  it.effect(`under result-wins a ${race.type} result is kept, and the receipt says so (G3)`, () =>
    Effect.gen(function* () {
      const { submit, scheduler, cancelling } = yield* Rig.make({ policy: "result-wins" })
      const future = Rig.only(yield* submit())
      const asked = yield* cancelling(future)
      scheduler.say(race.result, say.stopped(1))
      const receipt = yield* Fiber.join(asked)
      assertFinished(receipt, race, false)
      assert.strictEqual(Future.state(future), race.kept)
      assert.strictEqual(yield* Future.cancel(future), receipt, "R43")
    }),
  )

  it.effect(`under result-wins a confirm before a ${race.type} result cancels (G2)`, () =>
    Effect.gen(function* () {
      const { submit, scheduler, cancelling } = yield* Rig.make({ policy: "result-wins" })
      const future = Rig.only(yield* submit())
      const asked = yield* cancelling(future)
      scheduler.say(say.stopped(1), race.result)
      assert.deepStrictEqual(yield* Fiber.join(asked), receipts.stopped())
      yield* settle
      assert.strictEqual(Future.state(future), "cancelled")
    }),
  )
}

it.effect("under result-wins who awaits gets the value that raced the cancel (G3)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make({ policy: "result-wins" })
    const future = Rig.only(yield* submit())
    yield* cancelling(future)
    scheduler.say(say.succeeded(1, 4))
    assert.strictEqual(yield* Future.await(future), 4)
  }),
)

it.effect("a result and the cancel that crossed it end the future once for everybody (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const seen: Array<Outcome<number>> = []
    yield* Future.onDone(future, (outcome) => seen.push(outcome))
    scheduler.say(say.succeeded(1, 4))
    const asked = yield* Effect.forkChild(Future.cancel(future), { startImmediately: true })
    const receipt = yield* Fiber.join(asked)
    scheduler.say(say.stopped(1), say.succeeded(1, 5))
    yield* settle
    assert.deepStrictEqual(receipt, receipts.finished(4))
    assert.deepStrictEqual(seen, [{ _tag: "Cancelled", receipt }])
  }),
)
