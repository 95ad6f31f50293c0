/** Peers that say nothing any more, and have not left. */
import { Wire } from "@scaler-ts/protocol"
import { Scheduler } from "@scaler-ts/scheduler"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { clientOn, HandPeer, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { taskOf } from "./support/Rig.ts"

const pass = (ms: number) => Effect.andThen(TestClock.adjust(ms), turns)

it.effect(
  "a peer that is silent for too long has no connection any more, and then no session (R25)",
  () =>
    Effect.gen(function* () {
      const transport = new HandTransport()
      const scheduler = yield* Scheduler.make(transport)
      const worker = workerOn(transport, "w")
      const client = clientOn(transport, "c").say(taskOf(1))
      for (let beats = 0; beats < 3; beats++) {
        yield* pass(5_000)
        client.say({ _tag: "Heartbeat" })
      }
      yield* turns
      const [state] = scheduler.status().workers
      assert.deepEqual([worker.news().at(-1), state?.away, state?.held], ["gone", true, 1])
      const other = workerOn(transport, "other")
      yield* pass(5_000)
      client.say({ _tag: "Heartbeat" })
      other.say({ _tag: "Heartbeat" })
      yield* pass(5_000)
      assert.deepEqual(other.news(), ["HelloEcho", "HeartbeatEcho", "Task 1.2"])
    }),
)

it.effect("one that says anything is there", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport)
    const client = clientOn(transport, "c")
    for (let task = 1; task <= 20; task++) {
      yield* pass(14_999)
      client.say(taskOf(task))
    }
    assert.deepEqual([scheduler.status().clients, scheduler.status().tasks.queued], [1, 20])
  }),
)

it.effect("a silent peer whose session cannot be resumed is told why, as far as it hears", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport, { resumeMs: 0, silenceMs: 300 })
    const client = clientOn(transport, "c")
    yield* pass(300)
    const why = "ProtocolError: nothing was heard for 300 ms"
    assert.deepEqual(client.news(), ["HelloEcho", why, "gone"])
    assert.equal(scheduler.status().clients, 0)
  }),
)

it.effect("who connects and never says hello is not waited for", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    yield* Scheduler.make(transport)
    const mute = new HandPeer(transport, "mute")
    mute.sendRaw(Wire.encode([], 1, 0))
    yield* pass(15_000)
    assert.equal(mute.news().at(-1), "gone")
  }),
)

it.effect(
  "who has left is looked for no more, and does nobody harm who comes under the same name",
  () =>
    Effect.gen(function* () {
      const transport = new HandTransport()
      const scheduler = yield* Scheduler.make(transport)
      clientOn(transport, "c").say({ _tag: "ClientDisconnect" })
      yield* pass(10_000)
      const next = clientOn(transport, "c")
      for (let beats = 0; beats < 10; beats++) {
        yield* pass(5_000)
        next.say({ _tag: "Heartbeat" })
      }
      yield* turns
      assert.equal(next.news().includes("gone"), false)
      assert.equal(scheduler.status().clients, 1)
    }),
)
