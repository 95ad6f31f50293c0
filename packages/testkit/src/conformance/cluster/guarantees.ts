/** G1 and G4 to G10, where a whole cluster shows them; G2 and G3 are in the receipts. */
import { Future } from "@scaler-ts/future"
import { type Message, Values } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as References from "effect/References"
import assert from "node:assert/strict"
import { numbers } from "../frames.ts"
import type { ConformanceTest } from "../Suite.ts"
import { Assembly } from "./Assembly.ts"
import { cancelling, pair } from "./pair.ts"

const ends: ReadonlyArray<ConformanceTest> = [
  {
    name: "G1: everyone who looks sees one end, and is told once",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        const told: Array<unknown> = []
        for (const _ of [1, 2, 3]) yield* Future.onDone(future, (outcome) => told.push(outcome))
        const lookers = yield* Effect.forkChild(
          Effect.all([Future.outcome(future), Future.outcome(future)], { concurrency: 2 }),
          { startImmediately: true },
        )
        yield* town.recorded("began work")
        town.script.finish("work")
        const seen = yield* Fiber.join(lookers)
        yield* Future.cancel(future)
        yield* client.call(tasks.echo, "afterwards")
        seen.push(yield* Future.outcome(future))
        yield* town.until("all are told", () => told.length >= 3)
        const end = { _tag: "Succeeded", value: "work" }
        assert.deepEqual([seen, told], [[end, end, end], [end, end, end]]) // oxfmt-ignore
        assert.equal(Future.state(future), "succeeded")
      }),
  },
  {
    name: "G4: concurrent and repeated cancels are answered alike",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        const asked = yield* Effect.forEach([1, 2, 3], () => cancelling(future))
        const receipts = yield* Effect.forEach(asked, (one) => Fiber.join(one))
        receipts.push(yield* Future.cancel(future))
        assert.equal(receipts[0]?._tag, "Stopped")
        for (const receipt of receipts) assert.equal(receipt, receipts[0])
      }),
  },
  {
    name: "G5: what a lost worker ran is run by another, and its result arrives",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, workerPart, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        yield* town.worker("other")
        yield* town.crash(workerPart)
        yield* town.until("it is run again", () => {
          return town.script.record.filter((entry) => entry === "began work").length === 2
        })
        town.script.finish("work")
        assert.equal(yield* Future.await(future), "work")
      }),
  },
  {
    name: "G5: a task whose attempts are all lost ends lost, and says with whom",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, workerPart, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work", { attemptsMax: 1 })
        yield* town.recorded("began work")
        yield* town.crash(workerPart)
        const outcome = yield* Future.outcome(future)
        assert.ok(outcome._tag === "Lost", outcome._tag)
        assert.deepEqual([outcome.error.attempts, outcome.error.workers], [1, ["worker"]])
      }),
  },
]

const books: ReadonlyArray<ConformanceTest> = [
  {
    name: "G6: no more tasks run than there are slots, and every slot is used again",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers, { slots: 2, prefetch: 2 })
        const count = 12
        const futures = yield* Effect.forEach(numbers(count), (n) =>
          client.submit(tasks.held, `${n}`),
        )
        for (let n = 0; n < count; n++) {
          yield* town.recorded(`began ${n}`)
          const future = futures[n]
          if (n % 3 === 0 && future !== undefined) yield* Future.cancel(future)
          else town.script.finish(`${n}`)
        }
        yield* Effect.forEach(futures, (future) => Future.outcome(future))
        yield* town.rest
        assert.equal(town.script.peak, 2)
      }),
  },
  {
    name: "G7: at rest no table holds anything, and when all have left nobody is known",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        const worker = yield* town.worker("worker", { slots: 4 })
        const client = yield* town.client("client")
        const { echo, held } = town.script.tasks
        yield* client.it.map(echo, numbers(50))
        const futures = yield* Effect.forEach(numbers(8), (n) => client.it.submit(held, `${n}`))
        yield* client.it.cancelAll()
        yield* Effect.forEach(futures, (future) => Future.outcome(future))
        yield* town.rest
        assert.deepEqual((yield* client.it.status).futures, { pending: 0, running: 0, cancelling: 0 }) // oxfmt-ignore
        assert.deepEqual(worker.it.status().attempts, { waiting: 0, running: 0, stopping: 0 })
        assert.equal(town.script.running, 0)
        yield* client.close
        yield* worker.close
        yield* town.until("nobody is known", () => {
          const { clients, workers } = town.scheduler.status()
          return clients === 0 && workers.length === 0
        })
        assert.equal(town.scheduler.status().tombstones, 0)
      }),
  },
  {
    name: "G8: a disconnect is bounded, and names what nobody confirmed",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.deaf, "work")
        yield* town.recorded("began work")
        const { unconfirmed } = yield* client.disconnect({ boundMs: 5 })
        assert.deepEqual(
          unconfirmed.map(({ task, number }) => [task, number]),
          [["deaf", future.number]],
        )
        assert.equal((yield* Future.outcome(future))._tag, "Lost")
      }),
  },
  {
    name: "G8: an attempt that takes longer than its timeout is stopped",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work", { timeoutMs: 1 })
        const outcome = yield* Future.outcome(future)
        assert.equal(outcome._tag === "Failed" && outcome.error._tag, "TaskTimedOut")
        assert.deepEqual(town.script.record, ["began work", "stopped work"])
      }),
  },
]

