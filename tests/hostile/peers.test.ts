// Whoever sends what nobody sane would send is dropped, and everybody else goes on (G10).
import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import { type Message, Values, Wire } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { nextFrom, pollution, worse } from "../../packages/protocol/test/mutate.ts"
import { seedOf } from "../../packages/protocol/test/seed.ts"
import { taskOf } from "../support/taskOf.ts"
import { settle, until } from "../support/turns.ts"
import * as Town from "./Town.ts"

const tasks = defineTasks(import.meta.url, { square: (n: number) => n * n })

const clientHello: Message.ToScheduler = { _tag: "ClientHello", session: "s" }
const workerHello = (worker: string, slots: number): Message.ToScheduler => ({
  _tag: "WorkerHello",
  session: worker,
  worker,
  slots,
  prefetch: 0,
  capabilities: {},
  tasks: ["square"],
})
const task = taskOf({ name: "square", input: Values.encode(3) })

const sane = [
  Wire.encode([clientHello], 1, 0),
  Wire.encode([clientHello, task], 1, 0),
  Wire.encode([workerHello("w", 0)], 1, 0),
  Wire.encode([{ _tag: "Heartbeat" }], 1, 0),
]

const count = 3_000
const squares = Array.from({ length: count }, (_, n) => n * n)

const farewells: ReadonlySet<string> = new Set([
  "ClientDisconnect",
  "WorkerGoodbye",
  "ProtocolError",
])

/** Whether a frame can be read, and ends its session in order: nobody has to be told why. */
const takesLeave = (frame: Uint8Array): boolean => {
  try {
    const { messages } = Wire.decode(frame, Wire.toScheduler)
    return messages.some(({ _tag }) => farewells.has(_tag))
  } catch {
    return false
  }
}

it.effect("200 peers that send anything at all disturb nobody's work", () =>
  Effect.gen(function* () {
    const next = nextFrom(seedOf("hostile peers"))
    const town = yield* Town.make({ tasks, workers: 2 })
    const before = pollution()
    const working = yield* Effect.forkChild(
      town.client.map(tasks.square, squares.keys(), { concurrency: 100 }),
      { startImmediately: true },
    )
    const strangers: Array<Town.Stranger> = []
    /** Those who have taken leave, by chance. */
    const left = new Set<Town.Stranger>()
    for (let number = 0; number < 200; number++) {
      const stranger = town.stranger(`stranger-${number}`)
      strangers.push(stranger)
      // Some introduce themselves first; none of them comes with a slot that work could go to.
      if (number % 3 === 1) stranger.says(clientHello)
      if (number % 3 === 2) stranger.says(workerHello(`stranger-${number}`, 0))
      if (number % 3 > 0) yield* Effect.yieldNow
      for (let count = 0; count < 20; count++) {
        const frame = worse(sane, next)
        if (takesLeave(frame)) left.add(stranger)
        stranger.throws(frame)
      }
      stranger.throws(Uint8Array.of(0xc1))
      yield* Effect.yieldNow
    }
    const outcomes = yield* Fiber.join(working)
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome._tag === "Succeeded" && outcome.value),
      squares,
    )
    yield* settle
    for (const stranger of strangers) {
      assert.isTrue(stranger.isGone, JSON.stringify(stranger.heard))
      const [reason] = stranger.heardOf("ProtocolError")
      if (!left.has(stranger)) assert.isDefined(reason, "it is told why")
    }
    const { clients, workers } = town.scheduler.status()
    assert.deepStrictEqual([clients, workers.map(({ name }) => name)], [1, ["worker-1", "worker-2"]]) // oxfmt-ignore
    assert.deepStrictEqual(pollution(), before)
  }),
)

it.effect("what a worker turned hostile was running is run by another", () =>
  Effect.gen(function* () {
    const town = yield* Town.make({ tasks, workers: 0 })
    const traitor = town.stranger("traitor")
    traitor.says(workerHello("traitor", 5))
    const futures = yield* Effect.forEach([1, 2, 3, 4, 5], (n) =>
      town.client.submit(tasks.square, n),
    )
    yield* until("it has work", () => traitor.heardOf("Task").length === 5)
    const honest = town.stranger("honest")
    honest.says(workerHello("honest", 5))
    traitor.throws(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))
    yield* until("another has it", () => honest.heardOf("Task").length === 5)
    assert.isTrue(traitor.isGone)
    for (const { task, attempt, input } of honest.heardOf("Task")) {
      const n = Number(Values.decode(input))
      const payload = Values.encode(n * n)
      honest.says({ _tag: "TaskResult", task, attempt, worker: "honest", type: "success", payload, runMs: 0 }) // oxfmt-ignore
    }
    assert.deepStrictEqual(yield* Effect.forEach(futures, Future.await), [1, 4, 9, 16, 25])
  }),
)

