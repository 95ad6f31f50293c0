// The scheduler, in a process of its own: node scheduler.ts tcp://127.0.0.1:5555
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"
import { untilTold } from "./untilTold.ts"

const [, , address = "tcp://127.0.0.1:5555"] = process.argv

const schedule = Effect.gen(function* () {
  const transport = yield* ZmqTransport.bind(address)
  yield* Scheduler.make(transport)
  console.log(`listening at ${transport.address}`)
  return yield* Effect.never
})

await untilTold(schedule)
