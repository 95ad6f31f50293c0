import { assert, it } from "@effect/vitest"
import { type Client, Future, TaskLost } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

const leaving = (client: Client, options?: Future.CancelOptions) =>
  Effect.tap(Effect.forkChild(client.disconnect(options), { startImmediately: true }), () => settle)

const lostReason = (future: Future.Future<unknown>) =>
  Effect.map(Effect.flip(Future.await(future)), (error) =>
    error instanceof TaskLost ? error.reason : error._tag,
  )

it.effect("disconnect stops every task, sees it stopped, and leaves nothing (G7, R23)", () => {
  const { tasks, record, recorded } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client, scheduler }) =>
    Effect.gen(function* () {
      const running = yield* client.submit(tasks.held, "a")
      const queued = yield* client.submit(tasks.held, "b")
      yield* recorded("began a")
      assert.deepStrictEqual(yield* client.disconnect(), { unconfirmed: [] })
      assert.deepStrictEqual(record, ["began a", "stopped a"])
      const receipt = receipts.stopped("cooperative", "worker-1")
      assert.deepStrictEqual(yield* Future.outcome(running), { _tag: "Cancelled", receipt })
      const neverStarted = { _tag: "Cancelled", receipt: receipts.neverStarted } as const
      assert.deepStrictEqual(yield* Future.outcome(queued), neverStarted)
      assert.strictEqual(scheduler.status().clients, 0)
    }),
  )
})

it.effect("disconnect ends confirmed tasks cancelled and the others lost, by name (R23, G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const [one, two, three] = yield* submit(3)
    if (one === undefined || two === undefined || three === undefined) return assert.fail()
    const left = yield* leaving(client, { boundMs: 100 })
    assert.deepStrictEqual(scheduler.cancels, [1, 2, 3])
    scheduler.say(say.stopped(1), say.succeeded(3, "raced"))
    yield* settle
    yield* TestClock.adjust(100)
    const { unconfirmed } = yield* Fiber.join(left)
    assert.deepStrictEqual(
      unconfirmed.map(({ task, number }) => [task, number]),
      [["work", 2]],
    )
    assert.deepStrictEqual(
      [one, two, three].map((future) => Future.state(future)),
      ["cancelled", "lost", "cancelled"],
    )
    assert.deepStrictEqual<unknown>(yield* Future.cancel(three), receipts.finished("raced"))
    assert.strictEqual(yield* lostReason(two), "clientClosed")
  }),
)

it.effect("disconnect returns within its bound when nobody answers anything (R23, G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make({ echoes: false })
    const future = Rig.only(yield* submit())
    const left = yield* leaving(client, { boundMs: 100 })
    yield* TestClock.adjust(99)
    assert.isUndefined(left.pollUnsafe())
    yield* TestClock.adjust(1)
    yield* settle
    assert.isDefined(left.pollUnsafe(), "not a moment after its bound")
    assert.strictEqual((yield* Fiber.join(left)).unconfirmed.length, 1)
    assert.strictEqual(yield* lostReason(future), "clientClosed")
    yield* settle
    assert.strictEqual(scheduler.heardOf("ClientDisconnect").length, 1)
    assert.isDefined(scheduler.gone)
  }),
)

it.effect("a scheduler that does not echo the goodbye holds an idle client up for a second", () =>
  Effect.gen(function* () {
    const { client } = yield* Rig.make({ echoes: false })
    const left = yield* leaving(client)
    yield* TestClock.adjust(999)
    assert.isUndefined(left.pollUnsafe())
    yield* TestClock.adjust(1)
    assert.deepStrictEqual(yield* Fiber.join(left), { unconfirmed: [] })
  }),
)

it.effect("disconnect asked twice joins the first, whatever bound the second names (G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    yield* submit()
    const first = yield* leaving(client, { boundMs: 100 })
    const second = yield* leaving(client, { boundMs: 9_000 })
    yield* TestClock.adjust(100)
    assert.strictEqual(yield* Fiber.join(second), yield* Fiber.join(first))
    assert.strictEqual(yield* client.disconnect(), yield* Fiber.join(first))
    assert.strictEqual(scheduler.heardOf("ClientDisconnect").length, 1)
    assert.deepStrictEqual(scheduler.cancels, [1])
  }),
)

