// A scheduler that talks nonsense loses its client within a bound, and the client waits for nothing (G8, G10).
import { assert, it } from "@effect/vitest"
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, Future } from "@scaler-ts/future"
import { clientOverWire, type Message, resumeMsDefault, schedulerPeer } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { settle, until } from "../support/turns.ts"
import { Puppet } from "./Puppet.ts"

const { square } = defineTasks(import.meta.url, { square: (n: number) => n * n })

const heartbeatEcho: Message.Message = { _tag: "HeartbeatEcho" }

/** A client with a pending future, and the scheduler it believes in. */
const deceived = Effect.gen(function* () {
  const loop = yield* Loop.make
  const network = yield* MemoryNetwork.make()
  const scheduler = new Puppet(network, schedulerPeer, "client")
  const transport = yield* MemoryTransport.make(network, "client")
  const connecting = yield* Effect.forkChild(
    Client.make(clientOverWire(transport, loop, schedulerPeer)),
    { startImmediately: true },
  )
  yield* until("it says hello", () => scheduler.heardOf("ClientHello").length === 1)
  scheduler.says(1, 1, { _tag: "HelloEcho", session: "s", scheduler: schedulerPeer })
  const client = yield* Fiber.join(connecting)
  // The end of a client would wait for its answer, and no time passes.
  const over: Message.Message = { _tag: "ProtocolError", reason: "the test is over" }
  yield* Effect.addFinalizer(() => Effect.andThen(Effect.sync(() => scheduler.says(1, 0, over)), settle)) // oxfmt-ignore
  const future = yield* client.submit(square, 3)
  yield* until("it has its task", () => scheduler.heardOf("Task").length === 1)
  scheduler.heard.length = 0
  return { scheduler, client, future }
})

/** Why a future is lost, as soon as time has passed that long. */
const lostWithin = (future: Future.Future<number>, ms: number): Effect.Effect<string, unknown> =>
  Effect.gen(function* () {
    const outcome = yield* Effect.forkChild(Future.outcome(future), { startImmediately: true })
    for (let passed = 0; passed <= ms; passed += 100) {
      yield* settle
      if (Future.state(future) === "lost") break
      yield* TestClock.adjust(Math.min(100, ms - passed))
    }
    yield* settle
    assert.strictEqual(Future.state(future), "lost")
    const end = yield* Fiber.join(outcome)
    return end._tag === "Lost" ? end.error.message : end._tag
  })

it.effect("a scheduler that acknowledges what was never sent loses its client at once", () =>
  Effect.gen(function* () {
    const { scheduler, client, future } = yield* deceived
    scheduler.says(2, 1_000_000, heartbeatEcho)
    assert.match(yield* lostWithin(future, 0), /frame 1000000 was never sent/)
    yield* until("it is told why", () => scheduler.isGone)
    assert.match(scheduler.heardOf("ProtocolError")[0]?.reason ?? "", /was never sent/)
    assert.strictEqual((yield* Effect.flip(client.submit(square, 1)))._tag, "ConnectionLost")
  }),
)

it.effect("a scheduler that answers every hello with a gap loses its client within the bound", () =>
  Effect.gen(function* () {
    const { scheduler, future } = yield* deceived
    scheduler.onNews = () => {
      if (scheduler.heardOf("ClientHello").length > 0) scheduler.says(99, 1, heartbeatEcho)
    }
    scheduler.says(50, 1, heartbeatEcho)
    assert.match(yield* lostWithin(future, resumeMsDefault), /could not be resumed in time/)
    assert.strictEqual(scheduler.heardOf("ClientHello").length, 2, "asked again after 5 s, no more")
  }),
)

it.effect(
  "a scheduler that drops whoever says hello again is asked less and less, until the bound",
  () =>
    Effect.gen(function* () {
      const { scheduler, future } = yield* deceived
      scheduler.onNews = () => {
        const last = scheduler.heard.at(-1)
        if (last === "gone" || typeof last !== "object" || last._tag !== "ClientHello") return
        scheduler.says(99, 1, heartbeatEcho).disconnect()
      }
      scheduler.disconnect()
      assert.match(yield* lostWithin(future, resumeMsDefault), /could not be resumed in time/)
      const asked = scheduler.heardOf("ClientHello").length
      assert.isAtLeast(asked, 4)
      assert.isAtMost(asked, 12)
    }),
)

it.effect(
  "a scheduler that acknowledges backwards, and says everything twice, changes nothing",
  () =>
    Effect.gen(function* () {
      const { scheduler, client, future } = yield* deceived
      for (let number = 2; number < 100; number++) {
        scheduler.says(number, number % 2, heartbeatEcho).says(number, 0, heartbeatEcho)
      }
      yield* settle
      assert.strictEqual(Future.state(future), "pending")
      assert.strictEqual((yield* client.status).futures.pending, 1)
      assert.deepStrictEqual(scheduler.heardOf("ProtocolError"), [])
      scheduler.says(100, 1, { _tag: "ProtocolError", reason: "that was all" })
      assert.match(yield* lostWithin(future, 0), /that was all/)
    }),
)