it.effect(
  "a worker's hostile payload fails its task, whose client says what is wrong with it",
  () =>
    Effect.gen(function* () {
      const town = yield* Town.make({ tasks, workers: 0 })
      const worker = town.stranger("worker")
      worker.says(workerHello("worker", 9))
      const futures = yield* Effect.forEach([...payloads.keys(), 9], (n) =>
        town.client.submit(tasks.square, n),
      )
      yield* until("it has work", () => worker.heardOf("Task").length === futures.length)
      for (const [index, { task, attempt }] of worker.heardOf("Task").entries()) {
        const payload = payloads[index]?.[1] ?? Values.encode(81)
        worker.says({ _tag: "TaskResult", task, attempt, worker: "worker", type: "success", payload, runMs: 0 }) // oxfmt-ignore
      }
      const outcomes = yield* Effect.forEach(futures, (future) => Future.outcome(future))
      for (const [index, [what, , message]] of payloads.entries()) {
        const outcome = outcomes[index]
        const error = outcome?._tag === "Failed" ? outcome.error : undefined
        assert.match(String(error), message, what)
      }
      assert.deepInclude(outcomes.at(-1), { _tag: "Succeeded", value: 81 })
    }),
)

const holes: Array<unknown> = []
holes.length = 0xffff_ffff

/** Sane values that would take hours to be looked at whole. */
const endless: ReadonlyArray<readonly [what: string, value: unknown]> = [
  ["four billion holes", holes],
  ["an object of four billion holes", { reason: holes, workers: holes }],
  ["a bigint of a million digits", 2n ** 3_000_000n],
  ["an error full of them", Object.assign(new Error("e", { cause: holes }), { holes })],
]

for (const type of ["success", "failed", "failedTimeout", "failedWorkerDied"] as const) {
  it.effect(`a worker's ${type} with a value that never ends ends its future at once (G10)`, () =>
    Effect.gen(function* () {
      const town = yield* Town.make({ tasks, workers: 0 })
      const worker = town.stranger("worker")
      worker.says(workerHello("worker", 9))
      const futures = yield* Effect.forEach([...endless.keys()], (n) =>
        town.client.submit(tasks.square, n),
      )
      yield* until("it has work", () => worker.heardOf("Task").length === futures.length)
      for (const [index, { task, attempt }] of worker.heardOf("Task").entries()) {
        const payload = Values.encode(endless[index]?.[1])
        worker.says({ _tag: "TaskResult", task, attempt, worker: "worker", type, payload, runMs: 0 }) // oxfmt-ignore
      }
      const outcomes = yield* Effect.forEach(futures, (future) => Future.outcome(future))
      const wanted = { success: "Succeeded", failed: "Failed", failedTimeout: "Failed", failedWorkerDied: "Lost" } // oxfmt-ignore
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        endless.map(() => wanted[type]),
      )
    }),
  )
}

it.effect("a client's hostile input fails its task, and the worker goes on with the others'", () =>
  Effect.gen(function* () {
    const town = yield* Town.make({ tasks })
    const stranger = town.stranger("stranger")
    stranger.says(clientHello)
    for (const [index, [, input]] of payloads.entries()) {
      stranger.says({ ...task, task: index + 1, input })
    }
    assert.strictEqual(yield* town.client.call(tasks.square, 4), 16)
    yield* until("all have ended", () => stranger.heardOf("TaskResult").length === payloads.length)
    for (const { task, type, payload } of stranger.heardOf("TaskResult")) {
      const [what, , message] = payloads[task - 1] ?? ["", undefined, /^$/]
      assert.strictEqual(type, "failed", what)
      assert.match(String(Values.decode(payload)), message, what)
      assert.match(String(Values.decode(payload)), /the input of task "square" cannot be decoded/)
    }
    assert.strictEqual(yield* town.client.call(tasks.square, 5), 25)
  }),
)

const bytes = (...given: ReadonlyArray<number>): Uint8Array => Uint8Array.from(given)
const payloads: ReadonlyArray<readonly [what: string, bytes: Uint8Array, message: RegExp]> = [
  ["no msgpack", bytes(0xc1), /no value begins with 0xc1/],
  ["4 Gi items", bytes(0xdd, 255, 255, 255, 255), /more items are said to follow than there are/],
  ["4 GiB of text", bytes(0xdb, 255, 255, 255, 255), /4294967295 bytes are said to follow, 0 do/],
  [
    "a regular expression that is none",
    bytes(0xc7, 4, 4, 0x92, 0xa1, 40, 0xa0),
    /regular expression/,
  ],
  ["a list within a list, a million times", new Uint8Array(1_000_000).fill(0x91), /nested more than 256 deep/], // oxfmt-ignore
  ["an object with a key twice", bytes(0x82, 0xa1, 97, 1, 0xa1, 97, 2), /the same key twice/],
  ["an extension nobody knows", bytes(0xc7, 1, 77, 0), /there is no extension 77/],
]
