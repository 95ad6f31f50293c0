// What program.ts is to the Effect face, for the promise face: one line per fact.
import { MemoryTransport } from "@scaler-ts/adapter-memory"
import { asCompleted, connect, type Future, TaskCancelled } from "@scaler-ts/future/promise"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { elsewhere } from "./elsewhere.ts"

const tasks = defineTasks(import.meta.url, {
  sqrt: (x: number) => Math.sqrt(x),
  // Never ends by itself; stops when its signal says so.
  forever: (_: void, task) =>
    new Promise<void>((_resolve, reject) => {
      task.log("here")
      task.signal.addEventListener("abort", () => reject(task.signal.reason))
    }),
})

const scope = Effect.runSync(Scope.make())
const network = await Effect.runPromise(Scope.provide(elsewhere(tasks), scope))

let left: Future<unknown> | undefined
{
  await using client = await connect(MemoryTransport.layer(network, "client"))
  console.log(`sqrt(16) = ${await client.submit(tasks.sqrt, 16)}`)

  let onLog = (): void => {}
  const running = new Promise<void>((resolve) => (onLog = resolve))
  const future = client.submit(tasks.forever, undefined, { onLog: () => onLog() })
  await running
  const receipt = await future.cancel()
  console.log(`${receipt._tag} ${receipt._tag === "Stopped" ? receipt.how : ""}`.trim())

  const controller = new AbortController()
  const aborted = client.call(tasks.forever, undefined, { signal: controller.signal })
  controller.abort("enough")
  await aborted.catch((error) => {
    if (error instanceof TaskCancelled) console.log(`${error.name}: ${String(error.cause)}`)
  })

  const roots: Array<number> = []
  for await (const outcome of client.map(tasks.sqrt, [1, 4, 9, 16], { concurrency: 2 })) {
    if (outcome._tag === "Succeeded") roots.push(outcome.value)
    if (roots.length === 3) break
  }
  console.log(roots.join(", "))

  const ended: Array<unknown> = []
  for await (const { outcome } of asCompleted([1, 25].map((n) => client.submit(tasks.sqrt, n)))) {
    ended.push(outcome._tag === "Succeeded" && outcome.value)
  }
  console.log(`ended: ${ended.join(", ")}`)

  left = client.submit(tasks.forever)
}
console.log(`the block has left: ${left.state}`)
await Effect.runPromise(Scope.close(scope, Exit.void))
