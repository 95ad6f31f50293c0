import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { setTimeout } from "node:timers/promises"

const tasks = defineTasks(import.meta.url, {
  square: (n: number) => n * n,
  pause: (ms: number, { signal }: TaskContext) => setTimeout(ms, "slept", { signal }),
})

const program = Effect.gen(function* () {
  const client = yield* Client
  const pause = yield* client.submit(tasks.pause, 60_000)
  const square = yield* client.submit(tasks.square, 12)
  console.log(yield* Future.await(square))
  console.log(yield* Future.cancel(pause))
})

await Effect.runPromise(Effect.provide(program, Local.layer({ tasks, executor: "inline" })))
