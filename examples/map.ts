/** Maps a task over inputs. One of them fails, which harms no other. */
import { Client } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import * as Effect from "effect/Effect"
import { tasks } from "./tasks/small.ts"

const inputs = [2, 4, 5, 8]

const program = Effect.gen(function* () {
  const client = yield* Client
  const outcomes = yield* client.map(tasks.half, inputs)
  for (const [index, outcome] of outcomes.entries()) {
    const end =
      outcome._tag === "Succeeded"
        ? outcome.value
        : outcome._tag === "Failed"
          ? outcome.error.message
          : outcome._tag
    console.log(`half of ${inputs[index]}: ${end}`)
  }
})

const cluster = Local.layer({ tasks, executor: "thread", slots: 2 })
await Effect.runPromise(Effect.provide(program, cluster))
