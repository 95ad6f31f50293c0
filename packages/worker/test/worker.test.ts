import { ConnectionFailed, Loop } from "@scaler-ts/runtime"
import { InvalidTasks, Worker } from "@scaler-ts/worker"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import {
  cancelOf,
  factoryOf,
  HandExecutor,
  HandScheduler,
  someTasks,
  taskOf,
  turns,
} from "./inlineSupport.ts"

/** A worker that has been accepted by a hand-driven scheduler, in a scope of its own. */
const working = (executor = new HandExecutor(), options: Partial<Worker.WorkerOptions> = {}) =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const scheduler = new HandScheduler()
    const scope = yield* Scope.make()
    const worker = yield* Scope.provide(
      Worker.make(scheduler.session(loop), {
        name: "w",
        tasks: someTasks,
        executor: factoryOf(executor),
        rejoinMs: 0,
        ...options,
      }),
      scope,
    )
    scheduler.news()
    const close = Effect.forkChild(Scope.close(scope, Exit.void))
    return { scheduler, executor, worker, close }
  })

const failureOf = (scheduler: HandScheduler, connectMs?: number) =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    return yield* Worker.make(scheduler.session(loop), {
      name: "w",
      tasks: someTasks,
      executor: factoryOf(new HandExecutor()),
      ...(connectMs === undefined ? {} : { connectMs }),
    })
  }).pipe(Effect.scoped, Effect.flip)

it.effect("a worker says hello with its name, slots, prefetch, capabilities and task names", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const scheduler = new HandScheduler()
    const worker = yield* Worker.make(scheduler.session(loop), {
      name: "w",
      tasks: someTasks,
      executor: factoryOf(new HandExecutor(3)),
      prefetch: 2,
      capabilities: { gpu: 1 },
    })
    assert.equal(worker.name, "w")
    const [hello] = scheduler.messages
    assert.ok(hello?._tag === "WorkerHello")
    assert.match(hello.session, /^w\/-?[0-9a-z]+$/, "no two sessions of one name are the same")
    assert.deepEqual(scheduler.messages, [
      {
        _tag: "WorkerHello",
        session: hello.session,
        worker: "w",
        slots: 3,
        prefetch: 2,
        capabilities: { gpu: 1 },
        tasks: ["sqrt", "render"],
      },
    ])
  }),
)

it.effect("a worker that is given a map of tasks offers any, because more may be added", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const scheduler = new HandScheduler()
    const executor = factoryOf(new HandExecutor())
    const tasks = new Map(Object.entries(someTasks))
    yield* Worker.make(scheduler.session(loop), { name: "w", tasks, executor })
    const [hello] = scheduler.messages
    assert.ok(hello?._tag === "WorkerHello")
    assert.deepEqual(hello.tasks, [])
  }),
)

it.effect("a worker without tasks is refused, or it would offer any", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const session = new HandScheduler().session(loop)
    const executor = factoryOf(new HandExecutor())
    const exit = yield* Effect.exit(Worker.make(session, { name: "w", tasks: [], executor }))
    assert.ok(exit._tag === "Failure")
    assert.match(Cause.pretty(exit.cause), /no tasks for the worker to run; pass what defineTasks/)
  }),
)

it.effect("a scheduler that refuses makes the connection fail with its reason", () =>
  Effect.gen(function* () {
    const reason = 'a worker named "w" is here already'
    const error = yield* failureOf(new HandScheduler([{ _tag: "ProtocolError", reason }]))
    assert.ok(error instanceof ConnectionFailed)
    assert.equal(error.message, `could not connect to the scheduler "scheduler": ${reason}`)
  }),
)

it.effect(
  "a scheduler that is not there makes the connection fail with the transport's reason",
  () =>
    Effect.gen(function* () {
      const scheduler = new HandScheduler([])
      const failing = yield* Effect.forkChild(failureOf(scheduler))
      yield* turns
      scheduler.vanish()
      const error = yield* Fiber.join(failing)
      assert.ok(error instanceof ConnectionFailed)
      assert.equal(error.reason, "its socket closed")
    }),
)

for (const connectMs of [undefined, 700]) {
  it.effect(
    `a scheduler that does not answer is given up after ${connectMs ?? "5000"} ms (G8)`,
    () =>
      Effect.gen(function* () {
        const scheduler = new HandScheduler([])
        const failing = yield* Effect.forkChild(failureOf(scheduler, connectMs))
        yield* turns
        yield* TestClock.adjust((connectMs ?? 5_000) - 1)
        assert.equal(failing.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        const error = yield* Fiber.join(failing)
        assert.ok(error instanceof ConnectionFailed)
        assert.equal(error.reason, `no answer within ${connectMs ?? 5_000} ms; is it running?`)
        yield* turns
        assert.deepEqual(scheduler.heard, ["WorkerHello", "WorkerGoodbye", "gone"])
      }),
  )
}

it.effect("two tasks under one name fail before anything is said", () =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const scheduler = new HandScheduler()
    const other = defineTasks("file:///other.ts", { sqrt: () => 1 })
    const error = yield* Effect.flip(
      Worker.make(scheduler.session(loop), {
        name: "w",
        tasks: [someTasks, other],
        executor: factoryOf(new HandExecutor()),
      }),
    )
    assert.ok(error instanceof InvalidTasks)
    assert.deepEqual(scheduler.heard, [])
  }),
)

it.effect("a task is started, runs, and its result is sent", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* working()
    scheduler.say(taskOf(1))
    yield* turns
    assert.deepEqual(scheduler.news(), ["started 1.1"])
    assert.equal(worker.status().attempts.running, 1)
    executor.returned(1)
    yield* turns
    assert.deepEqual(scheduler.news(), ["success 1.1"])
  }),
)

it.effect("the grace period is 5 s unless told otherwise, and then the kill comes", () =>
  Effect.gen(function* () {
    for (const [options, graceMs, said] of [
      [{}, 5_000, ["interrupted 1.1"]],
      [{ graceMs: 40 }, 40, []],
    ] as const) {
      const { scheduler, executor } = yield* working(new HandExecutor(), options)
      scheduler.say(taskOf(1), cancelOf(1))
      yield* TestClock.adjust(graceMs - 1)
      assert.deepEqual(executor.told, ["start 1.1", "interrupt 1"])
      yield* TestClock.adjust(1)
      assert.equal(executor.told.at(-1), "kill 1")
      executor.exited(1)
      yield* turns
      const end = `canceled 1.1 killed after ${graceMs} ms`
      assert.deepEqual(scheduler.news(), ["started 1.1", ...said, end])
    }
  }),
)

it.effect("heartbeat echoes change nothing", () =>
  Effect.gen(function* () {
    const { scheduler } = yield* working()
    scheduler.say({ _tag: "HeartbeatEcho" })
    yield* turns
    assert.deepEqual(scheduler.news(), [])
  }),
)

it.effect("what the scheduler says and nobody can read ends the session with a ProtocolError", () =>
  Effect.gen(function* () {
    const { scheduler, executor, worker } = yield* working()
    scheduler.say(taskOf(1))
    yield* turns
    scheduler.news()
    scheduler.listener?.frame("scheduler", Uint8Array.of(0xc1))
    const reason = yield* worker.left
    yield* turns
    assert.match(reason, /^what the scheduler sent could not be read: /)
    assert.deepEqual(scheduler.news(), ["ProtocolError", "gone"])
    assert.equal(executor.told.at(-1), "interrupt 1")
  }),
)
