/** Peers part, close, crash and come back, and everybody is told what they have to know. */
import { schedulerPeer } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { frame, numbers } from "../frames.ts"
import type { Peer } from "../Peers.ts"
import type { ConformanceTest } from "../Suite.ts"

const several = numbers(10, 1)

/** Frames 1 to 10 of somebody, and that they are gone. */
const allOf = (name: string): ReadonlyArray<string> => [
  ...several.map((n) => `${name} ${n}`),
  `${name} gone`,
]

const parting: ReadonlyArray<ConformanceTest> = [
  {
    name: "disconnect delivers what was sent before, then says gone, once",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a, b] = yield* peers.star("a", "b")
        assert.ok(a !== undefined && b !== undefined)
        for (const n of several) a.transport.send(hub.name, frame(n))
        a.transport.disconnect(hub.name)
        for (const n of several) hub.transport.send("b", frame(n))
        hub.transport.disconnect("b")
        yield* peers.until("both are told", () => {
          return hub.told.includes("a gone") && b.told.includes("scheduler gone")
        })
        yield* peers.quiet
        assert.deepEqual([hub.told, b.told], [allOf("a"), allOf(schedulerPeer)])
        assert.deepEqual(a.told, [], "the one who left is told nothing")
        for (const reason of [...hub.reasons, ...b.reasons]) assert.notEqual(reason, "")
      }),
  },
  {
    name: "disconnecting from one peer leaves the others alone",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, , b] = yield* peers.star("a", "b")
        hub.transport.disconnect("a")
        hub.transport.disconnect("nobody")
        hub.transport.send("b", frame(1))
        b?.transport.send(hub.name, frame(2))
        yield* peers.until("frames cross", () => hub.told.includes("b 2"))
        yield* peers.until("frames cross", () => b?.told.includes("scheduler 1") === true)
        yield* peers.quiet
        assert.deepEqual([hub.told, b?.told], [["b 2"], ["scheduler 1"]])
      }),
  },
  {
    name: "who has disconnected hears nothing more of that conversation",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub] = yield* peers.star()
        const a = yield* peers.spoke(hub, "a", () => a.transport.disconnect(hub.name))
        for (const n of several) hub.transport.send("a", frame(n))
        yield* peers.until("the hub is told", () => hub.told.includes("a gone"))
        yield* peers.quiet
        assert.deepEqual(a.told, ["scheduler 1"])
      }),
  },
  {
    name: "close parts from everybody after what was sent before",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, ...spokes] = yield* peers.star("a", "b", "c")
        for (const { name } of spokes) for (const n of several) hub.transport.send(name, frame(n))
        hub.transport.close()
        for (const spoke of spokes) {
          yield* peers.until(`${spoke.name} is told`, () => spoke.told.includes("scheduler gone"))
          assert.deepEqual(spoke.told, allOf(schedulerPeer))
        }
        assert.deepEqual(hub.told, [])
      }),
  },
  {
    name: "what is asked of a closed transport does nothing",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub] = yield* peers.star()
        const a = yield* peers.spoke(hub, "a", () => a.transport.close())
        for (const n of several) hub.transport.send("a", frame(n))
        yield* peers.until("the hub is told", () => hub.told.includes("a gone"))
        assert.equal(a.transport.send(hub.name, frame(1)), true, "dropped, not refused")
        a.transport.disconnect(hub.name)
        a.transport.close()
        yield* peers.quiet
        assert.deepEqual([hub.told, a.told], [["a gone"], ["scheduler 1"]])
      }),
  },
]

