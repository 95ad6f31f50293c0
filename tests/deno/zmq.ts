// A cluster over real sockets on Deno: needs -A, for npm:zeromq is native code.
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { connect } from "@scaler-ts/future/promise"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"

const tasks = defineTasks(import.meta.url, {
  sqrt: (x: number) => Math.sqrt(x),
  length: (bytes: Uint8Array) => bytes.length,
  forever: (_: void, task) =>
    new Promise<void>((_resolve, reject) => {
      task.signal.addEventListener("abort", () => reject(task.signal.reason))
    }),
})

const cluster = Effect.gen(function* () {
  const bound = yield* ZmqTransport.bind("tcp://127.0.0.1:*")
  yield* Scheduler.make(bound)
  const name = "worker-1"
  const transport = yield* ZmqTransport.connect(bound.address, { name })
  const session = workerOverWire(transport, yield* Loop.make, schedulerPeer)
  yield* Worker.make(session, { name, tasks, executor: inline({ slots: 10 }) })
  return bound.address
})

const program = async (address: string): Promise<void> => {
  await using client = await connect(ZmqTransport.layer(address))
  console.log(`sqrt(16) = ${await client.submit(tasks.sqrt, 16)}`)
  // Part of a longer buffer, and long enough to be sent from where it is.
  console.log(await client.submit(tasks.length, new Uint8Array(1_048_576).subarray(0, 1_000_000)))
  const future = client.submit(tasks.forever)
  await client.submit(tasks.sqrt, 1)
  const receipt = await future.cancel()
  console.log(`${receipt._tag} ${receipt._tag === "Stopped" ? receipt.how : ""}`.trim())
}

await Effect.runPromise(
  Effect.scoped(Effect.flatMap(cluster, (address) => Effect.promise(() => program(address)))),
)
