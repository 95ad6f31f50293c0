import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import { describe, test } from "vitest"
import {
  defineTasks,
  type EffectLike,
  isTask,
  type TaskContext,
  type TaskDefinition,
} from "../src/tasks.ts"

const url = "file:///tasks.ts"

const tasks = defineTasks(url, {
  sqrt: (x: number) => Math.sqrt(x),
  later: async (text: string) => text.length,
  effectful: (n: number) => Effect.succeed(String(n)),
  failing: (n: number) => (n > 0 ? Effect.succeed(n) : Effect.fail(new Error("no"))),
  nothing: () => undefined,
  seconds: (_: Date, task: TaskContext) => task.attempt,
})

/** Compiles only for two tasks that are each other's type. */
const sameBothWays = <I, O>(_one: TaskDefinition<I, O>, _two: TaskDefinition<I, O>) =>
  "yes" as const

describe("defineTasks", () => {
  test("names each function, and knows what it takes and gives", () => {
    const sqrt: TaskDefinition<number, number> = tasks.sqrt
    const later: TaskDefinition<string, number> = tasks.later
    const effectful: TaskDefinition<number, string> = tasks.effectful
    const failing: TaskDefinition<number, number> = tasks.failing
    const nothing: TaskDefinition<void, undefined> = tasks.nothing
    const seconds: TaskDefinition<Date, number> = tasks.seconds
    const exact: "yes" = sameBothWays(tasks.effectful, effectful)
    assert.equal(exact, "yes")
    assert.deepEqual(
      [sqrt, later, effectful, failing, nothing, seconds].map(({ name }) => name),
      ["sqrt", "later", "effectful", "failing", "nothing", "seconds"],
    )
    assert.equal(sqrt.module, url)
    // @ts-expect-error A task of numbers takes no text.
    const wrong: TaskDefinition<string, number> = tasks.sqrt
    assert.ok(isTask(wrong))
  })

  test("sees in a real Effect what it succeeds with, and refuses one with requirements", () => {
    const real: EffectLike<number> = Effect.succeed(1)
    assert.ok(real)
    const needs = (): Effect.Effect<number, never, "Database"> => Effect.never
    // @ts-expect-error Nobody provides a task's requirements.
    const unmet: EffectLike<number> = needs()
    assert.ok(unmet)
  })

  test("takes names that other objects are born with for plain names", () => {
    const odd = defineTasks(url, {
      constructor: () => 1,
      toString: () => 2,
      ["__proto__"]: () => 3,
    })
    assert.deepEqual(Object.keys(odd).toSorted(), ["__proto__", "constructor", "toString"])
    assert.equal(odd["__proto__"].name, "__proto__")
    assert.equal(Object.getPrototypeOf(odd), null)
    assert.equal("hasOwnProperty" in odd, false)
  })

  test("refuses what is not a function, by name", () => {
    const given: ReadonlyArray<readonly [unknown, RegExp]> = [
      [3, /"broken" is of type number, not a function; give every task a function/],
      [null, /"broken" is of type null/],
      [undefined, /"broken" is of type undefined/],
    ]
    for (const [broken, message] of given) {
      assert.throws(() => defineTasks(url, { broken } as never), { name: "TypeError", message })
    }
  })

  test("gives out tasks that nobody can change", () => {
    assert.ok(Object.isFrozen(tasks) && Object.isFrozen(tasks.sqrt))
  })
})

test("isTask knows what defineTasks made, and nothing else", () => {
  assert.ok(isTask(tasks.sqrt))
  for (const other of [undefined, null, 1, {}, { ...tasks }, { name: "sqrt", run: Math.sqrt }]) {
    assert.equal(isTask(other), false)
  }
  assert.equal(isTask(Object.create(tasks.sqrt)), false)
})
