// The name of a task is data: it is looked up among what was registered, and nowhere else.
import { assert, it } from "@effect/vitest"
import { TaskFailed } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskDefinition } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, test } from "vitest"
import { embedded } from "../support/Embedded.ts"
import { names, tasks } from "./fixtures/oddNames.ts"

/** A task that no worker has, under this name. */
const stray = (name: string): TaskDefinition<number, number> => {
  const made = defineTasks(import.meta.url, { [name]: (n: number) => n })[name]
  if (made === undefined) throw new Error(`defineTasks lost ${name}`)
  return made
}

/** In a map: whoever lists its tasks is sent no other, and a task of another name would wait. */
const others = defineTasks(import.meta.url, { other: (n: number) => n })

const shown = (name: string): string =>
  name.length > 30 ? `a name of ${name.length} characters` : JSON.stringify(name)

for (const name of names) {
  it.effect(`${shown(name)} is unknown to a worker that has no task of that name`, () =>
    embedded({ tasks: new Map(Object.entries(others)) }, ({ client }) =>
      Effect.gen(function* () {
        const failed = yield* Effect.flip(client.call(stray(name), 1))
        assert.isTrue(failed instanceof TaskFailed && failed.error instanceof Error)
        const { error } = failed as TaskFailed & { readonly error: Error }
        assert.strictEqual(error.name, "UnknownTask")
        assert.include(error.message, JSON.stringify(name.slice(0, 200)))
      }),
    ),
  )
}

for (const executor of ["inline", "thread"] as const) {
  describe(`in the ${executor} executor`, () => {
    let cluster: Local.Cluster
    beforeAll(async () => {
      cluster = await Local.start({ tasks, executor, slots: 1 })
    })
    afterAll(() => cluster.close())

    for (const [index, name] of names.entries()) {
      test(`${shown(name)} is the task of that name, and no other`, async () => {
        const task = tasks[name]
        if (task === undefined) throw new Error(`defineTasks lost ${name}`)
        const value = await cluster.call(task, 1)
        assert.strictEqual(value, `${index}: 1`)
      })
    }
  })
}
