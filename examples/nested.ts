import { clientWithin } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"

let count = 0

const tasks = defineTasks(import.meta.url, {
  fib: async (n: number, task: TaskContext): Promise<number> => {
    count++
    if (n < 2) return n
    const { call } = clientWithin(task)
    const [a, b] = await Promise.all([call(tasks.fib, n - 1), call(tasks.fib, n - 2)])
    return a + b
  },
})

await using cluster = await Local.start({ tasks, executor: "inline", slots: 1 })
console.log(`fib(10) is ${await cluster.submit(tasks.fib, 10)}, by ${count} tasks in 1 slot`)
