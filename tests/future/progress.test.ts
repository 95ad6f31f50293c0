import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

const tasks = defineTasks(import.meta.url, {
  chatty: async (_: void, { log, progress }: TaskContext) => {
    log("loading")
    progress(0.25)
    await Promise.resolve()
    progress(0.75)
    log("saving")
    return "done"
  },
})

it.effect("what a task tells of its progress and logs reaches its client, in order", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const told: Array<string | number> = []
      const future = yield* client.submit(tasks.chatty, undefined, {
        onProgress: (fraction) => told.push(fraction),
        onLog: (text) => told.push(text),
      })
      yield* Future.onDone(future, ({ _tag }) => told.push(_tag))
      assert.strictEqual(yield* Future.await(future), "done")
      assert.deepStrictEqual(told, ["loading", 0.25, 0.75, "saving", "Succeeded"])
    }),
  ),
)

it.effect("progress and logs come through call and map too", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const onLog = (text: string): number => told.push(text)
      yield* client.call(tasks.chatty, undefined, { onLog })
      yield* client.map(tasks.chatty, [undefined], { onLog })
      assert.deepStrictEqual(told, ["loading", "saving", "loading", "saving"])
    }),
  ),
)

/** A client whose one task's progress and lines are kept. */
const listening = Effect.gen(function* () {
  const rig = yield* Rig.make()
  const told: Array<string | number> = []
  const future = yield* rig.client.submit(Rig.work, 1, {
    onProgress: (fraction) => told.push(fraction),
    onLog: (text) => told.push(text),
  })
  yield* settle
  return { ...rig, future, told }
})

it.effect("nothing is told of a task after its end (G1)", () =>
  Effect.gen(function* () {
    const { scheduler, future, told } = yield* listening
    scheduler.say(say.progress(1, 0.5), say.succeeded(1), say.progress(1, 0.9), say.line(1, "late"))
    yield* Future.await(future)
    scheduler.say(say.progress(1, 1), say.line(1, "later"))
    yield* settle
    assert.deepStrictEqual(told, [0.5])
  }),
)

it.effect("a task that is being cancelled still tells of its progress until it stops", () =>
  Effect.gen(function* () {
    const { scheduler, future, told, cancelling } = yield* listening
    yield* cancelling(future)
    scheduler.say(say.line(1, "tidying up"), say.stopped(1), say.line(1, "late"))
    yield* settle
    assert.deepStrictEqual(told, ["tidying up"])
  }),
)

it.effect("nothing is told of a task that was forgotten (G1)", () =>
  Effect.gen(function* () {
    const { scheduler, future, told } = yield* listening
    yield* Future.forget(future)
    scheduler.say(say.progress(1, 0.5), say.line(1, "unheard"))
    yield* settle
    assert.deepStrictEqual(told, [])
  }),
)

it.effect("a progress callback that throws harms neither the task nor the client (G10)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const future = yield* client.submit(Rig.work, 1, {
      onProgress: () => {
        throw new Error("the callback's own")
      },
    })
    yield* settle
    scheduler.say(say.progress(1, 0.5), say.succeeded(1, 2))
    assert.strictEqual(yield* Future.await(future), 2)
  }),
)
