// The tasks of this example: workers run them, and clients know their names and types.
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { setTimeout } from "node:timers/promises"

export const tasks = defineTasks(import.meta.url, {
  square: (n: number) => n * n,
  pause: (ms: number, { signal }: TaskContext) => setTimeout(ms, "slept", { signal }),
})
