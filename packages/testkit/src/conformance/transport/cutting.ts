/** The connection of two living peers breaks: both are told, and what follows is a new conversation. */
import { schedulerPeer } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { alike, frame, numbers } from "../frames.ts"
import type { Peer, Peers } from "../Peers.ts"
import type { ConformanceTest } from "../Suite.ts"
import { fill, sendAll } from "./sending.ts"

/** Breaks the connection of hub and spoke, and waits until both have been told. */
const cut = (peers: Peers, hub: Peer, spoke: Peer): Effect.Effect<void, unknown> =>
  Effect.andThen(peers.cut(hub.name, spoke.name), bothTold(peers, hub, spoke))

const bothTold = (peers: Peers, hub: Peer, spoke: Peer): Effect.Effect<void, unknown> =>
  peers.until("both ends are told", () => isTold(hub, spoke) && isTold(spoke, hub))

const isTold = (one: Peer, other: Peer): boolean => one.told.includes(`${other.name} gone`)

/** What `to` was told of `from` is the beginning of these frames, and then that it is gone. */
const beginningOf = (to: Peer, from: Peer, sent: ReadonlyArray<number>): void => {
  const arrived = to.numbersFrom(from.name).length
  alike(to.told, [...sent.slice(0, arrived).map((n) => `${from.name} ${n}`), `${from.name} gone`])
}

/** Hub and one spoke. */
const two = (peers: Peers): Effect.Effect<readonly [hub: Peer, spoke: Peer], unknown> =>
  Effect.gen(function* () {
    const [hub] = yield* peers.star()
    return [hub, yield* peers.spoke(hub, "a")] as const
  })

const news: ReadonlyArray<Omit<ConformanceTest, "cuts">> = [
  {
    name: "both ends of a connection that is cut are told, once, and why",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* two(peers)
        yield* cut(peers, hub, a)
        yield* peers.quiet
        assert.deepEqual([hub.told, a.told], [["a gone"], ["scheduler gone"]])
        for (const reason of [...hub.reasons, ...a.reasons]) assert.notEqual(reason, "")
      }),
  },
  {
    name: "a connection that is cut leaves the others alone",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a, b] = yield* peers.star("a", "b")
        assert.ok(a !== undefined && b !== undefined)
        b.transport.send(hub.name, frame(1))
        hub.transport.send("b", frame(2))
        yield* cut(peers, hub, a)
        b.transport.send(hub.name, frame(3))
        hub.transport.send("b", frame(4))
        yield* peers.until("frames cross", () => {
          return hub.told.includes("b 3") && b.told.includes("scheduler 4")
        })
        yield* peers.quiet
        assert.deepEqual(
          hub.told.filter((what) => what !== "a gone"),
          ["b 1", "b 3"],
        )
        assert.deepEqual(b.told, ["scheduler 2", "scheduler 4"])
      }),
  },
  {
    name: "what a cut lost is the end of what was sent, and no frame follows gone",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* two(peers)
        const sent = numbers(20)
        for (const [from, to] of [
          [hub, a],
          [a, hub],
        ] as const) {
          // oxfmt-ignore
          for (const n of sent.slice(0, 10)) from.transport.send(to.name, frame(n))
          yield* peers.until("they arrive", () => to.frames.length === 10)
        }
        for (const n of sent.slice(10)) {
          hub.transport.send("a", frame(n))
          a.transport.send(hub.name, frame(n))
        }
        yield* cut(peers, hub, a)
        yield* peers.quiet
        beginningOf(hub, a, sent)
        beginningOf(a, hub, sent)
      }),
  },
]

const anew: ReadonlyArray<Omit<ConformanceTest, "cuts">> = [
  {
    name: "who speaks after a cut begins a new conversation, with nothing of the old one",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* two(peers)
        const count = 500
        for (let cuts = 0; cuts < 5; cuts++) {
          const old = numbers(10, 1_000 * (cuts + 1))
          for (const n of old) {
            hub.transport.send("a", frame(n))
            a.transport.send(hub.name, frame(n))
          }
          yield* cut(peers, hub, a)
          beginningOf(hub, a, old)
          beginningOf(a, hub, old)
          hub.clear()
          a.clear()
          // Only the spoke can begin: not every hub knows how to dial.
          yield* sendAll(peers, { from: a, to: hub, count })
          yield* peers.until("the hub hears it", () => hub.frames.length > 0)
          yield* sendAll(peers, { from: hub, to: a, count })
          yield* peers.until(
            "all arrive",
            () => Math.min(hub.frames.length, a.frames.length) >= count,
          )
          yield* peers.quiet
          alike(
            hub.told,
            numbers(count).map((n) => `a ${n}`),
          )
          alike(
            a.told,
            numbers(count).map((n) => `${schedulerPeer} ${n}`),
          )
          hub.clear()
          a.clear()
        }
      }),
  },
  {
    name: "what is sent between a cut and the news of it is lost, and not delivered later",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* two(peers)
        yield* peers.cut(hub.name, a.name)
        for (const [from, to] of [
          [hub, a],
          [a, hub],
        ] as const) {
          // oxfmt-ignore
          // A network may have told them by now, and then what they say is said anew.
          for (const n of [1, 2, 3]) if (!isTold(from, to)) from.transport.send(to.name, frame(n))
        }
        yield* bothTold(peers, hub, a)
        a.transport.send(hub.name, frame(4))
        yield* peers.until("the hub hears it", () => hub.told.includes("a 4"))
        hub.transport.send("a", frame(5))
        yield* peers.until("it is answered", () => a.told.includes("scheduler 5"))
        yield* peers.quiet
        assert.deepEqual(hub.told, ["a gone", "a 4"])
        assert.deepEqual(a.told, ["scheduler gone", "scheduler 5"])
      }),
  },
  {
    name: "whoever is spoken to anew is told first that the other was gone",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* two(peers)
        yield* peers.cut(hub.name, a.name)
        yield* peers.until("the spoke is told", () => isTold(a, hub))
        a.transport.send(hub.name, frame(1))
        yield* peers.until("the hub hears it", () => hub.told.includes("a 1"))
        yield* peers.quiet
        assert.deepEqual([hub.told, a.told], [["a gone", "a 1"], ["scheduler gone"]])
      }),
  },
  {
    name: "an outbox that was full when its connection was cut takes frames in the next one",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* two(peers)
        yield* fill(a, hub.name)
        yield* fill(hub, "a")
        yield* cut(peers, hub, a)
        assert.equal(a.transport.send(hub.name, frame(1_000_000)), true)
        yield* peers.until("the hub hears it", () => hub.told.includes("a 1000000"))
        assert.equal(hub.transport.send("a", frame(1_000_000)), true)
        yield* peers.until("it is answered", () => a.told.includes("scheduler 1000000"))
      }),
  },
]

export const cuttingTests: ReadonlyArray<ConformanceTest> = [...news, ...anew].map((test) => ({
  ...test,
  cuts: true,
}))
