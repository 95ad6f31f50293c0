// A worker, in a process of its own, as many as there shall be: node worker.ts tcp://127.0.0.1:5555 worker-1
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Worker } from "@scaler-ts/worker"
import { thread } from "@scaler-ts/worker/thread"
import * as Effect from "effect/Effect"
import { tasks } from "./tasks.ts"
import { untilTold } from "./untilTold.ts"

const [, , address = "tcp://127.0.0.1:5555", name = `worker-${process.pid}`] = process.argv

const work = Effect.gen(function* () {
  const loop = yield* Loop.make
  const transport = yield* ZmqTransport.connect(address, { name })
  const session = workerOverWire(transport, loop, schedulerPeer)
  const worker = yield* Worker.make(session, { name, tasks, executor: thread({ slots: 2 }) })
  console.log(`${name} works for ${address}`)
  return yield* worker.left
})

await untilTold(work)
