// An operator sees what is, and what it orders becomes what its client's own order would have (G4, G8).
import { assert, it } from "@effect/vitest"
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Future } from "@scaler-ts/future"
import { Operator } from "@scaler-ts/operator"
import { operatorOverWire, schedulerPeer } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { Puppet } from "../hostile/Puppet.ts"
import { embedded } from "../support/Embedded.ts"
import * as Script from "../support/script.ts"
import { settle, until } from "../support/turns.ts"

it.effect("the status says what there is, and for how long", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client, operator }) =>
    Effect.gen(function* () {
      const { status } = yield* operator
      const first = yield* client.submit(tasks.held, "a")
      const second = yield* client.submit(tasks.held, "b")
      yield* recorded("began a")
      yield* settle
      yield* TestClock.adjust(2_000)
      const now = yield* status
      assert.deepStrictEqual(now.tasks, { running: 1, queued: 1 })
      assert.deepStrictEqual(now.oldestMs, { running: 2_000, queued: 2_000 })
      const why = { why: "busy", lacking: [], full: 1, draining: 0, away: 0 } as const
      assert.deepStrictEqual(now.waiting, [{ name: "held", capabilities: {}, tasks: 1, ...why }])
      const [worker] = now.workers
      assert.deepStrictEqual(
        [worker?.worker, worker?.slots, worker?.held, worker?.draining, worker?.away],
        ["worker-1", 1, 1, false, false],
      )
      assert.sameMembers([...(worker?.tasks ?? [])], ["echo", "held", "deaf", "tidy"])
      finish("a")
      yield* recorded("began b")
      finish("b")
      yield* Effect.all([Future.await(first), Future.await(second)])
      const after = yield* status
      assert.deepStrictEqual([after.tasks, after.ended], [{}, { succeeded: 2 }])
      assert.strictEqual(after.heard["TaskResult"], 2)
    }),
  )
})

it.effect("tasks are listed under the ids that their client knows them by", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client, operator }) =>
    Effect.gen(function* () {
      const looks = yield* operator
      const futures = yield* Effect.forEach(["a", "b", "c"], (name) => client.submit(tasks.held, name)) // oxfmt-ignore
      yield* recorded("began a")
      yield* settle
      const [first = "", second = "", third = ""] = futures.map(({ id }) => id)
      const queued = yield* looks.tasks({ state: "queued", limit: 1 })
      assert.deepStrictEqual([queued.tasks.map(({ id }) => id), queued.more], [[second], 1])
      const held = yield* looks.tasks({ worker: "worker-1" })
      assert.deepStrictEqual(held, {
        tasks: [{ id: first, name: "held", state: "running", worker: "worker-1", attempt: 1, ageMs: 0, rung: "none" }],
        more: 0,
      }) // oxfmt-ignore
      const all = yield* looks.tasks({ name: "held" })
      assert.deepStrictEqual(all.tasks.map(({ id }) => id), [second, third, first]) // oxfmt-ignore
      assert.deepStrictEqual(yield* looks.tasks({ name: "echo" }), { tasks: [], more: 0 })
      const wrong = yield* Effect.exit(looks.tasks({ limit: -1 }))
      assert.match(String(wrong), /limit is -1; give a whole number from 0 up/)
      for (const name of ["a", "b", "c"]) {
        yield* recorded(`began ${name}`)
        finish(name)
      }
      yield* Effect.forEach(futures, (future) => Future.await(future))
    }),
  )
})

it.effect("the cancel of an operator stops the task, and its future ends cancelled (G2)", () => {
  const { tasks, record, recorded } = Script.make()
  return embedded({ tasks }, ({ client, operator }) =>
    Effect.gen(function* () {
      const { cancel } = yield* operator
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      assert.deepStrictEqual(yield* cancel(future.id), {
        _tag: "Stopped",
        how: "cooperative",
        worker: "worker-1",
        attempt: 1,
        stopMs: 0,
      })
      assert.deepStrictEqual(record, ["began a", "stopped a"])
      assert.strictEqual((yield* Future.outcome(future))._tag, "Cancelled")
      assert.strictEqual((yield* cancel(future.id))._tag, "Stopped", "asked again (G4)")
      assert.deepStrictEqual(yield* cancel("nobody.1"), { _tag: "NotFound" })
      const done = yield* client.submit(tasks.echo, 1)
      yield* Future.await(done)
      assert.deepStrictEqual(yield* cancel(done.id), { _tag: "Finished", end: "none", worker: "" })
    }),
  )
})

it.effect("who cancels what its client cancels is told the same, and so is the client (G4)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client, operator }) =>
    Effect.gen(function* () {
      const { cancel } = yield* operator
      const future = yield* client.submit(tasks.tidy, "a")
      yield* recorded("began a")
      const theirs = yield* Effect.forkChild(cancel(future.id), { startImmediately: true })
      const own = yield* Effect.forkChild(Future.cancel(future), { startImmediately: true })
      yield* recorded("began tidying a")
      finish("tidying a")
      const told = [yield* Fiber.join(theirs), yield* Fiber.join(own)]
      assert.deepStrictEqual(told.map(({ _tag }) => _tag), ["Stopped", "Stopped"]) // oxfmt-ignore
    }),
  )
})

