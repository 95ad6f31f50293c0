/** Cancels a task that never ends and never listens, and shows what the receipt proves. */
import { Client, Future, type Receipt } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { tasks } from "./tasks/compress.ts"

/** How long a task that was asked to stop may take before its thread is ended. */
const graceMs = 250

const inWords = (receipt: Receipt<unknown>): string => {
  if (receipt._tag === "Stopped" && receipt.how === "killed") {
    return "its thread was ended, and has been seen to end. The code is not running anywhere."
  }
  return receipt.cancelled ? "it has been stopped." : "nobody could confirm that it has stopped."
}

const program = Effect.gen(function* () {
  const client = yield* Client
  const started = Deferred.makeUnsafe<string>()
  const future = yield* client.submit(tasks.forever, undefined, {
    onLog: (line) => Deferred.doneUnsafe(started, Exit.succeed(line)),
  })
  console.log(`Task ${future.number} says: "${yield* Deferred.await(started)}"`)
  console.log(`It is ${Future.state(future)}. Cancelling it …`)

  const beganMs = performance.now()
  const receipt = yield* Future.cancel(future)
  const tookMs = Math.round(performance.now() - beganMs)
  console.log(
    `After ${tookMs} ms, ${graceMs} of them its grace period, the receipt: ${inWords(receipt)}`,
  )
  console.log(receipt)
})

const cluster = Local.layer({ tasks, executor: "thread", slots: 1, graceMs })
await Effect.runPromise(Effect.provide(program, cluster))
