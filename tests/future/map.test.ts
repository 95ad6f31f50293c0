import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

const { whatever } = defineTasks(import.meta.url, { whatever: (input: unknown) => input })

it.effect("map keeps the order of the inputs, whatever the order of the ends", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const mapping = yield* Effect.forkChild(client.map(tasks.held, ["a", "b", "c"]))
      yield* recorded("began a", "began b", "began c")
      for (const name of ["c", "a", "b"]) finish(name)
      assert.deepStrictEqual(
        yield* Fiber.join(mapping),
        ["a", "b", "c"].map((value) => ({ _tag: "Succeeded", value }) as const),
      )
    }),
  )
})

it.effect("one failing item of a map harms no other, nor the client (R28)", () => {
  const { tasks, recorded, finish, fail } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const mapping = yield* Effect.forkChild(client.map(tasks.held, ["a", "b", "c"]))
      yield* recorded("began a", "began b", "began c")
      fail("b", new Error("only b"))
      yield* settle
      finish("a")
      finish("c")
      const outcomes = yield* Fiber.join(mapping)
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Succeeded", "Failed", "Succeeded"],
      )
      assert.strictEqual(yield* client.call(tasks.echo, 1), 1)
    }),
  )
})

it.effect("a map has no more items under way than it was told (G8)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  const underWay = (): number =>
    record.filter((entry) => entry.startsWith("began")).length -
    record.filter((entry) => entry.startsWith("ended")).length
  return embedded({ tasks }, ({ client, scheduler }) =>
    Effect.gen(function* () {
      const names = ["a", "b", "c", "d", "e"]
      const mapping = yield* Effect.forkChild(client.map(tasks.held, names, { concurrency: 2 }))
      for (const name of names) {
        yield* recorded(`began ${name}`)
        yield* settle
        assert.isAtMost(underWay(), 2)
        assert.isAtMost(scheduler.status().tasks.running, 2)
        finish(name)
      }
      assert.strictEqual((yield* Fiber.join(mapping)).length, 5)
    }),
  )
})

it.effect("a map has 1,000 items under way unless it is told otherwise", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const inputs = Array.from({ length: 1_001 }, (_, place) => place)
    yield* Effect.forkChild(client.map(Rig.work, inputs))
    yield* settle
    assert.strictEqual(scheduler.heardOf("Task").length, 1_000)
    scheduler.say(say.succeeded(7))
    yield* settle
    assert.strictEqual(scheduler.heardOf("Task").length, 1_001)
  }),
)

it.effect("an item that cannot be encoded was not submitted, and harms no other (R28)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const mapping = yield* Effect.forkChild(client.map(whatever, [1, { f: () => 2 }, 3]))
    yield* settle
    assert.strictEqual(scheduler.heardOf("Task").length, 2)
    scheduler.say(say.succeeded(1, "one"), say.succeeded(2, "three"))
    const [one, two, three] = yield* Fiber.join(mapping)
    assert.deepStrictEqual(one, { _tag: "Succeeded", value: "one" })
    assert.deepStrictEqual(three, { _tag: "Succeeded", value: "three" })
    if (two?._tag !== "NotSubmitted") return assert.fail(`it is ${two?._tag}`)
    assert.deepInclude(two.error, { _tag: "InputRefused", path: "input.f" })
  }),
)

it.effect("items that come after the connection is gone were not submitted (R28)", () =>
  Effect.gen(function* () {
    const { client, cut } = yield* Rig.make()
    const mapping = yield* Effect.forkChild(client.map(Rig.work, [1, 2], { concurrency: 1 }))
    yield* settle
    yield* cut
    const tags = (yield* Fiber.join(mapping)).map(({ _tag }) => _tag)
    assert.deepStrictEqual(tags, ["Lost", "NotSubmitted"])
  }),
)

it.effect("a map of nothing is over at once", () =>
  Effect.gen(function* () {
    const { client } = yield* Rig.make()
    assert.deepStrictEqual(yield* client.map(Rig.work, []), [])
  }),
)

it.effect("starmap gives each task its tuple of arguments, in order", () => {
  const tasks = defineTasks(import.meta.url, {
    join: ([left, right]: readonly [string, number]) => `${left}${right}`,
  })
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const pairs: ReadonlyArray<readonly [string, number]> = [
        ["a", 1],
        ["b", 2],
      ]
      assert.deepStrictEqual(yield* client.starmap(tasks.join, pairs), [
        { _tag: "Succeeded", value: "a1" },
        { _tag: "Succeeded", value: "b2" },
      ])
    }),
  )
})

it.effect("an interrupted map cancels what is under way, waits for it, and starts no more", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const mapping = yield* Effect.forkChild(client.map(Rig.work, [1, 2, 3], { concurrency: 2 }))
    yield* settle
    const interrupting = yield* Effect.forkChild(Fiber.interrupt(mapping))
    yield* settle
    assert.deepStrictEqual(scheduler.cancels, [1, 2])
    scheduler.say(say.stopped(2))
    yield* settle
    assert.isUndefined(interrupting.pollUnsafe())
    scheduler.say(say.succeeded(1))
    yield* Fiber.join(interrupting)
    yield* settle
    assert.strictEqual(scheduler.heardOf("Task").length, 2)
    assert.deepStrictEqual(scheduler.cancels, [1, 2])
  }),
)

it.effect("an interrupted map leaves nothing running in a real cluster (G2, G7)", () => {
  const { tasks, record, recorded } = Script.make()
  return embedded({ tasks, slots: 2 }, ({ client }) =>
    Effect.gen(function* () {
      const mapping = yield* Effect.forkChild(client.map(tasks.held, ["a", "b", "c"]))
      yield* recorded("began a", "began b")
      yield* Fiber.interrupt(mapping)
      assert.deepStrictEqual(record.slice(2), ["stopped a", "stopped b"])
    }),
  )
})

it.effect("cancelAll cancels what has not ended, and its receipts are oldest task first (G4)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const futures = yield* submit(4)
    scheduler.say(say.succeeded(2))
    yield* settle
    const all = yield* Effect.forkChild(client.cancelAll(), { startImmediately: true })
    yield* settle
    assert.deepStrictEqual(scheduler.cancels, [1, 3, 4])
    scheduler.say(say.notFound(4), say.succeeded(3, "raced"), say.stopped(1))
    assert.deepStrictEqual<ReadonlyArray<unknown>>(yield* Fiber.join(all), [
      receipts.stopped(),
      receipts.finished("raced"),
      receipts.notFound,
    ])
    assert.deepStrictEqual(
      futures.map((future) => Future.state(future)),
      ["cancelled", "succeeded", "cancelled", "cancelled"],
    )
    assert.deepStrictEqual(yield* client.cancelAll(), [])
  }),
)
