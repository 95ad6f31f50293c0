/** A worker over ZeroMQ, in a process of its own. Is given the address and how many slots it has, and says when it is there. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import process from "node:process"
import { tasks } from "../tasks.js"

const [, , address = "", slots = ""] = process.argv
const name = "worker-1"

const work = Effect.gen(function* () {
  const transport = yield* ZmqTransport.connect(address, { name })
  const session = workerOverWire(transport, yield* Loop.make, schedulerPeer)
  yield* Worker.make(session, { name, tasks, executor: inline({ slots: Number(slots) }) })
  console.log("ready")
  return yield* Effect.never
})
await Effect.runPromise(Effect.scoped(work))
