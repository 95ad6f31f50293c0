import { assert, it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import type { ClientReceiver, ClientSession, Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as say from "../support/messages.ts"
import { work } from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

/** A session as an adapter to a foreign cluster writes it: no wire, no link, no confirm that says how. */
class ForeignSession implements ClientSession {
  readonly sent: Array<Message.ClientToScheduler> = []
  closed = 0
  private opened: ClientReceiver | undefined

  open(receiver: ClientReceiver): void {
    this.opened = receiver
  }

  send(message: Message.ClientToScheduler): void {
    this.sent.push(message)
    if (message._tag === "ClientHello") {
      this.receiver.receive([{ _tag: "HelloEcho", session: message.session, scheduler: "foreign" }])
    }
    if (message._tag === "ClientDisconnect") {
      this.receiver.receive([{ _tag: "ClientDisconnectEcho" }])
    }
  }

  close(): void {
    this.closed++
  }

  get receiver(): ClientReceiver {
    if (this.opened === undefined) throw new Error("the session has not been opened")
    return this.opened
  }
}

const connected: Effect.Effect<
  { readonly session: ForeignSession; readonly client: Client },
  never,
  Scope.Scope
> = Effect.gen(function* () {
  const session = new ForeignSession()
  const client = yield* Effect.orDie(Client.make(session))
  yield* Effect.addFinalizer(() => Effect.sync(() => session.receiver.lost("end of the test")))
  return { session, client }
})

const unknownStop = {
  _tag: "Stopped",
  how: "unknown",
  worker: "",
  attempt: 0,
  stopMs: 0,
  cancelled: true,
}

it.effect("setCanceled confirms a cancel without saying how the task stopped (G2)", () =>
  Effect.gen(function* () {
    const { session, client } = yield* connected
    const future = yield* client.submit(work, 1)
    const asked = yield* Effect.forkChild(Future.cancel(future), { startImmediately: true })
    session.receiver.setCanceled(1)
    const receipt = yield* Fiber.join(asked)
    assert.deepEqual<unknown>(receipt, unknownStop)
    assert.deepStrictEqual(yield* Future.outcome(future), { _tag: "Cancelled", receipt })
    assert.strictEqual(session.sent.filter(({ _tag }) => _tag === "TaskCancel").length, 1)
  }),
)

it.effect("setCanceled of a task nobody here cancelled ends it cancelled (G1)", () =>
  Effect.gen(function* () {
    const { session, client } = yield* connected
    const future = yield* client.submit(work, 1)
    session.receiver.setCanceled(1)
    assert.strictEqual(Future.state(future), "cancelled")
    assert.deepStrictEqual(yield* Future.outcome(future), { _tag: "Cancelled", receipt: undefined })
  }),
)

it.effect("setCanceled of a task that is not known is counted and harms nobody (G9)", () =>
  Effect.gen(function* () {
    const { session, client } = yield* connected
    const future = yield* client.submit(work, 1)
    session.receiver.setCanceled(99)
    assert.strictEqual(Future.state(future), "pending")
    assert.deepStrictEqual((yield* client.status).ignored, { unknownTask: 1 })
  }),
)

it.effect("setCanceled twice ends the future once and is counted the second time (G1, R20)", () =>
  Effect.gen(function* () {
    const { session, client } = yield* connected
    const future = yield* client.submit(work, 1)
    const seen: Array<string> = []
    yield* Future.onDone(future, ({ _tag }) => seen.push(_tag))
    session.receiver.setCanceled(1)
    session.receiver.setCanceled(1)
    yield* settle
    assert.deepStrictEqual(seen, ["Cancelled"])
    assert.deepStrictEqual((yield* client.status).ignored, { confirmAfterEnd: 1 })
  }),
)

it.effect("a foreign session's results and loss reach the futures (G5)", () =>
  Effect.gen(function* () {
    const { session, client } = yield* connected
    const [one, two] = [yield* client.submit(work, 1), yield* client.submit(work, 2)]
    session.receiver.receive([say.succeeded(1, 10)])
    session.receiver.lost("the foreign cluster is gone")
    assert.strictEqual(yield* Future.await(one), 10)
    const error = yield* Effect.flip(Future.await(two))
    assert.deepInclude(error, { _tag: "TaskLost", reason: "connectionLost" })
    assert.include(error.message, "the foreign cluster is gone")
  }),
)

it.effect("a client that leaves closes its session once (G7)", () =>
  Effect.gen(function* () {
    const { session, client } = yield* connected
    yield* client.disconnect()
    yield* client.disconnect()
    assert.strictEqual(session.closed, 1)
  }),
)
