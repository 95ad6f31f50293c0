import { assert, it } from "@effect/vitest"
import { Future, type OutputSource, type SubmitOptions } from "@scaler-ts/future"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as say from "../support/messages.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

interface Listening extends Rig.Rig {
  readonly future: Future.Future<number>
  /** How many lines the client has said it has taken, message by message. */
  readonly credits: () => ReadonlyArray<number>
  /** Lets the task say that many lines, in one batch. */
  readonly lines: (count: number, attempt?: number, text?: string) => Effect.Effect<void>
}

const listening = (
  onLog: NonNullable<SubmitOptions["onLog"]>,
): Effect.Effect<Listening, never, Scope.Scope> =>
  Effect.gen(function* () {
    const rig = yield* Rig.make()
    const { client, scheduler } = rig
    const future = yield* Effect.orDie(client.submit(Rig.work, 1, { onLog }))
    yield* settle
    return {
      ...rig,
      future,
      credits: () => scheduler.heardOf("TaskLogTaken").map(({ lines }) => lines),
      lines: (count, attempt = 1, text = "x") =>
        Effect.andThen(
          Effect.sync(() => {
            for (let n = 0; n < count; n++) scheduler.say({ ...say.line(1, text), attempt })
          }),
          settle,
        ),
    }
  })

it.effect("a task whose client listens says so, and a line says what it was said by", () =>
  Effect.gen(function* () {
    const told: Array<readonly [string, OutputSource]> = []
    const { client, scheduler } = yield* listening((line, from) => told.push([line, from]))
    yield* client.submit(Rig.work, 2, { onProgress: () => {} })
    scheduler.say({ ...say.line(1, "a"), from: "stderr" }, { ...say.line(1, "b"), from: "stdout" })
    scheduler.say(say.line(1, "c"), say.line(2, "nobody listens to it"))
    yield* settle
    const wants = scheduler.heardOf("Task").map(({ wantsOutput }) => wantsOutput)
    assert.deepStrictEqual(wants, [true, false])
    assert.deepStrictEqual(told, [["a", "stderr"], ["b", "stdout"], ["c", "log"]]) // oxfmt-ignore
  }),
)

it.effect("lines are credited once for half a window, all that came in one batch together", () =>
  Effect.gen(function* () {
    const { credits, lines, scheduler } = yield* listening(() => {})
    yield* lines(127)
    assert.deepStrictEqual(credits(), [])
    yield* lines(129)
    assert.deepStrictEqual(credits(), [256])
    yield* lines(3, 1, "x".repeat(20_000))
    assert.deepStrictEqual(credits(), [256, 3])
    assert.deepInclude(scheduler.heardOf("TaskLogTaken")[0], { task: 1, attempt: 1 })
  }),
)

it.effect("a callback that throws, or whose promise rejects, has taken its line (G10)", () =>
  Effect.gen(function* () {
    let told = 0
    const { credits, lines } = yield* listening(() => {
      if (++told % 2 === 0) throw new Error("the callback's own")
      return Promise.reject(new Error("later"))
    })
    yield* lines(128)
    yield* Effect.promise(() => Promise.resolve())
    yield* settle
    assert.deepStrictEqual(credits(), [128])
  }),
)

it.effect("a line is taken when the promise of its callback settles, and not before (G10)", () =>
  Effect.gen(function* () {
    const settles: Array<() => void> = []
    const { credits, lines, future, scheduler } = yield* listening(
      () => new Promise<void>((resolve) => settles.push(resolve)),
    )
    yield* lines(200)
    assert.deepStrictEqual([settles.length, credits()], [200, []])
    for (const one of settles.slice(0, 130)) one()
    yield* Effect.promise(() => Promise.resolve())
    yield* settle
    assert.deepStrictEqual(credits(), [130])
    scheduler.say(say.succeeded(1, 7))
    assert.strictEqual(yield* Future.await(future), 7)
    for (const one of settles) one()
    yield* settle
    assert.deepStrictEqual(credits(), [130], "nobody waits for the rest")
  }),
)

it.effect("a task that is forgotten waits for nobody, whatever its callback was about to do", () =>
  Effect.gen(function* () {
    const { credits, lines, future } = yield* listening(() => new Promise(() => {}))
    yield* lines(3, 1, "x".repeat(20_000))
    assert.deepStrictEqual(credits(), [])
    yield* Future.forget(future)
    yield* settle
    assert.deepStrictEqual(credits(), [3])
    yield* lines(128)
    assert.deepStrictEqual(credits(), [3, 128])
  }),
)

it.effect("what an earlier attempt has said counts for nothing (G9)", () =>
  Effect.gen(function* () {
    const { credits, lines, scheduler } = yield* listening(() => {})
    yield* lines(127)
    yield* lines(127, 2)
    assert.deepStrictEqual(credits(), [])
    yield* lines(1, 2)
    const [credit] = scheduler.heardOf("TaskLogTaken")
    assert.deepInclude(credit, { attempt: 2, lines: 128 })
  }),
)

it.effect("what is taken of an earlier attempt once another one talks is told nobody (G9)", () =>
  Effect.gen(function* () {
    const settles: Array<() => void> = []
    const { credits, lines } = yield* listening(
      () => new Promise<void>((resolve) => settles.push(resolve)),
    )
    yield* lines(200)
    yield* lines(1, 2)
    for (const one of settles) one()
    yield* Effect.promise(() => Promise.resolve())
    yield* settle
    assert.deepStrictEqual(credits(), [])
  }),
)

it.effect("a refused cancel ends no credit, and an end does", () =>
  Effect.gen(function* () {
    const { cancelling, credits, lines, future, scheduler } = yield* listening(() => {})
    yield* cancelling(future)
    yield* lines(100)
    scheduler.say(say.refused(1))
    yield* lines(100)
    assert.deepStrictEqual(credits(), [200])
    scheduler.say(say.succeeded(1))
    yield* lines(300)
    assert.deepStrictEqual(credits(), [200])
  }),
)

it.effect("lines of a task that has ended, or of none, are told and credited to nobody (G9)", () =>
  Effect.gen(function* () {
    const { client, credits, scheduler } = yield* listening(() => {})
    scheduler.say(say.succeeded(1))
    const late: ReadonlyArray<Message.TaskLog> = Array.from({ length: 300 }, (_, n) =>
      say.line(1 + (n % 2), "late"),
    )
    scheduler.say(...late)
    yield* settle
    assert.deepStrictEqual(credits(), [])
    assert.deepStrictEqual((yield* client.status).ignored, { unknownTask: 150 })
  }),
)
