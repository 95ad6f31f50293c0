/** Connections break and are made again: sessions go on, and nothing is lost, doubled or run twice. */
import { Future } from "@scaler-ts/future"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import { alike, numbers } from "../frames.ts"
import type { Peers } from "../Peers.ts"
import type { ConformanceTest } from "../Suite.ts"
import { Assembly, longerThanAnyTestMs } from "./Assembly.ts"
import { Gate } from "./Gate.ts"
import { cancelling, type Pair, pair } from "./pair.ts"

type Whose = "clientPart" | "workerPart"

/** How many turns after something was set off; nobody can tell when it is where, but in some of them it is on its way. */
const moments = numbers(30)

/** Does the same in each of several moments, with sessions that outlive every cut. */
const inEachMoment = (
  peers: Peers,
  run: (all: Pair, moment: string, cut: (whose: Whose) => Effect.Effect<void, unknown>) => Effect.Effect<void, unknown>, // oxfmt-ignore
) =>
  Effect.gen(function* () {
    const all = yield* pair(peers, { resumeMs: longerThanAnyTestMs })
    for (const moment of moments) {
      all.town.script.record.length = 0
      const cut = (whose: Whose): Effect.Effect<void, unknown> =>
        Effect.gen(function* () {
          for (let turn = 0; turn < moment; turn++) yield* Effect.yieldNow
          yield* all.town.cut(all[whose])
        })
      yield* run(all, `${moment}`, cut)
    }
    yield* all.town.rest
    assert.equal(all.town.scheduler.status().clients, 1)
    assert.deepEqual(all.town.scheduler.status().ignored, {})
  })

/** A result is on its way, and the connection of one of the two breaks. */
const resultOver = (peers: Peers, whose: Whose) =>
  inEachMoment(peers, ({ town, client, tasks }, moment, cut) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, moment)
      const ends: Array<unknown> = []
      yield* Future.onDone(future, (outcome) => ends.push(outcome))
      yield* town.recorded(`began ${moment}`)
      town.script.finish(moment)
      yield* cut(whose)
      assert.equal(yield* Future.await(future), moment)
      yield* client.call(tasks.echo, "afterwards")
      assert.deepEqual(ends, [{ _tag: "Succeeded", value: moment }])
      assert.deepEqual(town.script.record, [`began ${moment}`, `ended ${moment}`])
    }),
  )

/** A cancel is on its way, or its answer, and the connection of one of the two breaks. */
const cancelOver = (peers: Peers, whose: Whose) =>
  inEachMoment(peers, ({ town, client, tasks }, moment, cut) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, moment)
      yield* town.recorded(`began ${moment}`)
      const asked = yield* cancelling(future)
      yield* cut(whose)
      const receipt = yield* Fiber.join(asked)
      assert.ok(receipt._tag === "Stopped")
      const { how, worker, attempt } = receipt
      assert.deepEqual({ how, worker, attempt }, { how: "cooperative", worker: "worker", attempt: 1 }) // oxfmt-ignore
      assert.deepEqual(town.script.record, [`began ${moment}`, `stopped ${moment}`])
      assert.equal(Future.state(future), "cancelled")
    }),
  )

