/** Whoever sends what nobody can read loses its session, and nobody else loses anything. */
import { Future } from "@scaler-ts/future"
import { Values, Wire } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import { Assembly } from "../cluster/Assembly.ts"
import { pair } from "../cluster/pair.ts"
import { numbers } from "../frames.ts"
import type { ConformanceTest } from "../Suite.ts"

/** Bytes that are no frame of the protocol, each in a way of its own. */
const garbage: ReadonlyArray<readonly [what: string, bytes: Uint8Array]> = [
  ["nothing at all", new Uint8Array(0)],
  ["a byte that means nothing", Uint8Array.of(0xc1)],
  ["zeros", new Uint8Array(1_024)],
  ["text", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")],
  ["a list that claims four billion items", Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
  ["a frame cut in half", Wire.encode([{ _tag: "Heartbeat" }], 1, 0).slice(0, -2)],
  ["a frame out of order", Wire.encode([{ _tag: "Heartbeat" }], 7, 0)],
  ["a message before hello", Wire.encode([{ _tag: "Heartbeat" }], 1, 0)],
  ["a value and no frame", Values.encode({ hello: "there" })],
]

export const hostileTests: ReadonlyArray<ConformanceTest> = [
  {
    name: "whoever sends garbage to a scheduler loses its session, and everybody else goes on",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        const worker = yield* town.worker("worker")
        const client = yield* town.client("client")
        const inputs = numbers(300)
        const working = yield* Effect.forkChild(
          client.it.map(town.script.tasks.echo, inputs, { concurrency: 20 }),
          { startImmediately: true },
        )
        for (const [index, [what, bytes]] of garbage.entries()) {
          const stranger = yield* town.stranger(`stranger-${index}`)
          stranger.throws(bytes)
          yield* town.until(`the one who sent ${what} is dropped`, () => stranger.isGone)
          const why = stranger.heardOf("ProtocolError")
          assert.equal(why.length, 1, `the one who sent ${what} is told why`)
        }
        const outcomes = yield* Fiber.join(working)
        assert.deepEqual(
          outcomes.map((one) => one._tag === "Succeeded" && one.value),
          inputs,
        )
        const { clients, workers } = town.scheduler.status()
        assert.deepEqual([clients, workers.map(({ name }) => name)], [1, ["worker"]])
        assert.equal(worker.it.status().attempts.running, 0)
      }),
  },
  {
    name: "a client that sends garbage takes only its own tasks with it",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        yield* town.worker("worker", { slots: 2 })
        const client = yield* town.client("client")
        const traitor = yield* town.client("traitor")
        const { held } = town.script.tasks
        yield* traitor.it.submit(held, "theirs")
        const future = yield* client.it.submit(held, "ours")
        yield* town.recorded("began theirs", "began ours")
        traitor.transport.send(town.hub.self, Uint8Array.of(0xc1))
        yield* town.recorded("stopped theirs")
        yield* town.until("it is dropped", () => town.scheduler.status().clients === 1)
        town.script.finish("ours")
        assert.equal(yield* Future.await(future), "ours")
      }),
  },
  {
    name: "what a worker runs that sends garbage is run by another",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, workerPart: traitor, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        yield* town.worker("other")
        traitor.transport.send(town.hub.self, Uint8Array.of(0xc1))
        yield* town.recorded("stopped work")
        yield* town.until("it is run again", () => town.script.running === 1)
        town.script.finish("work")
        assert.equal(yield* Future.await(future), "work")
        assert.notEqual(yield* traitor.it.left, "")
      }),
  },
]
