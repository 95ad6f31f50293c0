import { defineTasks } from "@scaler-ts/protocol/tasks"
import { InvalidTasks } from "@scaler-ts/worker"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { byName } from "../src/registry.ts"

const math = defineTasks("file:///math.ts", { sqrt: Math.sqrt, cube: (x: number) => x ** 3 })
const art = defineTasks("file:///art.ts", { render: () => "page" })
const otherMath = defineTasks("file:///other.ts", { sqrt: () => 0 })

it.effect("the tasks of one collection, and of several, are known by name", () =>
  Effect.gen(function* () {
    assert.deepEqual([...(yield* byName(math)).keys()], ["sqrt", "cube"])
    const both = yield* byName([math, art])
    assert.deepEqual([...both.keys()], ["sqrt", "cube", "render"])
    assert.equal(both.get("render"), art.render)
  }),
)

it.effect("the same collection twice is one", () =>
  Effect.gen(function* () {
    assert.equal((yield* byName([math, math])).size, 2)
  }),
)

it.effect("no tasks are no problem", () =>
  Effect.gen(function* () {
    assert.equal((yield* byName([])).size, 0)
  }),
)

it.effect("two tasks with one name are refused, naming both modules and what to do", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(byName([math, art, otherMath]))
    assert.ok(error instanceof InvalidTasks)
    assert.deepEqual([error._tag, error.task], ["InvalidTasks", "sqrt"])
    assert.equal(
      error.message,
      'two tasks are named "sqrt", one in file:///math.ts and one in file:///other.ts; rename one of them',
    )
  }),
)