const inFlight: ReadonlyArray<Omit<ConformanceTest, "cuts">> = [
  {
    name: "a result on its way while its client's connection is cut arrives, once",
    run: (peers) => resultOver(peers, "clientPart"),
  },
  {
    name: "a result on its way while its worker's connection is cut arrives, once, and nothing runs again",
    run: (peers) => resultOver(peers, "workerPart"),
  },
  {
    name: "a cancel on its way while its client's connection is cut is answered by its receipt",
    run: (peers) => cancelOver(peers, "clientPart"),
  },
  {
    name: "a cancel on its way while its worker's connection is cut is answered by its receipt",
    run: (peers) => cancelOver(peers, "workerPart"),
  },
  {
    name: "a result that wins against a cancel while both connections are cut is in the receipt",
    run: (peers) =>
      Effect.gen(function* () {
        const { town, clientPart, workerPart, deafAsked } = yield* pair(peers, {
          resumeMs: longerThanAnyTestMs,
        })
        const { future, asked } = yield* deafAsked
        town.script.finish("work")
        yield* town.cut(workerPart)
        yield* town.cut(clientPart)
        assert.deepEqual(yield* Fiber.join(asked), {
          _tag: "Finished",
          exit: Exit.succeed("work"),
          cancelled: true,
        })
        assert.equal(Future.state(future), "cancelled")
        assert.deepEqual(town.script.record, ["began work", "ended work"])
      }),
  },
  {
    name: "1,000 tasks end with their own values and run once, while connections are cut again and again",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers, { resumeMs: longerThanAnyTestMs })
        const settings = { slots: 4, prefetch: 4 }
        const one = yield* town.worker("one", settings)
        const other = yield* town.worker("other", settings)
        const client = yield* town.client("client")
        const parts = [client, one, client, other]
        const inputs = numbers(1_000)
        const { script } = town
        const working = yield* Effect.forkChild(
          client.it.map(script.tasks.echo, inputs, { concurrency: 40 }),
          { startImmediately: true },
        )
        for (let next = 20; next < inputs.length; next += 20) {
          yield* town.until(`${next} tasks have run`, () => script.echoes >= next)
          const part = parts[(next / 20) % parts.length]
          if (part !== undefined) yield* town.cut(part)
        }
        const outcomes = yield* Fiber.join(working)
        alike(
          outcomes.map((one) => (one._tag === "Succeeded" ? Number(one.value) : one._tag)),
          inputs,
        )
        yield* town.rest
        assert.equal(script.echoes, inputs.length, "each has run once")
      }),
  },
]

/** Long enough to be told from at once. */
const boundMs = 200

const overTheBound: ReadonlyArray<Omit<ConformanceTest, "cuts">> = [
  {
    name: "a client that cannot come back is lost when the bound has passed, and what it asked for is stopped",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers, { resumeMs: boundMs })
        yield* town.worker("worker")
        const gate = new Gate()
        const client = yield* town.client("client", { gate })
        const future = yield* client.it.submit(town.script.tasks.held, "work")
        yield* town.recorded("began work")
        const cutAt = yield* Clock.currentTimeMillis
        gate.shut()
        yield* town.cut(client)
        const outcome = yield* Future.outcome(future)
        assert.match(outcome._tag === "Lost" ? outcome.error.message : outcome._tag, /in time/)
        yield* town.recorded("stopped work")
        // Timers may go off a moment early.
        assert.ok((yield* Clock.currentTimeMillis) - cutAt >= boundMs / 2, "not before the bound")
        assert.equal(town.scheduler.status().clients, 0)
        assert.equal((yield* Effect.flip(client.it.submit(town.script.tasks.echo, 1)))._tag, "ConnectionLost") // oxfmt-ignore
      }),
  },
  {
    name: "a client that comes back after the bound is told that its session has ended",
    run: (peers) =>
      Effect.gen(function* () {
        const town = yield* Assembly.make(peers, { resumeMs: 1 })
        yield* town.worker("worker")
        const gate = new Gate()
        const client = yield* town.client("client", { gate, resumeMs: longerThanAnyTestMs })
        const future = yield* client.it.submit(town.script.tasks.held, "work")
        yield* town.recorded("began work")
        gate.shut()
        yield* town.cut(client)
        yield* town.until("it is lost", () => town.scheduler.status().clients === 0)
        gate.open()
        const outcome = yield* Future.outcome(future)
        assert.match(
          outcome._tag === "Lost" ? outcome.error.message : outcome._tag,
          /this session is not known here/,
        )
      }),
  },
]

export const resumingTests: ReadonlyArray<ConformanceTest> = [...inFlight, ...overTheBound].map(
  (test) => ({ ...test, cuts: true }),
)