const workerHello: Message.ToScheduler = {
  _tag: "WorkerHello",
  session: "liar",
  worker: "liar",
  slots: 0,
  prefetch: 0,
  capabilities: {},
  tasks: ["held"],
}

const apart: ReadonlyArray<ConformanceTest> = [
  {
    name: "G9: a result from a worker that does not hold the attempt is counted and ignored",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const liar = yield* town.stranger("liar")
        liar.says(workerHello)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        const payload = Values.encode("a lie")
        for (const task of [1, 2, 3]) {
          liar.says({ _tag: "TaskResult", task, attempt: 1, worker: "worker", type: "success", payload, runMs: 0 }) // oxfmt-ignore
        }
        yield* town.until("the lies are counted", () => {
          return Object.values(town.scheduler.status().ignored).some((count) => count >= 1)
        })
        town.script.finish("work")
        assert.equal(yield* Future.await(future), "work")
      }),
  },
  {
    name: "G9: one client's cancel never reaches another client's task of the same number",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers, { slots: 2 })
        const other = yield* town.client("other")
        const ours = yield* client.submit(tasks.held, "ours")
        const theirs = yield* other.it.submit(tasks.held, "theirs")
        assert.equal(ours.number, theirs.number)
        yield* town.recorded("began ours", "began theirs")
        assert.equal((yield* Future.cancel(theirs))._tag, "Stopped")
        assert.deepEqual(town.script.record.slice(2), ["stopped theirs"])
        town.script.finish("ours")
        assert.equal(yield* Future.await(ours), "ours")
      }),
  },
  {
    name: "G10: what throws or hangs in tasks, inputs and callbacks stops nobody else",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* Effect.provideService(
          pair(peers, { slots: 3 }),
          References.MinimumLogLevel,
          "None",
        )
        const hung = yield* client.submit(tasks.deaf, "hung")
        const thrown = yield* client.submit(tasks.throws, "no")
        const bad = { get value(): never { throw new Error("a getter") } } // oxfmt-ignore
        const refused = yield* Effect.exit(client.submit(tasks.echo, bad))
        assert.ok(Exit.isFailure(refused))
        const called = yield* client.submit(tasks.echo, "called")
        yield* Future.onDone(called, () => {
          throw new Error("a callback")
        })
        assert.equal(yield* Future.await(called), "called")
        const outcome = yield* Future.outcome(thrown)
        assert.ok(outcome._tag === "Failed" && outcome.error._tag === "TaskFailed")
        assert.match(String(outcome.error.error), /RangeError: no/)
        const outcomes = yield* client.map(tasks.echo, numbers(20))
        assert.ok(outcomes.every(({ _tag }) => _tag === "Succeeded"))
        assert.equal(Future.state(hung), "running")
        town.script.finish("hung")
        assert.equal(yield* Future.await(hung), "hung")
      }),
  },
]

export const guaranteeTests: ReadonlyArray<ConformanceTest> = [...ends, ...books, ...apart]
