/** An outbox has a bound, says so, and says when there is room again. */
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { alike, frame, numbers } from "../frames.ts"
import type { ConformanceTest } from "../Suite.ts"
import { bothWays, fill } from "./sending.ts"

export const outboxTests: ReadonlyArray<ConformanceTest> = [
  {
    name: "a full outbox refuses a frame",
    run: (peers) => bothWays(peers, (from, to) => Effect.asVoid(fill(from, to.name))),
  },
  {
    name: "a full outbox is writable once there is room",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          const taken = yield* fill(from, to.name)
          yield* peers.until("it is told", () => from.writable.length > 0)
          assert.deepEqual([...new Set(from.writable)], [to.name])
          assert.equal(from.transport.send(to.name, frame(taken)), true, "and takes frames again")
          yield* peers.until("it has arrived", () => to.told.includes(`${from.name} ${taken}`))
        }),
      ),
  },
  {
    name: "a frame that was refused is not sent, and one that was taken is",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          const taken = yield* fill(from, to.name)
          yield* peers.until("it is told of room", () => from.writable.length > 0)
          const last = 1_000_000
          assert.equal(from.transport.send(to.name, frame(last)), true)
          yield* peers.until("the last arrives", () => to.told.includes(`${from.name} ${last}`))
          yield* peers.quiet
          alike(to.numbersFrom(from.name), [...numbers(taken), last])
        }),
      ),
  },
  {
    name: "nobody is told of room whose outbox was not full",
    run: (peers) =>
      bothWays(peers, (from, to) =>
        Effect.gen(function* () {
          for (const n of [1, 2, 3]) from.transport.send(to.name, frame(n))
          yield* peers.until("they have arrived", () => to.frames.length >= 3)
          yield* peers.quiet
          assert.deepEqual([from.writable, to.writable], [[], []])
        }),
      ),
  },
  {
    name: "one full outbox leaves the others open",
    run: (peers) =>
      Effect.gen(function* () {
        const [hub] = yield* peers.star("a", "b")
        yield* fill(hub, "a")
        assert.equal(hub.transport.send("b", frame(1)), true, "the outbox for b is its own")
      }),
  },
]
