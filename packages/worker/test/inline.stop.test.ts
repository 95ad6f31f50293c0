import { limitsDefault, Values } from "@scaler-ts/protocol"
import { type AnyTask, defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { type Executor, type ExecutorListener, inline } from "@scaler-ts/worker"
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { test } from "vitest"
import { turns } from "./inlineSupport.ts"

/** What the tasks of this file did, and what lets them end. */
const seen: Array<string> = []
let finalizing = Deferred.makeUnsafe<void>()
let settle: (error?: unknown) => void = () => {}
let workMs: (key: number) => void = () => {}

const pending = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason))
  })

const tasks = defineTasks("file:///tasks.ts", {
  work: (key: number) => {
    seen.push(`called ${key}`)
    workMs(key)
  },
  until: (_: void, task: TaskContext) => pending(task.signal),
  wrapped: async (_: void, task: TaskContext) => {
    const error = await pending(task.signal).catch((reason: unknown) => reason)
    throw new Error("the request failed", { cause: error })
  },
  abortError: async (_: void, task: TaskContext) => {
    await pending(task.signal).catch(() => {})
    throw new DOMException("This operation was aborted", "AbortError")
  },
  returnsAnyway: async (_: void, task: TaskContext) => {
    await pending(task.signal).catch(() => {})
    return "a partial answer"
  },
  throwsOther: async (_: void, task: TaskContext) => {
    await pending(task.signal).catch(() => {})
    throw new RangeError("while cleaning up")
  },
  ignores: () => new Promise((resolve) => (settle = resolve)),
  looksLate: async (_: void, task: TaskContext) => {
    await new Promise((resolve) => (settle = resolve))
    seen.push(`aborted: ${task.signal.aborted}`)
    task.signal.throwIfAborted()
  },
  finalized: () =>
    Effect.never.pipe(
      Effect.ensuring(
        Effect.andThen(
          Effect.sync(() => seen.push("finalizing")),
          Deferred.await(finalizing),
        ),
      ),
    ),
  uninterruptible: () => Effect.as(Effect.uninterruptible(Deferred.await(finalizing)), "finished"),
})

const recording = () => {
  const told: Array<string> = []
  const payloads: Array<unknown> = []
  const end = (what: string, key: number, payload: Uint8Array): void => {
    told.push(`${what} ${key}`)
    payloads.push(Values.decode(payload))
  }
  const listener: ExecutorListener = {
    returned: (key, ok, payload) => end(ok ? "returned" : "threw", key, payload),
    stopped: (key, payload) => end("stopped", key, payload()),
    exited: (key) => told.push(`exited ${key}`),
    started: (key) => told.push(`started ${key}`),
    progress: () => {},
    log: () => {},
    said: () => {},
    waits: () => {},
  }
  return { told, payloads, listener }
}

const making = (slots: number) =>
  Effect.gen(function* () {
    seen.length = 0
    finalizing = Deferred.makeUnsafe()
    const loop = yield* Loop.make
    const record = recording()
    const executor = yield* inline({ slots }).make(record.listener, loop, limitsDefault)
    return { executor, ...record }
  })

const start = (executor: Executor, key: number, task: AnyTask, input?: unknown): boolean =>
  executor.start({
    key,
    task,
    attempt: 1,
    input: Values.encode(input),
    wantsOutput: true,
    depth: 0,
    traceparent: "",
  })

for (const task of [tasks.until, tasks.wrapped, tasks.abortError]) {
  it.effect(
    `an async function that ends with what the abort made of it has stopped: ${task.name}`,
    () =>
      Effect.gen(function* () {
        const { executor, told } = yield* making(1)
        start(executor, 1, task)
        yield* turns
        executor.interrupt(1)
        assert.deepEqual(told, [], "not from inside interrupt")
        yield* turns
        assert.deepEqual(told, ["stopped 1"])
      }),
  )
}

it.effect("an async function that returns after the abort finished first (G4)", () =>
  Effect.gen(function* () {
    const { executor, told, payloads } = yield* making(1)
    start(executor, 1, tasks.returnsAnyway)
    yield* turns
    executor.interrupt(1)
    yield* turns
    assert.deepEqual([told, payloads], [["returned 1"], ["a partial answer"]])
  }),
)

it.effect("an async function that throws something else after the abort failed by itself", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 1, tasks.throwsOther)
    yield* turns
    executor.interrupt(1)
    yield* turns
    assert.deepEqual(told, ["threw 1"])
  }),
)

