/** The client within a task, as far as it is one client like others. */
import { clientWithin } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import assert from "node:assert/strict"
import { test } from "vitest"

const tasks = defineTasks(import.meta.url, {
  double: (n: number) => 2 * n,
  /** What it is told that asks for what only others may have, and what a child comes to afterwards. */
  refused: async (_: void, task: TaskContext): Promise<ReadonlyArray<string>> => {
    const client = clientWithin(task)
    const first = client.submit(tasks.double, 1)
    const told = [
      () => client.submit(tasks.double, 2, { detached: true }),
      () => client.attach("a.1", tasks.double),
      () => first.detach(),
    ].map(messageOf)
    return [...told, `${await first} ${await client.call(tasks.double, 3)}`]
  },
  /** Two functions of one task, each with a client of its own that it closes. */
  twice: async (n: number, task: TaskContext): Promise<number> => {
    const half = async (): Promise<number> => {
      await using client = clientWithin(task)
      return await client.call(tasks.double, n)
    }
    return (await half()) + (await half())
  },
})

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof TypeError ? error.message : String(error)
  }
  return "nothing"
}

test("a client within a task refuses what its children cannot have, and goes on", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  assert.deepEqual(await cluster.call(tasks.refused), [
    "a client within a task detaches nothing, because children end with it; use a client that is connected to the scheduler",
    "a client within a task attaches to nothing; use a client that is connected to the scheduler",
    "a client within a task detaches nothing, because children end with it; use a client that is connected to the scheduler",
    "2 6",
  ])
})

test("a client within a task that was closed makes room for another one", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  assert.equal(await cluster.call(tasks.twice, 3), 12)
})
