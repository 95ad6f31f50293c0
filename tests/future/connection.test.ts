import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { assert, it } from "@effect/vitest"
import { Client, Future, TaskLost } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

const atRest = { pending: 0, running: 0, cancelling: 0 }

it.effect("a connection that is gone for good ends every pending future lost (G5)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler, cut } = yield* Rig.make()
    const futures = yield* submit(3)
    scheduler.say(say.started(2))
    yield* settle
    yield* cut
    for (const future of futures) {
      const error = yield* Effect.flip(Future.await(future))
      assert.deepInclude(error, { _tag: "TaskLost", reason: "connectionLost" })
      assert.include(error.message, "the connection was cut")
      assert.strictEqual(Future.state(future), "lost")
    }
    assert.deepStrictEqual((yield* client.status).futures, atRest)
  }),
)

it.effect("a connection that is gone answers the cancels under way with Unconfirmed (G4, G8)", () =>
  Effect.gen(function* () {
    const { submit, cancelling, cut, client } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const asked = [yield* cancelling(future), yield* cancelling(future)]
    yield* TestClock.adjust(20)
    yield* cut
    for (const receipt of yield* Fiber.joinAll(asked)) {
      assert.deepStrictEqual(receipt, receipts.unconfirmed(20, 0))
    }
    const outcome = yield* Future.outcome(future)
    assert.isTrue(outcome._tag === "Lost" && outcome.error instanceof TaskLost)
    assert.deepStrictEqual((yield* client.status).futures, atRest)
    yield* TestClock.adjust(60_000)
    assert.deepStrictEqual((yield* client.status).ignored, {}, "G7: no bound is left")
  }),
)

it.effect("a cancel after the connection is gone gives the receipt that ended it (R43)", () =>
  Effect.gen(function* () {
    const { submit, cancelling, cut } = yield* Rig.make()
    const [one, two] = yield* submit(2)
    if (one === undefined || two === undefined) return assert.fail()
    const asked = yield* cancelling(one)
    yield* cut
    assert.strictEqual(yield* Future.cancel(one), yield* Fiber.join(asked))
    const outcome = yield* Future.outcome(two)
    assert.deepStrictEqual(yield* Future.cancel(two), receipts.alreadyDone(outcome))
  }),
)

it.effect("nothing is submitted once the connection is gone, and the error says why (G5)", () =>
  Effect.gen(function* () {
    const { client, cut } = yield* Rig.make()
    yield* cut
    const error = yield* Effect.flip(client.submit(Rig.work, 1))
    assert.deepInclude(error, { _tag: "ConnectionLost", reason: "the connection was cut" })
    assert.include(error.message, "make a new client")
    assert.strictEqual((yield* Effect.flip(client.call(Rig.work, 1)))._tag, "ConnectionLost")
    assert.deepStrictEqual(yield* client.disconnect(), { unconfirmed: [] })
  }),
)

it.effect("a ProtocolError ends the session: futures are lost with its reason (G5)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    scheduler.say({ _tag: "ProtocolError", reason: "you were declared lost" }, say.succeeded(1))
    const error = yield* Effect.flip(Future.await(future))
    assert.include(error.message, "you were declared lost")
    assert.strictEqual((yield* Effect.flip(client.submit(Rig.work, 1)))._tag, "ConnectionLost")
  }),
)

it.effect("connecting to nobody fails at once, and says whom to start (G8)", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const transport = MemoryTransport.layer(network, "client")
    const layer = Client.layerWith({ scheduler: "nobody" }).pipe(Layer.provide(transport))
    const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
    assert.deepInclude(error, { _tag: "ConnectionFailed", scheduler: "nobody" })
    assert.include(error.message, 'nobody named "nobody" is there; start it first')
  }),
)

it.effect("connecting to a scheduler that is silent fails when its bound has passed (G8)", () =>
  Effect.gen(function* () {
    const { connect, scheduler } = yield* Rig.bare({ greets: false, connectMs: 200 })
    const asked = yield* Effect.forkChild(Effect.flip(connect), { startImmediately: true })
    yield* TestClock.adjust(199)
    assert.isUndefined(asked.pollUnsafe())
    yield* TestClock.adjust(1)
    const error = yield* Fiber.join(asked)
    assert.deepInclude(error, { _tag: "ConnectionFailed", scheduler: "scheduler" })
    assert.include(error.message, "no answer within 200 ms; is it running?")
    yield* settle
    assert.isDefined(scheduler.gone, "G7: the session is closed")
  }),
)

it.effect("connecting to a scheduler that refuses fails with its reason (G8)", () =>
  Effect.gen(function* () {
    const { connect, scheduler } = yield* Rig.bare({ greets: false })
    const asked = yield* Effect.forkChild(Effect.flip(connect), { startImmediately: true })
    yield* settle
    scheduler.say({ _tag: "ProtocolError", reason: "version 1 cannot speak to version 2" })
    const error = yield* Fiber.join(asked)
    assert.deepInclude(error, { reason: "version 1 cannot speak to version 2" })
    assert.include(error.message, '"scheduler"')
  }),
)

it.effect("giving up connecting leaves nothing behind (G7)", () =>
  Effect.gen(function* () {
    const { connect, scheduler } = yield* Rig.bare({ greets: false })
    const asked = yield* Effect.forkChild(connect, { startImmediately: true })
    yield* settle
    yield* Fiber.interrupt(asked)
    yield* settle
    assert.isDefined(scheduler.gone)
  }),
)

it.effect("a client's first message is its hello, and no two clients share a session (G9)", () =>
  Effect.gen(function* () {
    const [one, two] = [yield* Rig.make(), yield* Rig.make()]
    const sessions = [one, two].map(({ scheduler }) => scheduler.heardOf("ClientHello")[0]?.session)
    assert.strictEqual(one.scheduler.heard[0]?._tag, "ClientHello")
    assert.strictEqual(new Set(sessions).size, 2)
  }),
)
