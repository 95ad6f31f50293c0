/** Ordinary work: results, streams of them, many who ask and many who run. */
import { Future } from "@scaler-ts/future"
import { asCompleted } from "@scaler-ts/future/stream"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import assert from "node:assert/strict"
import { numbers } from "../frames.ts"
import type { ConformanceTest } from "../Suite.ts"
import { Assembly } from "./Assembly.ts"
import { pair } from "./pair.ts"

const longBytes = 8 * 1_024 * 1_024

export const workTests: ReadonlyArray<ConformanceTest> = [
  {
    name: "values cross as they are, empty and of 8 MiB",
    run: (peers) =>
      Effect.gen(function* () {
        const { client, tasks } = yield* pair(peers)
        const values = [undefined, null, "", 0, [], new Uint8Array(0), { a: [1, "two"] }]
        for (const value of values) assert.deepEqual(yield* client.call(tasks.echo, value), value)
        const long = new Uint8Array(longBytes).map((_, i) => i % 251)
        const echoed = yield* client.call(tasks.echo, long)
        assert.ok(echoed instanceof Uint8Array, "bytes come back as bytes")
        const wrong = long.findIndex((byte, i) => echoed[i] !== byte)
        assert.deepEqual([echoed.length, wrong], [longBytes, -1], "every byte as it was")
      }),
  },
  {
    name: "map succeeds with every end, in the order of the inputs",
    run: (peers) =>
      Effect.gen(function* () {
        const { client, tasks } = yield* pair(peers, { slots: 4 })
        const inputs = numbers(500)
        const outcomes = yield* client.map(tasks.echo, inputs, { concurrency: 50 })
        assert.deepEqual(
          outcomes.map((one) => one._tag === "Succeeded" && one.value),
          inputs,
        )
        const failed = yield* client.map(tasks.throws, ["a", "b"])
        assert.deepEqual(
          failed.map((one) => one._tag === "Failed" && one.error._tag),
          ["TaskFailed", "TaskFailed"],
        )
      }),
  },
  {
    name: "asCompleted yields futures in the order they end, cancelled ones too",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers, { slots: 3 })
        const names = ["a", "b", "c"]
        const futures = yield* Effect.forEach(names, (name) => client.submit(tasks.held, name))
        const [a, b, c] = futures
        assert.ok(a !== undefined && b !== undefined && c !== undefined)
        yield* town.recorded("began a", "began b", "began c")
        const ended = yield* Effect.forkChild(Stream.runCollect(asCompleted(futures)), {
          startImmediately: true,
        })
        town.script.finish("c")
        yield* Future.await(c)
        yield* Future.cancel(a)
        town.script.finish("b")
        assert.deepEqual(
          [...(yield* Fiber.join(ended))].map((future) => future.number),
          [c.number, a.number, b.number],
        )
      }),
  },
  {
    name: "what a task logs and tells of its progress arrives in order, before its end",
    run: (peers) =>
      Effect.gen(function* () {
        const { client, tasks } = yield* pair(peers)
        const lines: Array<string> = []
        const fractions: Array<number> = []
        const value = yield* client.call(tasks.talk, 4, {
          onLog: (line) => lines.push(line),
          onProgress: (fraction) => fractions.push(fraction),
        })
        assert.equal(value, "said")
        assert.deepEqual(lines, ["line 0", "line 1", "line 2", "line 3"])
        assert.deepEqual(fractions.at(-1), 0.75)
        assert.deepEqual(fractions, fractions.toSorted((one, other) => one - other)) // oxfmt-ignore
      }),
  },
  {
    name: "a client that does not listen holds nobody else up",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers, { slots: 4 })
        const deaf = yield* town.mute("deaf")
        deaf.says({ _tag: "ClientHello", session: "deaf" })
        yield* town.until("it is known", () => town.scheduler.status().clients === 2)
        const heartbeats = 2_000
        for (let beat = 0; beat < heartbeats; beat++) {
          deaf.says({ _tag: "Heartbeat" })
          if (beat % 10 === 0) yield* Effect.yieldNow
        }
        const inputs = numbers(100)
        const outcomes = yield* client.map(tasks.echo, inputs, { concurrency: 10 })
        assert.deepEqual(
          outcomes.map((one) => one._tag === "Succeeded" && one.value),
          inputs,
        )
        // It listens after all, and hears an answer to everything: nothing was lost meanwhile.
        deaf.listen()
        yield* town.until("it has heard everything", () => {
          return deaf.heardOf("HeartbeatEcho").length === heartbeats
        })
      }),
  },
  {
    name: "six clients and four workers: everybody gets what they asked for",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        for (const n of numbers(4)) yield* town.worker(`worker-${n}`, { slots: 3, prefetch: n % 2 })
        const clients = yield* Effect.forEach(numbers(6), (n) => town.client(`client-${n}`))
        yield* Effect.forEach(
          clients,
          (client, index) =>
            Effect.gen(function* () {
              const inputs = numbers(200, 1_000 * index)
              const outcomes = yield* client.it.map(town.script.tasks.echo, inputs)
              assert.deepEqual(
                outcomes.map((one) => one._tag === "Succeeded" && one.value),
                inputs,
              )
            }),
          { concurrency: "unbounded", discard: true },
        )
        yield* town.rest
        assert.equal(town.scheduler.status().workers.length, 4)
      }),
  },
]
