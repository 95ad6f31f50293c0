/** Races two tasks. The race is over when the loser has stopped too, on whatever worker it ran. */
import { Client } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import * as Effect from "effect/Effect"
import { tasks } from "./tasks/small.ts"

const program = Effect.gen(function* () {
  const client = yield* Client
  const ask = (name: string, afterMs: number) =>
    client.call(tasks.answer, { name, afterMs }, { onLog: (line) => console.log(line) })

  const winner = yield* Effect.race(ask("the hare", 100), ask("the tortoise", 3_600_000))
  console.log(`${winner} won`)
  console.log(`still under way: ${(yield* client.status).futures.running}`)
})

const cluster = Local.layer({ tasks, executor: "thread", slots: 2 })
await Effect.runPromise(Effect.provide(program, cluster))
