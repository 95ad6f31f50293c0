// What the executor of Web Workers promises on Deno, and what it cannot. Prints one line per fact; the
// test that starts it compares them.
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, Future, type Receipt } from "@scaler-ts/future"
import { clientOverWire, schedulerPeer, withinProcess, workerOverWire } from "@scaler-ts/protocol"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { Worker } from "@scaler-ts/worker"
import { webWorker } from "@scaler-ts/worker/web"
import * as Effect from "effect/Effect"
import { tasks } from "./webTasks.ts"

declare const Deno: {
  readonly makeTempFileSync: () => string
  readonly readTextFileSync: (path: string) => string
  readonly removeSync: (path: string) => void
  readonly exit: () => never
}

const file = Deno.makeTempFileSync()
const written = (): number => Deno.readTextFileSync(file).length

const program = Effect.gen(function* () {
  const loop = yield* Loop.make
  const network = yield* MemoryNetwork.make()
  yield* Scheduler.make(yield* MemoryTransport.make(network, schedulerPeer), withinProcess)
  const there = yield* MemoryTransport.make(network, "worker")
  yield* Worker.make(workerOverWire(there, loop, schedulerPeer, withinProcess), {
    name: "worker",
    tasks,
    executor: webWorker({ slots: 1 }),
    graceMs: 50,
    rejoinMs: 0,
  })
  const here = yield* MemoryTransport.make(network, "client")
  const session = clientOverWire(here, loop, schedulerPeer, withinProcess)
  // What spins is never confirmed, so that closing waits for as long.
  const client = yield* Client.make(session, { cancelBoundMs: 1_000 })

  /** Cancels a task once it says that it waits. */
  const cancelled = Effect.fnUntraced(function* <Input>(
    task: TaskDefinition<Input, unknown>,
    input: Input,
  ) {
    let waits = (): void => {}
    const waiting = new Promise<void>((resolve) => (waits = resolve))
    const onLog = (line: string): void => (line === "waiting" ? waits() : console.log(line))
    const future = yield* client.submit(task, input as never, { onLog })
    yield* Effect.promise(() => waiting)
    return yield* Future.cancel(future)
  })

  console.log(`sqrt(16) = ${yield* client.call(tasks.sqrt, 16)}`)
  const bytes = yield* client.call(tasks.bytes, new Uint8Array(100_000).fill(1))
  console.log(`${bytes.length} bytes of ${bytes[99_999]}`)
  console.log(`obeys: ${told(yield* cancelled(tasks.obey, undefined))}`)
  console.log(`an Effect: ${told(yield* cancelled(tasks.finalize, undefined))}`)
  console.log(`ignores: ${told(yield* cancelled(tasks.ignore, file))}`)
  console.log(`leaves a timer: ${told(yield* cancelled(tasks.leaveTimer, file))}`)
  const before = written()
  yield* Effect.sleep(100)
  console.log(`and wrote ${written() - before} times afterwards`)
  const crashed = yield* Effect.flip(client.call(tasks.crash))
  console.log(`crashes: ${crashed.message.includes("thrown outside")}`)
  console.log(`sqrt(25) = ${yield* client.call(tasks.sqrt, 25)}`)
  console.log(`spins: ${told(yield* cancelled(tasks.spin, undefined))}`)
})

const told = (receipt: Receipt<unknown>): string =>
  receipt._tag === "Stopped" ? `${receipt._tag} ${receipt.how}` : receipt._tag

await Effect.runPromise(Effect.scoped(program))
Deno.removeSync(file)
console.log("closed")
// The worker that spins would keep this process alive.
Deno.exit()
