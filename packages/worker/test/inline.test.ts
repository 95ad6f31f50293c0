import { limitsDefault, Values } from "@scaler-ts/protocol"
import { type AnyTask, defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { type Executor, type ExecutorListener, inline } from "@scaler-ts/worker"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { setImmediate } from "node:timers/promises"
import { turns } from "./inlineSupport.ts"

const tasks = defineTasks("file:///tasks.ts", {
  double: (x: number) => 2 * x,
  doubleLater: async (x: number) => 2 * x,
  doubleEffect: (x: number) => Effect.as(Effect.yieldNow, 2 * x),
  attempt: (_: void, task: TaskContext) => task.attempt,
  nothing: () => undefined,
  thrown: () => {
    throw new RangeError("out of range")
  },
  rejected: async () => {
    throw new TypeError("wrong type")
  },
  failed: () => Effect.fail(new Error("failed on purpose")),
  died: () => Effect.die(new Error("a defect")),
  interruptsItself: () => Effect.interrupt,
  throwsText: () => {
    throw "a text"
  },
  unsendable: () => ({ deep: [() => 1] }),
  report: async (_: void, { progress, log }: TaskContext) => {
    log("begun")
    progress(0.5)
    await Promise.resolve()
    progress(1)
    log("done")
  },
  floodsProgress: async (_: void, { progress }: TaskContext) => {
    for (let n = 1; n <= 1_000; n++) progress(n / 10_000)
    for (let turn = 0; turn < 20; turn++) await setImmediate()
    for (let n = 1; n <= 1_000; n++) progress(n / 1_000)
  },
  badProgress: (_: void, { progress }: TaskContext) => progress(Number.NaN),
  thenableTwice: () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- A thenable that settles three times is the point.
    then: (resolve: (value: number) => void, reject: (error: Error) => void) => {
      resolve(1)
      resolve(2)
      reject(new Error("and a third time"))
    },
  }),
})

/** What the executor told its listener, in order. */
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
    progress: (key, fraction) => told.push(`progress ${key} ${fraction}`),
    log: (key, line) => told.push(`log ${key} ${line}`),
    said: (key, message) => told.push(`said ${key} ${message._tag}`),
    waits: (key, isWaiting) => told.push(`${isWaiting ? "waits" : "goes on"} ${key}`),
  }
  return { told, payloads, listener }
}

const making = (slots: number) =>
  Effect.gen(function* () {
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

for (const task of [tasks.double, tasks.doubleLater, tasks.doubleEffect]) {
  it.effect(
    `${task.name} is called with its input, on a later turn, and its value comes back`,
    () =>
      Effect.gen(function* () {
        const { executor, told, payloads } = yield* making(1)
        assert.equal(start(executor, 1, task, 21), true)
        assert.deepEqual(told, [])
        yield* turns
        assert.deepEqual([told, payloads], [["returned 1"], [42]])
      }),
  )
}

it.effect("a function is told the number of its attempt", () =>
  Effect.gen(function* () {
    const { executor, payloads } = yield* making(1)
    const input = Values.encode(undefined)
    executor.start({
      key: 1,
      task: tasks.attempt,
      attempt: 3,
      input,
      wantsOutput: false,
      depth: 0,
      traceparent: "",
    })
    yield* turns
    assert.deepEqual(payloads, [3])
  }),
)

it.effect("a function that returns nothing returns undefined", () =>
  Effect.gen(function* () {
    const { executor, told, payloads } = yield* making(1)
    start(executor, 1, tasks.nothing)
    yield* turns
    assert.deepEqual([told, payloads], [["returned 1"], [undefined]])
  }),
)

const throwing: ReadonlyArray<readonly [AnyTask, string, string]> = [
  [tasks.thrown, "RangeError", "out of range"],
  [tasks.rejected, "TypeError", "wrong type"],
  [tasks.failed, "Error", "failed on purpose"],
  [tasks.died, "Error", "a defect"],
]

for (const [task, name, message] of throwing) {
  it.effect(`what ${task.name} throws is its result, with name and message (G10)`, () =>
    Effect.gen(function* () {
      const { executor, told, payloads } = yield* making(1)
      start(executor, 1, task)
      start(executor, 2, tasks.double, 1)
      yield* turns
      assert.deepEqual(told, ["threw 1", "started 2", "returned 2"])
      const [error] = payloads
      assert.ok(error instanceof Error)
      assert.deepEqual([error.name, error.message], [name, message])
    }),
  )
}

it.effect("an Effect that interrupts itself has not been stopped, it has failed", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 1, tasks.interruptsItself)
    yield* turns
    assert.deepEqual(told, ["threw 1"])
  }),
)