it.effect("a cancel that nobody answers is Unconfirmed when its bound has passed (G8)", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client, operator }) =>
    Effect.gen(function* () {
      const { cancel } = yield* operator
      const future = yield* client.submit(tasks.deaf, "a")
      yield* recorded("began a")
      const asked = yield* Effect.forkChild(cancel(future.id, { boundMs: 100 }), { startImmediately: true }) // oxfmt-ignore
      yield* settle
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(yield* Fiber.join(asked), { _tag: "Unconfirmed", waitedMs: 100 })
      const again = yield* Effect.forkChild(cancel(future.id), { startImmediately: true })
      yield* settle
      yield* TestClock.adjust(5_000)
      assert.deepStrictEqual(yield* Fiber.join(again), { _tag: "Refused", worker: "worker-1" })
      finish("a")
      assert.strictEqual(yield* Future.await(future), "a")
    }),
  )
})

it.effect("a worker that is drained leaves when it is done, and the operator is told", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, workers: 2, slots: 1 }, ({ client, operator }) =>
    Effect.gen(function* () {
      const { drain, status } = yield* operator
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      assert.deepStrictEqual(yield* drain("nobody", 10), { _tag: "NotFound" })
      const drained = yield* Effect.forkChild(drain("worker-1", 10_000), { startImmediately: true })
      yield* settle
      assert.isTrue((yield* status).workers.find(({ worker }) => worker === "worker-1")?.draining)
      finish("a")
      assert.deepStrictEqual(yield* Fiber.join(drained), { _tag: "Left", left: [], more: 0 })
      assert.strictEqual(yield* Future.await(future), "a")
      assert.deepStrictEqual((yield* status).workers.map(({ worker }) => worker), ["worker-2"]) // oxfmt-ignore
    }),
  )
})

it.effect("a drain tells which task was left on a worker that cannot stop it", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client, operator }) =>
    Effect.gen(function* () {
      const { drain } = yield* operator
      const future = yield* client.submit(tasks.deaf, "a", { attemptsMax: 1 })
      yield* recorded("began a")
      const drained = yield* Effect.forkChild(drain("worker-1", 1_000), { startImmediately: true })
      yield* settle
      for (let n = 0; n < 8; n++) yield* Effect.andThen(TestClock.adjust(1_000), settle)
      assert.deepStrictEqual(yield* Fiber.join(drained), {
        _tag: "Left",
        left: [{ id: future.id, name: "deaf", state: "ended", worker: "worker-1" }],
        more: 0,
      })
      assert.strictEqual((yield* Future.outcome(future))._tag, "Lost")
      finish("a")
    }),
  )
})

it.effect("a scheduler that hangs answers nothing, and every wait has its bound (G8)", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const scheduler = new Puppet(network, schedulerPeer, "operator")
    const desk = yield* MemoryTransport.make(network, "operator")
    const session = operatorOverWire(desk, loop, schedulerPeer, { silenceMs: Infinity })
    const connecting = yield* Effect.forkChild(Operator.make(session), { startImmediately: true })
    yield* until("it says hello", () => scheduler.heardOf("OperatorHello").length === 1)
    scheduler.says(1, 1, { _tag: "HelloEcho", session: "s", scheduler: schedulerPeer })
    const operator = yield* Fiber.join(connecting)
    const waits: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
      operator.status,
      operator.tasks(),
      operator.cancel("a.1"),
      operator.drain("w", 1_000),
      operator.stop(2_000),
    ]
    const begun = yield* Effect.forEach(waits, (wait) =>
      Effect.forkChild(Effect.exit(wait), {
        startImmediately: true,
      }),
    )
    yield* settle
    const over = (): ReadonlyArray<boolean> => begun.map((one) => one.pollUnsafe() !== undefined)
    const seen: Array<number> = []
    for (let second = 1; second <= 40; second++) {
      yield* TestClock.adjust(1_000)
      yield* settle
      seen.push(over().filter(Boolean).length)
    }
    assert.deepStrictEqual([seen[3], seen[4], seen[15], seen[29], seen[36]], [0, 2, 3, 4, 5])
    const late = yield* Effect.forkChild(Effect.flip(operator.status), { startImmediately: true })
    scheduler.says(2, 1, { _tag: "ProtocolError", reason: "it was too much" })
    assert.match((yield* Fiber.join(late)).message, /no answer to status: it was too much/)
    assert.match(
      (yield* Effect.flip(operator.cancel("a.1"))).message,
      /no answer to cancel: it was/,
    )
  }),
)

it.effect("who is not let in as an operator is told why, and one that nobody answers is, too", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const scheduler = new Puppet(network, schedulerPeer, "operator")
    const desk = yield* MemoryTransport.make(network, "operator")
    const connect = (): Effect.Effect<string, unknown> =>
      Operator.make(operatorOverWire(desk, loop, schedulerPeer, { silenceMs: Infinity })).pipe(
        Effect.flip,
        Effect.map(({ message }) => message),
        Effect.scoped,
      )
    const refused = yield* Effect.forkChild(connect(), { startImmediately: true })
    yield* until("it says hello", () => scheduler.heardOf("OperatorHello").length === 1)
    scheduler.says(1, 1, { _tag: "ProtocolError", reason: "no operators here" })
    assert.match(yield* Fiber.join(refused), /could not connect .* no operators here/)
  }),
)
