import { type Client, TaskFailed } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import assert from "node:assert/strict"
import { afterAll, beforeAll, describe, expectTypeOf, test } from "vitest"
import { gate, tasks } from "./fixtures/tasks.ts"

/** Compiled, never run: a task takes what its schema takes, and gives what the other one gives. */
export const typesOf = (client: Client) => {
  expectTypeOf(tasks.year).toEqualTypeOf<TaskDefinition<string, string>>()
  expectTypeOf(tasks.effect).toEqualTypeOf<TaskDefinition<{ readonly n: string }, number>>()
  expectTypeOf(tasks.wrongOutput).toEqualTypeOf<TaskDefinition<number, number>>()
  expectTypeOf(tasks.later).toEqualTypeOf<TaskDefinition<string, string>>()
  // @ts-expect-error its schema takes text
  void client.submit(tasks.year, 2026)
  // @ts-expect-error and what is within has to be right, too
  void client.submit(tasks.titles, { title: "t", pages: [{ dpi: "300" }] })
}

for (const executor of ["inline", "thread"] as const) {
  describe(`in the ${executor} executor`, () => {
    let cluster: Local.Cluster
    beforeAll(async () => {
      cluster = await Local.start({ tasks, executor, graceMs: 20, slots: 2 })
    })
    afterAll(() => cluster.close())

    const call = <Input, A>(task: TaskDefinition<Input, A>, input: Input): Promise<A> =>
      cluster.call<Input, A>(task, input)

    const failure = async <Input>(task: TaskDefinition<Input, unknown>, input: unknown) => {
      const error = await cluster.call<Input, unknown>(task, input as Input).then(
        () => assert.fail("it did not fail"),
        (failed: unknown) => (failed instanceof TaskFailed ? failed.error : failed),
      )
      assert.ok(error instanceof Error)
      // Whatever it was, it was that task's alone.
      assert.equal(await call(tasks.ok, 7), 7)
      return error
    }

    test("a function gets what the schema made of the input, and its value goes through the other", async () => {
      assert.equal(await call(tasks.byHand, 16), 4)
      assert.equal(await call(tasks.year, "2026-11-24"), "2026")
      assert.equal(await call(tasks.titles, { title: "a", pages: [{ dpi: 1 }] }), "a: 1")
      assert.equal(await call(tasks.later, "somebody"), "somebody!")
      assert.equal(await call(tasks.effect, { n: "41" }), 42)
      assert.equal(await call(tasks.wrongOutput, 1), 1)
    })

    test("an input that is refused is an error that names what is wrong, and where", async () => {
      const error = await failure(tasks.titles, { title: "", pages: [{ dpi: 1 }, { dpi: "x" }] })
      assert.equal(error.name, "InvalidInput")
      assert.match(
        error.message,
        /^the input of task "titles" is not what its schema asks for: input\.title: Invalid length.*; input\.pages\[1\]\.dpi: Invalid type/,
      )
      const issues: ReadonlyArray<{ readonly path: unknown }> = Reflect.get(error, "issues")
      assert.deepEqual(issues.map(({ path }) => path), [["title"], ["pages", 1, "dpi"]]) // oxfmt-ignore
    })

    const refusals: ReadonlyArray<readonly [TaskDefinition<never, unknown>, unknown, RegExp]> = [
      [tasks.byHand, -1, /: input\.n\[2\]\.Symbol\(s\): has to be positive$/],
      [tasks.byHand, "16", /input of task "byHand" is not/],
      [tasks.later, "nobody", /input of task "later".*: input: nobody knows it/],
      [tasks.effect, { n: 41 }, /input of task "effect".*: input\.n: /],
      [tasks.wrongOutput, -1, /output of task "wrongOutput" is not what its schema asks for: output\.n/], // oxfmt-ignore
      [tasks.wrongEffect, -1, /output of task "wrongEffect"/],
      [tasks.throws, 1, /^the input schema of task "throws" threw/],
      [tasks.throwsHostile, 1, /^the input schema of task "throwsHostile" threw/],
      [tasks.rejects, 1, /^the input schema of task "rejects" threw/],
      [tasks.garbage, 1, /input schema of task "garbage" answered with neither a value nor issues/],
      [tasks.nothing, undefined, /output schema of task "nothing" answered with neither/],
      [
        tasks.badIssues,
        1,
        /input schema of task "badIssues" answered with issues that are no list/,
      ],
      [tasks.hostileIssues, 1, /input schema of task "hostileIssues" threw/],
      [tasks.manyIssues, 1, /: input: no; .*; and 980 more$/],
    ]
    for (const [task, input, message] of refusals) {
      test(`${task.name} fails for ${JSON.stringify(input)}, and no other task does (G10)`, async () => {
        assert.match((await failure(task, input)).message, message)
      })
    }

    test("a check that never ends is answered when it is cancelled, and harms no other task (G4, G10)", async () => {
      const hanging = cluster.submit(tasks.hangs, 1)
      while (hanging.state !== "running") await new Promise((r) => setImmediate(r))
      assert.equal(await call(tasks.ok, 1), 1)
      const receipt = await hanging.cancel()
      // Inline nothing can be killed, and nothing that may still run is called stopped (G2).
      assert.equal(receipt._tag, executor === "thread" ? "Stopped" : "Refused")
      assert.equal(await call(tasks.ok, 2), 2)
      if (executor === "inline") hanging.forget()
    })
  })
}

test("a cancel during a check is carried out when the check is over: the function is not called (G2)", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const future = cluster.submit(tasks.held, "held")
  while (gate.open === undefined) await new Promise((r) => setImmediate(r))
  const asked = future.cancel()
  while (future.state !== "cancelling") await new Promise((r) => setImmediate(r))
  // The request is at the worker when this later task has run.
  await cluster.call(tasks.ok, 1)
  gate.open()
  const receipt = await asked
  assert.deepEqual(
    [receipt._tag, receipt._tag === "Stopped" && receipt.how],
    ["Stopped", "cooperative"],
  )
  assert.deepEqual(gate.called, [])
})
