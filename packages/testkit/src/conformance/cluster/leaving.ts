/** Clients, workers and the scheduler leave, in good order or without a word. */
import { Future } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import assert from "node:assert/strict"
import type { ConformanceTest } from "../Suite.ts"
import { Assembly, longerThanAnyTestMs } from "./Assembly.ts"
import { type Pair, pair } from "./pair.ts"

/** Ends the scheduler while a task runs, and sees that everybody knows. */
const withoutScheduler = (
  { town, worker, client, tasks }: Pair,
  end: Effect.Effect<void, unknown>,
): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const future = yield* client.submit(tasks.held, "work")
    yield* town.recorded("began work")
    yield* end
    assert.equal((yield* Future.outcome(future))._tag, "Lost")
    assert.equal((yield* Effect.flip(client.submit(tasks.echo, 1)))._tag, "ConnectionLost")
    assert.notEqual(yield* worker.left, "")
    yield* town.recorded("stopped work")
  })

export const leavingTests: ReadonlyArray<ConformanceTest> = [
  {
    name: "disconnect cancels what has not ended, and the scheduler forgets the client",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        assert.deepEqual(yield* client.disconnect(), { unconfirmed: [] })
        const outcome = yield* Future.outcome(future)
        assert.equal(outcome._tag === "Cancelled" && outcome.receipt?._tag, "Stopped")
        assert.deepEqual(town.script.record, ["began work", "stopped work"])
        yield* town.until("it is forgotten", () => town.scheduler.status().clients === 0)
        const late = yield* Effect.flip(client.submit(tasks.echo, 1))
        assert.equal(late._tag, "ClientClosed")
      }),
  },
  {
    name: "a worker that is drained finishes what it runs, takes nothing more, and leaves",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, worker, client, tasks } = yield* pair(peers)
        const first = yield* client.submit(tasks.held, "first")
        yield* town.recorded("began first")
        town.scheduler.drainWorker("worker", longerThanAnyTestMs)
        const second = yield* client.submit(tasks.held, "second")
        town.script.finish("first")
        assert.equal(yield* Future.await(first), "first")
        yield* town.until("it has left", () => town.scheduler.status().workers.length === 0)
        assert.equal(yield* worker.left, "it was drained")
        assert.ok(!town.script.has("began second"))
        yield* town.worker("other")
        yield* town.recorded("began second")
        town.script.finish("second")
        assert.equal(yield* Future.await(second), "second")
      }),
  },
  {
    name: "a worker that is drained and holds nothing leaves at once",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, worker } = yield* pair(peers)
        town.scheduler.drainWorker("worker", longerThanAnyTestMs)
        yield* town.until("it has left", () => town.scheduler.status().workers.length === 0)
        assert.equal(yield* worker.left, "it was drained")
      }),
  },
  {
    name: "a worker that is closed stops what it runs first, and another runs it",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, workerPart, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        yield* workerPart.close
        assert.deepEqual(town.script.record, ["began work", "stopped work"])
        yield* town.worker("other")
        yield* town.until("it is run again", () => town.script.running === 1)
        town.script.finish("work")
        assert.equal(yield* Future.await(future), "work")
      }),
  },
  {
    name: "what a killed client asked for is stopped, and its slot goes to others",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const victim = yield* town.client("victim", { cancelBoundMs: 1 })
        yield* victim.it.submit(tasks.held, "theirs")
        yield* town.recorded("began theirs")
        const ours = yield* client.submit(tasks.held, "ours")
        yield* town.crash(victim)
        yield* town.recorded("stopped theirs", "began ours")
        town.script.finish("ours")
        assert.equal(yield* Future.await(ours), "ours")
        assert.equal(town.scheduler.status().clients, 1)
      }),
  },
  {
    name: "when the scheduler crashes clients and workers are told, and nothing runs on",
    run: (peers) =>
      Effect.gen(function* () {
        const all = yield* pair(peers)
        yield* withoutScheduler(all, all.town.crash({ transport: all.town.hub }))
      }),
  },
  {
    name: "when the scheduler's transport closes clients and workers are told, and nothing runs on",
    run: (peers) =>
      Effect.gen(function* () {
        const all = yield* pair(peers)
        yield* withoutScheduler(
          all,
          Effect.sync(() => all.town.hub.close()),
        )
      }),
  },
  {
    name: "a client and a worker that come back under their names begin anew",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        const { held } = town.script.tasks
        for (const life of ["first", "second", "third"]) {
          const worker = yield* town.worker("worker")
          const client = yield* town.client("client", { cancelBoundMs: 1 })
          const future = yield* client.it.submit(held, life)
          assert.equal(future.number, 1)
          yield* town.recorded(`began ${life}`)
          if (life === "third") {
            town.script.finish(life)
            assert.equal(yield* Future.await(future), life)
          }
          yield* town.crash(client)
          yield* town.crash(worker)
          yield* town.until("both are forgotten", () => {
            const { clients, workers } = town.scheduler.status()
            return clients === 0 && workers.length === 0
          })
        }
        yield* town.rest
        assert.ok(!town.script.has("ended first") && !town.script.has("ended second"))
      }),
  },
  {
    name: "a second worker of one name is refused, and the first goes on",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        yield* town.worker("worker")
        const double = yield* town.stranger("another")
        double.says({ _tag: "WorkerHello", session: "s", worker: "worker", slots: 9, prefetch: 0, capabilities: {}, tasks: [] }) // oxfmt-ignore
        yield* town.until("it is dropped", () => double.isGone)
        assert.equal(double.heardOf("ProtocolError").length, 1)
        const client = yield* town.client("client")
        const value = yield* Effect.exit(client.it.call(town.script.tasks.echo, "still here"))
        assert.deepEqual(value, Exit.succeed("still here"))
      }),
  },
]
