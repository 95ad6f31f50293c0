/** The client within a task, as far as it is one client like others. */
import { clientWithin, Overloaded } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import { type Message, Nesting, nestingKey, Values } from "@scaler-ts/protocol"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import assert from "node:assert/strict"
import { test } from "vitest"
import { atRest } from "../support/PromiseRig.ts"

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

/** A running task that may have so many children, and what its worker is told: children by their numbers, and when it waits. */
const taskWith = (tasks: number) => {
  const told: Array<number | string> = []
  const nesting = new Nesting(
    {
      said: (message) => void told.push(message._tag === "Task" ? message.task : message._tag),
      waits: (isWaiting) => void told.push(isWaiting ? "waits" : "goes on"),
    },
    { tasks, bytes: 1_000 },
  )
  const context = { [nestingKey]: nesting, signal: new AbortController().signal }
  const client = clientWithin(context as unknown as TaskContext, { waitingTasksMax: 10_000 })
  const end = (task: number): void => nesting.hear({ ...succeeded, task })
  return { client, end, told }
}

const succeeded: Omit<Message.TaskResult, "task"> = {
  _tag: "TaskResult",
  attempt: 1,
  worker: "w",
  type: "success",
  payload: Values.encode(7),
  runMs: 0,
}

test("a parent that has as many children as it may waits with the next, and lends its slot (R48, R31)", async () => {
  const { client, end, told } = taskWith(1)
  const first = client.submit(tasks.double, 1)
  const second = client.submit(tasks.double, 2)
  assert.throws(() => client.trySubmit(tasks.double, 3), Overloaded)
  const accepted = second.accepted()
  assert.deepEqual(told, [1, "waits"])
  end(1)
  await accepted
  assert.deepEqual(told, [1, "waits", 2, "goes on"])
  assert.deepEqual(
    [first.state, second.state, client.status().waiting],
    ["succeeded", "pending", 0],
  )
  const third = client.submit(tasks.double, 3)
  void third.accepted()
  void third.cancel()
  await atRest()
  assert.deepEqual(told.slice(4), ["waits", "goes on"], "nobody is told of what was taken back")
  end(2)
})

test("children that end while they are sent let all others be sent, however many wait", async () => {
  const { client, end, told } = taskWith(1)
  const many = 10_000
  for (let task = 0; task <= many; task++) client.submit(tasks.double, task)
  assert.throws(() => client.submit(tasks.double, 0), Overloaded, "no more may wait here")
  told.push = (...items) => {
    for (const task of items) if (typeof task === "number") end(task)
    return 0
  }
  end(1)
  await atRest()
  assert.deepEqual([client.status().futures.pending, client.status().waiting], [0, 0])
})