const crashing: ReadonlyArray<ConformanceTest> = [
  {
    name: "a peer that crashes is gone, once, and everybody else goes on",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a, b] = yield* peers.star("a", "b")
        assert.ok(a !== undefined && b !== undefined)
        yield* peers.crash(a.transport)
        yield* peers.until("the hub is told", () => hub.told.includes("a gone"))
        b.transport.send(hub.name, frame(1))
        yield* peers.until("the other is heard", () => hub.told.includes("b 1"))
        yield* peers.quiet
        assert.deepEqual([hub.told, a.told, b.told], [["a gone", "b 1"], [], []])
        assert.notEqual(hub.reasons[0], "", "it is said why")
      }),
  },
  {
    name: "everybody is told when the hub crashes",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, ...spokes] = yield* peers.star("a", "b", "c")
        yield* peers.crash(hub.transport)
        yield* peers.until("all are told", () => spokes.every(({ told }) => told.length > 0))
        for (const { told } of spokes) assert.deepEqual(told, ["scheduler gone"])
      }),
  },
  {
    name: "what a crash lost is the end of what was sent, and no frame follows gone",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* peers.star("a")
        assert.ok(a !== undefined)
        for (const n of several) a.transport.send(hub.name, frame(n))
        yield* peers.crash(a.transport)
        yield* peers.until("the hub is told", () => hub.told.includes("a gone"))
        yield* peers.quiet
        const arrived = hub.frames.length
        assert.deepEqual(hub.told, [...allOf("a").slice(0, arrived), "a gone"])
      }),
  },
  {
    name: "frames to a peer that is gone are dropped and fill no outbox",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a, b] = yield* peers.star("a", "b")
        assert.ok(a !== undefined && b !== undefined)
        const gone = Effect.fnUntraced(function* (from: Peer, to: Peer) {
          yield* peers.crash(to.transport)
          yield* peers.until("it is told", () => from.told.includes(`${to.name} gone`))
          for (let n = 0; n < 5_000; n++) {
            assert.equal(from.transport.send(to.name, frame(n)), true, `frame ${n} is dropped`)
          }
        })
        yield* gone(hub, a)
        yield* gone(b, hub)
      }),
  },
  {
    name: "who sends to nobody is told that nobody is there",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* peers.star("a")
        hub.transport.send("nobody", frame(1))
        yield* peers.until("it is told", () => hub.told.length > 0)
        yield* peers.quiet
        assert.deepEqual([hub.told, a?.told], [["nobody gone"], []])
      }),
  },
]

const returning: ReadonlyArray<ConformanceTest> = [
  {
    name: "a peer that comes back under its name begins a new conversation",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* peers.star("a")
        a?.transport.send(hub.name, frame(1))
        a?.transport.close()
        const again = (yield* peers.join("a")).listen()
        again.transport.send(hub.name, frame(2))
        yield* peers.until("it is heard", () => hub.told.includes("a 2"))
        assert.deepEqual(hub.told, ["a 1", "a gone", "a 2"])
        hub.transport.send("a", frame(3))
        yield* peers.until("it hears", () => again.told.length > 0)
        yield* peers.quiet
        assert.deepEqual([again.told, a?.told], [["scheduler 3"], []])
      }),
  },
  {
    name: "a peer that comes back after a crash begins a new conversation",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* peers.star("a")
        assert.ok(a !== undefined)
        yield* peers.crash(a.transport)
        yield* peers.until("the hub is told", () => hub.told.includes("a gone"))
        hub.transport.send("a", frame(1))
        yield* peers.quiet
        hub.clear()
        const again = (yield* peers.join("a")).listen()
        again.transport.send(hub.name, frame(2))
        yield* peers.until("it is heard", () => hub.told.includes("a 2"))
        hub.transport.send("a", frame(3))
        yield* peers.until("it hears", () => again.told.length > 0)
        assert.deepEqual(again.told, ["scheduler 3"], "frame 1 was for the one before")
      }),
  },
  {
    name: "who disconnects and speaks again at once begins a new conversation",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub, a] = yield* peers.star("a")
        a?.transport.send(hub.name, frame(1))
        a?.transport.disconnect(hub.name)
        a?.transport.send(hub.name, frame(2))
        yield* peers.until("it is heard", () => hub.told.includes("a 2"))
        assert.deepEqual(hub.told, ["a 1", "a gone", "a 2"])
        hub.transport.send("a", frame(3))
        yield* peers.until("it hears", () => a?.told.includes("scheduler 3") === true)
      }),
  },
]

export const leavingTests: ReadonlyArray<ConformanceTest> = [...parting, ...crashing, ...returning]
