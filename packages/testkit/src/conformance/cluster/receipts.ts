/** Every receipt a cancel can be answered with, and what the future becomes with each. */
import { Future } from "@scaler-ts/future"
import type { ClientSession } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import type { ConformanceTest } from "../Suite.ts"
import { Assembly } from "./Assembly.ts"
import { cancelling, pair } from "./pair.ts"

const stopped: ReadonlyArray<ConformanceTest> = [
  {
    name: "Stopped, never-started: a task that waits for a slot is confirmed and never called",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        yield* client.submit(tasks.held, "first")
        const waiting = yield* client.submit(tasks.held, "second")
        yield* town.recorded("began first")
        const receipt = yield* Future.cancel(waiting)
        assert.deepEqual(receipt, {
          _tag: "Stopped",
          how: "never-started",
          worker: "",
          attempt: 0,
          stopMs: 0,
          cancelled: true,
        })
        town.script.finish("first")
        yield* town.rest
        assert.deepEqual(town.script.record, ["began first", "ended first"])
        assert.equal(Future.state(waiting), "cancelled")
      }),
  },
  {
    name: "Stopped, never-started: a worker gives back what it holds beyond its slots",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, worker, client, tasks } = yield* pair(peers, { prefetch: 1 })
        yield* client.submit(tasks.held, "first")
        const waiting = yield* client.submit(tasks.held, "second")
        yield* town.until("it waits at the worker", () => worker.status().attempts.waiting === 1)
        const receipt = yield* Future.cancel(waiting)
        assert.deepEqual(receipt, {
          _tag: "Stopped",
          how: "never-started",
          worker: "worker",
          attempt: 1,
          stopMs: 0,
          cancelled: true,
        })
        town.script.finish("first")
        yield* town.rest
        assert.ok(!town.script.has("began second"))
      }),
  },
  {
    name: "Stopped, cooperative: when the receipt is there the code has stopped and its slot is free (G2)",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.held, "work")
        yield* town.recorded("began work")
        const receipt = yield* Future.cancel(future)
        assert.deepEqual(town.script.record, ["began work", "stopped work"])
        assert.deepEqual(
          town.scheduler.status().workers.map(({ held }) => held),
          [0],
        )
        assert.ok(receipt._tag === "Stopped" && receipt.stopMs >= 0)
        assert.deepEqual(receipt, {
          _tag: "Stopped",
          how: "cooperative",
          worker: "worker",
          attempt: 1,
          stopMs: receipt.stopMs,
          cancelled: true,
        })
        const next = yield* client.submit(tasks.echo, "next")
        assert.equal(yield* Future.await(next), "next")
        const outcome = yield* Future.outcome(future)
        assert.equal(outcome._tag === "Cancelled" && outcome.receipt, receipt)
      }),
  },
]

const raced: ReadonlyArray<ConformanceTest> = [
  {
    name: "Finished: a result that wins the race is in the receipt, and the future is cancelled (G3)",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, deafAsked } = yield* pair(peers)
        const { future, asked } = yield* deafAsked
        assert.equal(Future.state(future), "cancelling")
        town.script.finish("work")
        assert.deepEqual(yield* Fiber.join(asked), {
          _tag: "Finished",
          exit: Exit.succeed("work"),
          cancelled: true,
        })
        assert.equal(Future.state(future), "cancelled")
      }),
  },
  {
    name: "Finished: under result-wins the result is kept (G3)",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, deafAsked } = yield* pair(peers, { policy: "result-wins" })
        const { future, asked } = yield* deafAsked
        town.script.finish("work")
        assert.deepEqual(yield* Fiber.join(asked), {
          _tag: "Finished",
          exit: Exit.succeed("work"),
          cancelled: false,
        })
        assert.equal(yield* Future.await(future), "work")
      }),
  },
  {
    name: "Refused: what cannot be stopped goes on, and its result counts",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, deafAsked } = yield* pair(peers, { graceMs: 1 })
        const { future, asked } = yield* deafAsked
        assert.deepEqual(yield* Fiber.join(asked), { _tag: "Refused", cancelled: false })
        assert.equal(Future.state(future), "running")
        town.script.finish("work")
        assert.equal(yield* Future.await(future), "work")
      }),
  },
  {
    name: "AlreadyDone: nothing is sent for a task that has ended",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.echo, 7)
        assert.equal(yield* Future.await(future), 7)
        const before = town.scheduler.status()
        assert.deepEqual(yield* Future.cancel(future), {
          _tag: "AlreadyDone",
          outcome: { _tag: "Succeeded", value: 7 },
          cancelled: false,
        })
        yield* client.call(tasks.echo, "after")
        assert.deepEqual(town.scheduler.status(), before)
      }),
  },
]

/** A session that loses tasks on their way, and nothing else. */
const withoutTasks = (session: ClientSession): ClientSession => ({
  open: (receiver) => session.open(receiver),
  send: (message) => {
    if (message._tag !== "Task") session.send(message)
  },
  close: () => session.close(),
})

const unknown: ReadonlyArray<ConformanceTest> = [
  {
    name: "WorkerLost: the worker that ran it vanished, and it does not run again",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, workerPart, deafAsked } = yield* pair(peers)
        const { future, asked } = yield* deafAsked
        yield* town.worker("other")
        yield* town.crash(workerPart)
        assert.deepEqual(yield* Fiber.join(asked), {
          _tag: "WorkerLost",
          worker: "worker",
          cancelled: true,
        })
        assert.equal(Future.state(future), "cancelled")
        yield* town.rest
        assert.deepEqual(town.script.record, ["began work"])
      }),
  },
  {
    name: "NotFound: the scheduler never got the task",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers)
        const client = yield* town.client("client", { between: withoutTasks })
        const future = yield* client.it.submit(town.script.tasks.echo, 1)
        assert.deepEqual(yield* Future.cancel(future), { _tag: "NotFound", cancelled: true })
        assert.equal(Future.state(future), "cancelled")
      }),
  },
  {
    name: "Unconfirmed: the bound passes, and a late end still ends the future (G8)",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, client, tasks } = yield* pair(peers)
        const future = yield* client.submit(tasks.deaf, "work")
        yield* town.recorded("began work")
        const receipt = yield* Future.cancel(future, { boundMs: 5 })
        assert.equal(receipt._tag, "Unconfirmed")
        assert.ok(receipt._tag === "Unconfirmed" && receipt.waitedMs >= 5)
        assert.equal(Future.state(future), "cancelling")
        const again = yield* cancelling(future)
        town.script.finish("work")
        assert.equal((yield* Fiber.join(again))._tag, "Finished")
        assert.equal((yield* Future.outcome(future))._tag, "Cancelled")
      }),
  },
]

export const receiptTests: ReadonlyArray<ConformanceTest> = [...stopped, ...raced, ...unknown]
