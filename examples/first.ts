import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { setTimeout } from "node:timers/promises"

const tasks = defineTasks(import.meta.url, {
  square: (n: number) => n * n,
  pause: (ms: number, { signal }: TaskContext) => setTimeout(ms, "slept", { signal }),
})

await using cluster = await Local.start({ tasks, executor: "inline" })
const pause = cluster.submit(tasks.pause, 60_000)
console.log(await cluster.submit(tasks.square, 12))
console.log(await pause.cancel())
