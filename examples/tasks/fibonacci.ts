import { clientWithin } from "@scaler-ts/future/promise"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"

export const tasks = defineTasks(import.meta.url, {
  fib: async (n: number, task: TaskContext): Promise<number> => {
    if (n < 2) return n
    const { call } = clientWithin(task)
    const [a, b] = await Promise.all([call(tasks.fib, n - 1), call(tasks.fib, n - 2)])
    return a + b
  },
})
