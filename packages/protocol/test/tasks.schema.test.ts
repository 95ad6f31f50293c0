import assert from "node:assert/strict"
import { describe, expectTypeOf, test } from "vitest"
import { defineTasks, isTask, type Schema, type TaskDefinition, withSchema } from "../src/tasks.ts"

const url = "file:///tasks.ts"

const schema = <Input, Output>(of: (value: unknown) => Output): Schema<Input, Output> => ({
  "~standard": { version: 1, vendor: "by hand", validate: (value) => ({ value: of(value) }) },
})
const text = schema<string, number>(Number)
const flag = schema<number, boolean>(Boolean)

describe("withSchema", () => {
  const tasks = defineTasks(url, {
    both: withSchema({ input: text, output: flag }, (n) => n + 1),
    input: withSchema({ input: text }, async (n) => ({ n })),
    output: withSchema({ output: flag }, (date: Date) => date.getTime()),
    neither: withSchema({ output: flag }, () => 1),
  })

  test("gives a task the types of its schemas", () => {
    expectTypeOf(tasks.both).toEqualTypeOf<TaskDefinition<string, boolean>>()
    expectTypeOf(tasks.input).toEqualTypeOf<TaskDefinition<string, { n: number }>>()
    expectTypeOf(tasks.output).toEqualTypeOf<TaskDefinition<Date, boolean>>()
    expectTypeOf(tasks.neither).toEqualTypeOf<TaskDefinition<void, boolean>>()
    assert.ok(Object.values(tasks).every(isTask))
    assert.equal(tasks.both.schemas?.input, text)
    // @ts-expect-error The function has to yield what the schema of the output takes.
    withSchema({ input: text, output: flag }, (n) => String(n))
    // @ts-expect-error The function is given what the schema of the input makes.
    withSchema({ input: text }, (n: string) => n)
  })

  const refused: ReadonlyArray<readonly [string, unknown, RegExp]> = [
    ["a schema that is none", withSchema({ input: {} as never }, () => 1), /the input schema of "broken" is no Standard Schema; give one/], // oxfmt-ignore
    [
      "a number as a schema",
      withSchema({ output: 3 as unknown as Schema<number> }, () => 1),
      /the output schema of "broken"/,
    ],
    [
      "schemas without a function",
      withSchema({ input: text }, undefined as unknown as () => 1),
      /"broken" has schemas and no function/,
    ],
    [
      "what only looks like it",
      { schemas: {}, run: () => 1 },
      /"broken" is of type object, not a function/,
    ],
  ]
  for (const [what, broken, message] of refused) {
    test(`and defineTasks refuse ${what}`, () => {
      assert.throws(() => defineTasks(url, { broken } as never), { name: "TypeError", message })
    })
  }
})

describe("defineTasks refuses names", () => {
  test("that are longer than any scheduler takes, and takes those of 65,536 characters", () => {
    const [longest, longer] = ["ü".repeat(65_536), "ü".repeat(65_537)]
    assert.equal(defineTasks(url, { [longest]: () => 1 })[longest]?.name, longest)
    assert.throws(() => defineTasks(url, { [longer]: () => 1 }), /has 65537 characters; 65536 is/)
  })
  test("with half of a surrogate pair", () => {
    assert.throws(() => defineTasks(url, { "\ud800": () => 1 }), /half of a surrogate pair/)
  })
})
