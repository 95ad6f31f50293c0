// Who watches is told how tasks move, as far as it keeps up, and nobody else notices (G10).
import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import type { TaskEvent } from "@scaler-ts/operator"
import { events } from "@scaler-ts/operator/stream"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { embedded } from "../support/Embedded.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

const words = (event: TaskEvent): string =>
  event._tag === "LeftOut"
    ? `${event.count} left out`
    : `${event.name} ${event.state === "ended" ? event.end : event.state}`

it.effect("a task is told from its submission to its end, each move once and in order", () => {
  const { tasks, recorded, finish } = Script.make()
  return embedded({ tasks, slots: 1 }, ({ client, operator }) =>
    Effect.gen(function* () {
      const looks = yield* operator
      const before = yield* client.submit(tasks.held, "before")
      yield* recorded("began before")
      const watching = yield* Effect.forkChild(Stream.runCollect(Stream.take(events(looks), 9)), {
        startImmediately: true,
      })
      yield* settle
      const queued = yield* client.submit(tasks.echo, 1)
      finish("before")
      yield* Effect.all([Future.await(before), Future.await(queued)])
      const held = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      yield* Future.cancel(held)
      const told = yield* Fiber.join(watching)
      assert.deepStrictEqual(told.map(words), [
        "echo queued",
        "held succeeded",
        "echo dispatched",
        "echo succeeded",
        "held queued",
        "held dispatched",
        "held running",
        "held cancelling",
        "held cancelled",
      ])
      const [first, , , , , fifth] = told
      assert.ok(first?._tag === "Moved" && fifth?._tag === "Moved")
      assert.deepStrictEqual([first.id, first.worker], [queued.id, ""])
      assert.deepStrictEqual([fifth.id, fifth.worker, fifth.attempt], [held.id, "worker-1", 1])
    }),
  )
})

it.effect("a burst beyond the room is a sample of whole tasks, and it adds up", () => {
  const { tasks } = Script.make()
  const count = 5_000
  return embedded({ tasks, slots: 4 }, ({ client, operator }) =>
    Effect.gen(function* () {
      const looks = yield* operator
      const told: Array<TaskEvent> = []
      const watching = yield* Effect.forkChild(
        Stream.runForEach(events(looks, { room: 256 }), (event) =>
          Effect.sync(() => told.push(event)),
        ),
        { startImmediately: true },
      )
      yield* settle
      yield* client.map(tasks.echo, Array.from({ length: count }).keys(), { concurrency: 2_000 })
      yield* settle
      yield* Fiber.interrupt(watching)
      const byTask = new Map<string, Array<string>>()
      let leftOut = 0
      for (const event of told) {
        if (event._tag === "LeftOut") leftOut += event.count
        else byTask.set(event.id, [...(byTask.get(event.id) ?? []), event.state])
      }
      const moves = told.filter(({ _tag }) => _tag === "Moved").length
      assert.strictEqual(moves + leftOut, 3 * count, "every move is told or counted")
      assert.isAbove(byTask.size, 50)
      assert.isBelow(byTask.size, count)
      for (const states of byTask.values()) {
        assert.deepStrictEqual(states, ["queued", "dispatched", "ended"].slice(0, states.length))
      }
      const whole = [...byTask.values()].filter(({ length }) => length === 3).length
      assert.strictEqual(whole, byTask.size, "nothing was cut off")
    }),
  )
})

it.effect("a watch that ends is over, and another one begins anew", () => {
  const { tasks } = Script.make()
  return embedded({ tasks }, ({ client, operator }) =>
    Effect.gen(function* () {
      const looks = yield* operator
      for (let round = 0; round < 40; round++) {
        const watching = yield* Effect.forkChild(
          Stream.runCollect(Stream.take(events(looks, { room: 8 }), 3)),
          { startImmediately: true },
        )
        yield* settle
        yield* Future.await(yield* client.submit(tasks.echo, round))
        const told = yield* Fiber.join(watching)
        assert.deepStrictEqual(told.map(words), [
          "echo queued",
          "echo dispatched",
          "echo succeeded",
        ])
      }
    }),
  )
})