it.effect(
  "a function that ignores its signal runs on, keeps its slot, and may end later (R14)",
  () =>
    Effect.gen(function* () {
      const { executor, told } = yield* making(1)
      assert.equal(executor.canKill, false)
      start(executor, 1, tasks.ignores)
      start(executor, 2, tasks.work, 2)
      yield* turns
      executor.interrupt(1)
      executor.interrupt(1)
      executor.kill(1)
      yield* turns
      assert.deepEqual([told, seen], [[], []])
      settle()
      yield* turns
      assert.deepEqual(told, ["returned 1", "started 2", "returned 2"])
    }),
)

it.effect("a signal that is first looked at after the interrupt is aborted already", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 1, tasks.looksLate)
    yield* turns
    executor.interrupt(1)
    settle()
    yield* turns
    assert.deepEqual([seen, told], [["aborted: true"], ["stopped 1"]])
  }),
)

it.effect("an Effect is interrupted, and has stopped only when its finalizers are done (G2)", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 1, tasks.finalized)
    start(executor, 2, tasks.work, 2)
    yield* turns
    executor.interrupt(1)
    yield* turns
    assert.deepEqual([seen, told], [["finalizing"], []])
    Deferred.doneUnsafe(finalizing, Effect.void)
    yield* turns
    assert.deepEqual(told, ["stopped 1", "started 2", "returned 2"])
  }),
)

it.effect(
  "an Effect in an uninterruptible region has stopped only when the region is over (G2)",
  () =>
    Effect.gen(function* () {
      const { executor, told } = yield* making(1)
      start(executor, 1, tasks.uninterruptible)
      yield* turns
      executor.interrupt(1)
      yield* turns
      assert.deepEqual(told, [])
      Deferred.doneUnsafe(finalizing, Effect.void)
      yield* turns
      assert.deepEqual(told, ["stopped 1"])
    }),
)

it.effect("an attempt that is stopped before its function was called never calls it (G2)", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 1, tasks.work, 1)
    start(executor, 2, tasks.work, 2)
    executor.interrupt(1)
    assert.deepEqual(told, [])
    yield* turns
    assert.deepEqual([seen, told], [["called 2"], ["stopped 1", "started 2", "returned 2"]])
  }),
)

it.effect("slots are respected, and who waits gets one first in, first out", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(2)
    const started = [1, 2, 3, 4, 5].map((key) => start(executor, key, tasks.until))
    assert.deepEqual(started, [true, true, false, false, false])
    yield* turns
    executor.interrupt(2)
    yield* turns
    executor.interrupt(1)
    yield* turns
    assert.deepEqual(told, ["stopped 2", "started 3", "stopped 1", "started 4"])
  }),
)

it.effect("what waits can be withdrawn, and what has a slot cannot", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    for (const key of [1, 2, 3]) start(executor, key, tasks.work, key)
    assert.deepEqual(
      [1, 2, 2, 9].map((key) => executor.withdraw(key)),
      [false, true, false, false],
    )
    yield* turns
    assert.deepEqual(seen, ["called 1", "called 3"])
    assert.deepEqual(told, ["returned 1", "started 3", "returned 3"])
  }),
)

it.effect("shutdown interrupts what runs and never starts what waits (G7)", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 1, tasks.until)
    yield* turns
    start(executor, 2, tasks.work, 2)
    yield* executor.shutdown
    yield* turns
    assert.deepEqual([seen, told], [[], ["stopped 1"]])
  }),
)

test("calls take turns: after 5 ms of a turn the next call waits, so that others get in (G10)", () => {
  const turnsOf: Array<() => void> = []
  let nowMs = 0
  const loop: Loop.Loop = {
    defer: (run) => void turnsOf.push(run),
    nowMs: () => nowMs,
    epochMs: () => nowMs,
    random: () => 0,
    afterInBackground: () => () => {},
    turn: Effect.void,
    after: () => () => {},
    fork: () => {
      throw new Error("no Effect is run here")
    },
  }
  seen.length = 0
  workMs = () => void (nowMs += 3)
  const { listener } = recording()
  const executor = Effect.runSync(inline({ slots: 2 }).make(listener, loop, limitsDefault))
  for (let key = 1; key <= 6; key++) start(executor, key, tasks.work, key)
  loop.defer(() => seen.push("somebody else"))
  for (let run = turnsOf.shift(); run !== undefined; run = turnsOf.shift()) run()
  workMs = () => {}
  assert.deepEqual(
    seen.map((what) => what.replace("called ", "")),
    ["1", "2", "somebody else", "3", "4", "5", "6"],
  )
})