it.effect("what is thrown and is no error arrives all the same", () =>
  Effect.gen(function* () {
    const { executor, told, payloads } = yield* making(1)
    start(executor, 1, tasks.throwsText)
    yield* turns
    assert.deepEqual(told, ["threw 1"])
    assert.equal(payloads[0] instanceof Error ? payloads[0].message : payloads[0], "a text")
  }),
)

it.effect(
  "a value that cannot be sent becomes an error that names the task and the path (R32)",
  () =>
    Effect.gen(function* () {
      const { executor, told, payloads } = yield* making(1)
      start(executor, 1, tasks.unsendable)
      yield* turns
      assert.deepEqual(told, ["threw 1"])
      const [error] = payloads
      assert.ok(error instanceof Error)
      assert.match(
        error.message,
        /^what task "unsendable" returned cannot be sent: .*result\.deep\[0\]/,
      )
    }),
)

it.effect("an input that cannot be decoded is an error that names the task (G10)", () =>
  Effect.gen(function* () {
    const { executor, told, payloads } = yield* making(1)
    const input = Uint8Array.of(0xc1)
    executor.start({
      key: 1,
      task: tasks.double,
      attempt: 1,
      input,
      wantsOutput: false,
      depth: 0,
      traceparent: "",
    })
    yield* turns
    assert.deepEqual(told, ["threw 1"])
    const [error] = payloads
    assert.ok(error instanceof Error)
    assert.equal(
      error.message,
      'the input of task "double" cannot be decoded: byte 1: no value begins with 0xc1',
    )
    assert.ok(error.cause instanceof Error)
  }),
)

it.effect("progress and log lines are reported under the attempt's key", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 7, tasks.report)
    yield* turns
    assert.deepEqual(told, [
      "log 7 begun",
      "progress 7 0.5",
      "progress 7 1",
      "log 7 done",
      "returned 7",
    ])
  }),
)

it.effect("lines that nobody wants are not reported, and progress is", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    const input = Values.encode(undefined)
    executor.start({
      key: 7,
      task: tasks.report,
      attempt: 1,
      input,
      wantsOutput: false,
      depth: 0,
      traceparent: "",
    })
    yield* turns
    assert.deepEqual(told, ["progress 7 0.5", "progress 7 1", "returned 7"])
  }),
)

it.live("of progress that is told without end a little is passed on, and the newest (G10)", () =>
  Effect.gen(function* () {
    const { executor, told } = yield* making(1)
    start(executor, 7, tasks.floodsProgress)
    while (!told.includes("returned 7")) yield* Effect.sleep(1)
    assert.ok(told.length <= 40, `${told.length} reports`)
    const place = told.indexOf("progress 7 0.1")
    assert.ok(place > 0, "the newest of a turn is passed on in the end")
    assert.ok(place < told.indexOf("progress 7 0.001", place), "and before what is told later")
    assert.deepEqual(told.slice(-2), ["progress 7 1", "returned 7"])
  }),
)

it.effect("progress that is no fraction fails the task and not the worker's session (G10)", () =>
  Effect.gen(function* () {
    const { executor, told, payloads } = yield* making(1)
    start(executor, 1, tasks.badProgress)
    yield* turns
    assert.deepEqual(told, ["threw 1"])
    const [error] = payloads
    assert.ok(error instanceof Error)
    assert.equal(error.message, "progress takes a fraction from 0 to 1, and was given NaN")
  }),
)

it.effect("a thenable that settles three times ends its attempt once (G6, G10)", () =>
  Effect.gen(function* () {
    const { executor, told, payloads } = yield* making(1)
    start(executor, 1, tasks.thenableTwice)
    yield* turns
    assert.deepEqual([told, payloads], [["returned 1"], [1]])
    assert.equal(start(executor, 2, tasks.doubleLater, 1), true)
    assert.equal(start(executor, 3, tasks.double, 1), false, "the one slot is taken once")
  }),
)
