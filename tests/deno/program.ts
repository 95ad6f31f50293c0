// The short program that every runtime must run from the same sources: submit, cancel, receipt; and
// a world, which does nothing until it is told.
// Prints one line per fact; the test that starts it compares them.
import { MemoryTransport, World } from "@scaler-ts/adapter-memory"
import { Client, Future } from "@scaler-ts/future"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { elsewhere } from "./elsewhere.ts"

const tasks = defineTasks(import.meta.url, {
  sqrt: (x: number) => Math.sqrt(x),
  // Never ends by itself; stops when its signal says so.
  forever: (_: void, task) =>
    new Promise<void>((_resolve, reject) => {
      task.signal.addEventListener("abort", () => reject(task.signal.reason))
    }),
})

const cluster = Layer.unwrap(
  Effect.map(elsewhere(tasks), (network) =>
    Client.layer.pipe(Layer.provide(MemoryTransport.layer(network, "client"))),
  ),
)

const program = Effect.gen(function* () {
  const client = yield* Client
  console.log(`sqrt(16) = ${yield* client.call(tasks.sqrt, 16)}`)
  const future = yield* client.submit(tasks.forever, undefined)
  while (Future.state(future) !== "running") yield* Effect.yieldNow
  const receipt = yield* Future.cancel(future)
  console.log(`${receipt._tag} ${receipt._tag === "Stopped" ? receipt.how : ""}`.trim())
  console.log(`future: ${Future.state(future)}`)
})

await Effect.runPromise(Effect.provide(program, cluster))

const world = new World()
const here = world.join("here")
const there = world.join("there")
here.run(
  Effect.gen(function* () {
    yield* Effect.sleep("1 hour")
    here.transport.send(there.name, Uint8Array.of(42))
  }),
)
world.wake()
for (let [next] = world.enabled(); next !== undefined; [next] = world.enabled()) {
  world.apply(next)
  console.log(`world: ${next.id} after ${there.nowMs} ms`)
}
