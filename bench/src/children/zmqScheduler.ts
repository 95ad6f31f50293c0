/** A scheduler over ZeroMQ, in a process of its own. Prints where it listens; its parent ends it. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"

const schedule = Effect.gen(function* () {
  const transport = yield* ZmqTransport.bind("tcp://127.0.0.1:*")
  yield* Scheduler.make(transport)
  console.log(transport.address)
  return yield* Effect.never
})
await Effect.runPromise(Effect.scoped(schedule))
