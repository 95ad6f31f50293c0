/** A network with a scheduler and a worker on it. */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { schedulerPeer, workerOverWire, withinProcess } from "@scaler-ts/protocol"
import { type ConnectionFailed, Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { type InvalidTasks, inline, type TaskModules, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export const elsewhere = (
  tasks: TaskModules,
): Effect.Effect<MemoryNetwork.MemoryNetwork, ConnectionFailed | InvalidTasks, Scope.Scope> =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    yield* Scheduler.make(yield* MemoryTransport.make(network, schedulerPeer), withinProcess)
    const transport = yield* MemoryTransport.make(network, "worker-1")
    yield* Worker.make(workerOverWire(transport, loop, schedulerPeer, withinProcess), {
      name: "worker-1",
      tasks,
      executor: inline(),
    })
    return network
  })
