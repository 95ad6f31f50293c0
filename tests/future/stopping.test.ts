/** Schedulers and workers that stop in order: the others are told at once, and wait for nobody. */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, Future } from "@scaler-ts/future"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { settle, until } from "../support/turns.ts"

const tasks = defineTasks(import.meta.url, { endless: () => Effect.never })

it.effect(
  "a scheduler whose layer closes with its transport says so, and no client waits to come back",
  () =>
    Effect.gen(function* () {
      const network = yield* MemoryNetwork.make()
      const scope = yield* Scope.make()
      const transport = MemoryTransport.layer(network, schedulerPeer)
      yield* Scope.provide(Layer.build(Layer.provide(Scheduler.layer(), transport)), scope)
      const layer = Layer.provide(Client.layer, MemoryTransport.layer(network, "client"))
      yield* Effect.gen(function* () {
        const client = yield* Client
        const future = yield* client.submit(tasks.endless)
        yield* settle
        yield* Scope.close(scope, Exit.void)
        yield* settle
        const outcome = yield* Future.outcome(future)
        assert.isTrue(outcome._tag === "Lost")
        assert.include(outcome._tag === "Lost" ? outcome.error.message : "", "has stopped")
      }).pipe(Effect.provide(layer))
    }),
)

it.effect("a worker whose scope closes with its transport has said goodbye", () =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const loop = yield* Loop.make
    const hub = yield* MemoryTransport.make(network, schedulerPeer)
    const scheduler = yield* Scheduler.make(hub)
    const scope = yield* Scope.make()
    const worker = Effect.gen(function* () {
      const transport = yield* MemoryTransport.make(network, "w")
      const session = workerOverWire(transport, loop, schedulerPeer)
      return yield* Worker.make(session, { name: "w", tasks, executor: inline() })
    })
    yield* Scope.provide(worker, scope)
    assert.lengthOf(scheduler.status().workers, 1)
    yield* Scope.close(scope, Exit.void)
    yield* until("it is gone", () => scheduler.status().workers.length === 0)
  }),
)
