/** Frames arrive: all of them, as they were, in order, once, and on a turn of their own. */
import { schedulerPeer } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { alike, frame, numbers, textOf } from "../frames.ts"
import type { Peer, Peers } from "../Peers.ts"
import type { ConformanceTest } from "../Suite.ts"
import { bothWays, sendAll } from "./sending.ts"

const manyFrames = 10_000
const longBytes = 8 * 1_024 * 1_024

/** A hub that has heard of "late", who does not listen yet. */
const withLateListener = (peers: Peers): Effect.Effect<readonly [Peer, Peer], unknown> =>
  Effect.gen(function* () {
    const [hub] = yield* peers.star()
    const late = yield* peers.join("late")
    late.transport.send(hub.name, frame(0))
    yield* peers.until("the hub hears of it", () => hub.told.length > 0)
    return [hub, late] as const
  })

export const deliveryTests: ReadonlyArray<ConformanceTest> = [
  {
    name: "a transport bears the name it joined under",
    run: (peers) =>
      Effect.gen(function* () {
        const hub = yield* peers.transport(schedulerPeer)
        const spoke = yield* peers.transport("a")
        assert.deepEqual([hub.self, spoke.self], [schedulerPeer, "a"])
      }),
  },
  {
    name: "10,000 frames arrive in the order sent, once each",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          yield* sendAll(peers, { from, to, count: manyFrames })
          yield* peers.until("the last has arrived", () => {
            return to.numbersFrom(from.name).at(-1) === manyFrames - 1
          })
          yield* peers.quiet
          alike(to.numbersFrom(from.name), numbers(manyFrames))
          assert.deepEqual(from.told, [])
        }),
      ),
  },
  {
    name: "frames of several peers keep their order and the name of their sender",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, ...spokes] = yield* peers.star("a", "b", "c", "d")
        const count = 500
        yield* Effect.all(
          spokes.flatMap((spoke, index) => {
            const bytes = 4 + index
            return [
              sendAll(peers, { from: spoke, to: hub, count, bytes }),
              sendAll(peers, { from: hub, to: spoke, count, bytes }),
            ]
          }),
          { concurrency: "unbounded" },
        )
        yield* peers.until("all have arrived", () => {
          return spokes.every(({ name, frames }) => {
            return frames.length >= count && hub.numbersFrom(name).length >= count
          })
        })
        yield* peers.quiet
        for (const [index, spoke] of spokes.entries()) {
          const sent = numbers(count).map((n) => textOf(frame(n, 4 + index)))
          const heard = hub.frames.filter(({ from }) => from === spoke.name)
          const texts = heard.map(({ bytes }) => textOf(bytes))
          alike(texts, sent)
          alike(
            spoke.told,
            sent.map((text) => `${schedulerPeer} ${text}`),
          )
        }
      }),
  },
  {
    name: "an empty frame arrives as an empty frame",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          from.transport.send(to.name, frame(1))
          from.transport.send(to.name, new Uint8Array(0))
          from.transport.send(to.name, frame(2))
          yield* peers.until("frame 2 has arrived", () => to.told.includes(`${from.name} 2`))
          assert.deepEqual(to.told, [`${from.name} 1`, `${from.name} empty`, `${from.name} 2`])
        }),
      ),
  },
  {
    name: "a frame of 8 MiB arrives as it was sent, between short ones",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          from.transport.send(to.name, frame(1))
          from.transport.send(to.name, frame(2, longBytes))
          from.transport.send(to.name, frame(3))
          yield* peers.until("frame 3 has arrived", () => to.told.includes(`${from.name} 3`))
          assert.deepEqual(to.told, [
            `${from.name} 1`,
            `${from.name} 2 of ${longBytes}`,
            `${from.name} 3`,
          ])
        }),
      ),
  },
  {
    name: "a frame that is part of a buffer arrives as that part",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          const buffer = new Uint8Array(300).fill(0xff)
          buffer.set(frame(7, 100), 100)
          from.transport.send(to.name, buffer.subarray(100, 200))
          yield* peers.until("it has arrived", () => to.told.length > 0)
          assert.deepEqual(to.told, [`${from.name} 7 of 100`])
        }),
      ),
  },
  {
    name: "a frame that was handed over stays as it is",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          const count = 200
          yield* sendAll(peers, { from, to, count, bytes: 64 })
          yield* peers.until("all have arrived", () => to.frames.length >= count)
          yield* peers.quiet
          alike(
            to.frames.map(({ bytes }) => textOf(bytes)),
            numbers(count).map((n) => `${n} of 64`),
          )
        }),
      ),
  },
  {
    name: "frames that arrive before listen are handed over first, in order",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, late] = yield* withLateListener(peers)
        for (const n of [1, 2, 3]) hub.transport.send("late", frame(n))
        yield* peers.quiet
        late.listen()
        hub.transport.send("late", frame(4))
        yield* peers.until("frame 4 has arrived", () => late.told.includes("scheduler 4"))
        assert.deepEqual(late.told, ["scheduler 1", "scheduler 2", "scheduler 3", "scheduler 4"])
      }),
  },
  {
    name: "a hub that listens late is handed what came first",
    run: (peers) =>
      Effect.gen(function* () {
        const hub = yield* peers.join(schedulerPeer)
        const early = (yield* peers.join("early")).listen()
        for (const n of [1, 2, 3]) early.transport.send(hub.name, frame(n))
        // Nobody can tell when they have arrived; some turns later some have, and the rest follows.
        for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
        hub.listen()
        early.transport.send(hub.name, frame(4))
        yield* peers.until("frame 4 has arrived", () => hub.told.includes("early 4"))
        assert.deepEqual(hub.told, ["early 1", "early 2", "early 3", "early 4"])
      }),
  },
  {
    name: "a listener is never called from inside a method",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, late] = yield* withLateListener(peers)
        hub.transport.send("late", frame(1))
        yield* peers.quiet
        late.listen((_, bytes) => late.transport.send(hub.name, bytes))
        yield* peers.until("it answers", () => hub.told.includes("late 1"))
        hub.transport.send("nobody", frame(2))
        for (let n = 0; n < 20_000 && late.transport.send(hub.name, frame(3)); n++);
        late.transport.disconnect(hub.name)
        yield* peers.until("the hub is told", () => hub.told.includes("late gone"))
        const other = yield* peers.spoke(hub, "other")
        hub.transport.close()
        yield* peers.until("the other is told", () => other.told.length > 0)
        assert.deepEqual(peers.intrusions, [])
      }),
  },
]
