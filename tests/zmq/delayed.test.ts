// What is said takes its time, in both directions, so cancels, recalls and results are on their way at once.
import { type ConnectOptions, ZmqTransport } from "@scaler-ts/adapter-zmq"
import { it } from "@effect/vitest"
import { type Client, connect } from "@scaler-ts/future/promise"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import { setTimeout } from "node:timers/promises"
import { assert } from "vitest"
import { anyPort, until } from "../../packages/adapter-zmq/test/fixtures/peers.ts"
import { Proxy } from "../../packages/adapter-zmq/test/fixtures/Proxy.ts"
import { type Next, nextFrom } from "../../packages/protocol/test/mutate.ts"
import { seedOf } from "../../packages/protocol/test/seed.ts"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { tasks } from "./fixtures/tasks.ts"
import { noteStopped, notesOf } from "./notes.ts"

const delayMsMax = 40
const rounds = 6
const perRound = 60

/** A way to a scheduler on which each piece of what is said takes up to `delayMsMax`. */
const slowWay = (address: string, next: Next) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => Proxy.open(anyPort, address, { delayMs: () => next(delayMsMax) })),
      (proxy) => Effect.sync(() => proxy.close()),
    ),
    (proxy) => proxy.address,
  )

const worker = Effect.fnUntraced(function* (
  address: string,
  { name, prefetch }: ConnectOptions & { name: string; prefetch: number },
) {
  const transport = yield* ZmqTransport.connect(address, { name })
  const session = workerOverWire(transport, yield* Loop.make, schedulerPeer)
  yield* Worker.make(session, { name, tasks, prefetch, executor: inline({ slots: 2 }) })
})

/** Submits one and may cancel it. Resolves with what its receipt says, or how it ended. */
const one = async (client: Client, file: string, number: number, next: Next): Promise<string> => {
  // Those that are sent in advance may have begun, and may have ended, when they are recalled.
  const ms = next(3) === 0 ? next(4 * delayMsMax) : next(10)
  const future = client.submit(tasks.note, { file, number, ms })
  const ended = future.then(
    (value) => (value === number ? "returned" : `returned ${value}`),
    () => "cancelled",
  )
  if (next(3) === 0) return ended
  await setTimeout(next(8 * delayMsMax))
  const receipt = await future.cancel()
  if (receipt._tag !== "Stopped") return receipt._tag
  noteStopped(file, number)
  return receipt.how
}

it.live(
  "cancels, recalls and results cross, and whatever comes first is what is told (G2 to G5)",
  () =>
    Effect.gen(function* () {
      const next = nextFrom(seedOf("delays"))
      const transport = yield* ZmqTransport.bind(anyPort)
      const scheduler = yield* Scheduler.make(transport)
      const way = slowWay(transport.address, next)
      yield* worker(yield* way, { name: "first", prefetch: 8 })
      yield* worker(yield* way, { name: "second", prefetch: 8 })
      const toClient = yield* way
      const client = yield* Effect.acquireRelease(
        Effect.promise(() => connect(ZmqTransport.layer(toClient))),
        (made) => Effect.promise(() => made.close()),
      )
      const folder = yield* Effect.acquireRelease(Effect.sync(temporary), (made) =>
        Effect.sync(() => made[Symbol.dispose]()),
      )
      const file = folder.file("notes")
      let wasRecalling = false
      const look = setInterval(() => {
        wasRecalling ||= scheduler.status().tasks.recalling > 0
      }, 2)
      yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(look)))
      const told: Array<string> = []
      for (let round = 0; round < rounds; round++) {
        const numbers = Array.from({ length: perRound }, (_, index) => round * perRound + index)
        const all = Promise.all(numbers.map((number) => one(client, file, number, next)))
        told.push(...(yield* Effect.promise(() => all)))
      }
      yield* until(() => Object.values(scheduler.status().tasks).every((left) => left === 0))
      const { atOnce, begun, lies, running } = notesOf(file)
      assert.deepStrictEqual([atOnce, lies, running], [[], [], []])
      assert.deepStrictEqual(
        new Set(begun.values()),
        new Set([1]),
        "nothing was lost, so nothing ran again",
      )
      for (const [number, word] of told.entries()) {
        // One that has a slot may be stopped before its function is called.
        if (word !== "cooperative")
          assert.strictEqual(begun.has(number), word !== "never-started", word)
      }
      const words = ["returned", "AlreadyDone", "Finished", "never-started", "cooperative"]
      assert.sameMembers([...new Set(told)], words, "all there is has happened")
      assert.isTrue(wasRecalling)
    }),
)
