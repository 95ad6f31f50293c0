// Where limits are set, and what becomes of what is beyond them.
import { assert, it } from "@effect/vitest"
import { Future, TaskFailed } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { describe, test } from "vitest"
import { until } from "../support/turns.ts"
import { longTasks } from "./fixtures/longTasks.ts"
import * as Town from "./Town.ts"

const tasks = defineTasks(import.meta.url, {
  bytes: (length: number) => new Uint8Array(length),
  lengthOf: (bytes: Uint8Array) => bytes.length,
  deep: (levels: number) => {
    let value: unknown = 1
    for (let i = 0; i < levels; i++) value = [value]
    return value
  },
  talk: (length: number, { log }: TaskContext) => log("ü".repeat(length)),
})

const kibi = 1024
const short = { payloadBytesMax: 10 * kibi }

const messageOf = (failed: unknown): string => {
  assert.isTrue(failed instanceof TaskFailed, String(failed))
  return String((failed as TaskFailed).error)
}

it.effect("an input that is too long is refused when it is submitted, and says what to do", () =>
  Effect.gen(function* () {
    const { client } = yield* Town.make({ tasks, limits: { client: short } })
    const refused = yield* Effect.flip(client.submit(tasks.lengthOf, new Uint8Array(11 * kibi)))
    assert.include(
      refused.message,
      "longer than 10240 bytes; send it in parts, or give every side a larger payloadBytesMax",
    )
    assert.strictEqual(yield* client.call(tasks.lengthOf, new Uint8Array(10_000)), 10_000)
  }),
)

it.effect("a result that is too long, or too deep, fails its task", () =>
  Effect.gen(function* () {
    const { client } = yield* Town.make({ tasks, limits: { worker: { ...short, valueDepthMax: 9 } } }) // oxfmt-ignore
    const long = messageOf(yield* Effect.flip(client.call(tasks.bytes, 11 * kibi)))
    assert.include(long, 'what task "bytes" returned cannot be sent: result: longer than 10240')
    const deep = messageOf(yield* Effect.flip(client.call(tasks.deep, 10)))
    assert.match(deep, /"deep" returned cannot be sent: result(\[0\]){9}: nested more than 9 deep/)
    assert.strictEqual((yield* client.call(tasks.bytes, 10_000)).length, 10_000)
  }),
)

it.effect("what one side lets through and the other does not fails its task, and no other", () =>
  Effect.gen(function* () {
    const strictWorker = yield* Town.make({ tasks, limits: { worker: short } })
    const input = messageOf(
      yield* Effect.flip(strictWorker.client.call(tasks.lengthOf, new Uint8Array(11 * kibi))),
    )
    assert.match(input, /input of task "lengthOf" cannot be decoded: 11267 bytes, and 10240 are/)
    assert.strictEqual(yield* strictWorker.client.call(tasks.lengthOf, new Uint8Array(1)), 1)
    const strictClient = yield* Town.make({ tasks, limits: { client: short } })
    const result = messageOf(yield* Effect.flip(strictClient.client.call(tasks.bytes, 11 * kibi)))
    assert.match(result, /its result cannot be decoded: 11267 bytes, and 10240 are allowed/)
    assert.strictEqual((yield* strictClient.client.call(tasks.bytes, 1)).length, 1)
  }),
)

it.effect("a client that sends a scheduler more than it takes is dropped and told why", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Town.make({ tasks, limits: { scheduler: short } })
    const future = yield* client.submit(tasks.lengthOf, new Uint8Array(11 * kibi))
    const outcome = yield* Future.outcome(future)
    assert.strictEqual(outcome._tag, "Lost")
    const refused = yield* Effect.flip(client.submit(tasks.lengthOf, new Uint8Array(1)))
    assert.include(refused.message, "11267 bytes in one, and 10240 are allowed")
    assert.strictEqual(scheduler.status().clients, 0)
    assert.strictEqual(scheduler.status().workers.length, 1)
  }),
)

it.effect("a line longer than a scheduler takes is cut, and ends no session (G10)", () =>
  Effect.gen(function* () {
    const limits = { textBytesMax: 4_096 }
    const town = yield* Town.make({ tasks, limits: { scheduler: limits, worker: limits } })
    const lines: Array<string> = []
    const onLog = (line: string): void => void lines.push(line)
    yield* Effect.flatMap(town.client.submit(tasks.talk, 1_000_000, { onLog }), Future.await)
    yield* Effect.flatMap(town.client.submit(tasks.talk, 1_024, { onLog }), Future.await)
    yield* until("both are told", () => lines.length === 2)
    assert.deepStrictEqual(lines, [
      `${"ü".repeat(1_024)}… (998976 more characters)`,
      "ü".repeat(1_024),
    ])
  }),
)

describe("limits of an embedded cluster", () => {
  for (const executor of ["inline", "thread"] as const) {
    test(`hold in the ${executor} executor, both ways`, async () => {
      const limits = { payloadBytesMax: 100 * kibi, valueDepthMax: 4 }
      await using cluster = await Local.start({ tasks: longTasks, executor, slots: 1, limits })
      const failure = (levels: number): Promise<string> =>
        cluster.call(longTasks.nest, levels).then(() => "it did not fail", messageOf)
      assert.deepStrictEqual(await cluster.call(longTasks.nest, 4), [[[[]]]])
      assert.include(await failure(5), "nested more than 4 deep")
      const long = await cluster.call(longTasks.repeat, 200 * kibi).then(() => "", messageOf)
      assert.include(long, "result: longer than 102400 bytes")
    })
  }

  for (const executor of ["inline", "thread", "process"] as const) {
    test(`cut a line that is too long, and fail no task, in the ${executor} executor`, async () => {
      const limits = { payloadBytesMax: kibi, textBytesMax: 4 * kibi }
      await using cluster = await Local.start({ tasks: longTasks, executor, slots: 1, limits })
      const lines: Array<string> = []
      const onLog = (line: string): void => void lines.push(line)
      // The console of an inline task is that of this process.
      const says = executor === "inline" ? [longTasks.talk] : [longTasks.talk, longTasks.print]
      for (const say of says) {
        for (const length of [1_000_000, 1_024]) await cluster.call(say, length, { onLog })
        await Effect.runPromise(until("both are told", () => lines.length === 2))
        assert.deepStrictEqual(lines.splice(0), [
          `${"ü".repeat(1_024)}… (998976 more characters)`,
          "ü".repeat(1_024),
        ])
      }
    })
  }

  test("that are none are refused before anything is started", async () => {
    const limits = { payloadBytesMax: -1 }
    const started = Local.start({ tasks: longTasks, executor: "inline", limits })
    const failed = await started.then(
      () => "started",
      (error: unknown) => String(error),
    )
    assert.include(failed, "RangeError: payloadBytesMax is -1; give a whole number from 1 up")
  })
})
