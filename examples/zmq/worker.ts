// A worker, in a process of its own, as many as there shall be: node worker.ts tcp://127.0.0.1:5555 worker-1
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Worker } from "@scaler-ts/worker"
import { thread } from "@scaler-ts/worker/thread"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { tasks } from "./tasks.ts"
import { untilTold } from "./untilTold.ts"

const [, , address = "tcp://127.0.0.1:5555", name = `worker-${process.pid}`] = process.argv

const work = Effect.gen(function* () {
  const worker = yield* Worker.Worker
  console.log(`${worker.name} works for ${address}`)
  return yield* worker.left
})

const worker = Worker.layer({ tasks, executor: thread({ slots: 2 }) })
const transport = ZmqTransport.layer(address, { name })
await untilTold(Effect.provide(work, Layer.provide(worker, transport)))