it.effect("nothing is submitted from the first disconnect on (G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    yield* submit()
    const left = yield* leaving(client)
    const early = yield* Effect.flip(client.submit(Rig.work, 1))
    assert.deepInclude(early, { _tag: "ClientClosed", task: "work" })
    scheduler.say(say.stopped(1))
    yield* Fiber.join(left)
    assert.strictEqual((yield* Effect.flip(client.submit(Rig.work, 1)))._tag, "ClientClosed")
    assert.strictEqual((yield* Effect.flip(client.call(Rig.work, 1)))._tag, "ClientClosed")
    assert.strictEqual(scheduler.heardOf("Task").length, 1)
  }),
)

it.effect("a cancel refused while the client closes ends the future lost (R44)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future)
    const left = yield* leaving(client)
    scheduler.say(say.refused(1))
    assert.deepStrictEqual(yield* Fiber.join(asked), receipts.refused)
    assert.deepStrictEqual((yield* Fiber.join(left)).unconfirmed, [future])
    assert.strictEqual(yield* lostReason(future), "clientClosed")
  }),
)

it.effect("a cancel with a longer bound is cut to that of the disconnect (G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future, { boundMs: 60_000 })
    const left = yield* leaving(client, { boundMs: 100 })
    assert.deepStrictEqual(scheduler.cancels, [1])
    yield* TestClock.adjust(100)
    assert.deepStrictEqual(yield* Fiber.join(asked), receipts.unconfirmed(100, 0))
    assert.deepStrictEqual((yield* Fiber.join(left)).unconfirmed, [future])
  }),
)

it.effect("a cancel whose bound had passed is sent again by disconnect (G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = yield* cancelling(future, { boundMs: 10 })
    yield* TestClock.adjust(10)
    yield* Fiber.join(asked)
    const left = yield* leaving(client, { boundMs: 100 })
    assert.deepStrictEqual(scheduler.cancels, [1, 1])
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* Fiber.join(left), { unconfirmed: [] })
    assert.strictEqual(Future.state(future), "cancelled")
  }),
)

it.effect("a connection lost while disconnecting ends each future once, as lost (R24, G1)", () =>
  Effect.gen(function* () {
    const { client, submit, cut } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const seen: Array<string> = []
    yield* Future.onDone(future, ({ _tag }) => seen.push(_tag))
    const left = yield* leaving(client)
    yield* cut
    assert.deepStrictEqual((yield* Fiber.join(left)).unconfirmed, [future])
    assert.strictEqual(yield* lostReason(future), "connectionLost")
    assert.deepStrictEqual(seen, ["Lost"])
  }),
)

it.effect("closing the client's scope disconnects: it stops tasks and waits for that (G7)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, close } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const closing = yield* Effect.forkChild(close, { startImmediately: true })
    yield* settle
    assert.deepStrictEqual(scheduler.cancels, [1])
    assert.isUndefined(closing.pollUnsafe())
    scheduler.say(say.stopped(1))
    yield* Fiber.join(closing)
    yield* settle
    assert.strictEqual(Future.state(future), "cancelled")
    assert.strictEqual(scheduler.heardOf("ClientDisconnect").length, 1)
    assert.isDefined(scheduler.gone)
  }),
)

it.effect("closing the client's scope ends within the client's bound without answers (G8)", () =>
  Effect.gen(function* () {
    const { submit, close } = yield* Rig.make({ cancelBoundMs: 100, echoes: false })
    const future = Rig.only(yield* submit())
    const closing = yield* Effect.forkChild(close, { startImmediately: true })
    yield* TestClock.adjust(100)
    yield* Fiber.join(closing)
    assert.strictEqual(yield* lostReason(future), "clientClosed")
  }),
)

it.effect("giving up the wait for a disconnect does not stop it (G8)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    yield* submit()
    yield* Fiber.interrupt(yield* leaving(client))
    scheduler.say(say.stopped(1))
    assert.deepStrictEqual(yield* client.disconnect(), { unconfirmed: [] })
  }),
)
