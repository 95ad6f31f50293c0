/** Schedulers and workers that stop in order: the others are told at once, and wait for nobody. */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, type ClientOptions, Future } from "@scaler-ts/future"
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
import * as TestClock from "effect/testing/TestClock"
import { settle, until } from "../support/turns.ts"

const tasks = defineTasks(import.meta.url, { endless: () => Effect.never })

/** What becomes of a task when its scheduler's layer closes with its transport, and whoever comes is late. */
const lostWith = (options: ClientOptions, waitMs: number) =>
  Effect.gen(function* () {
    const network = yield* MemoryNetwork.make()
    const scope = yield* Scope.make()
    const transport = MemoryTransport.layer(network, schedulerPeer)
    yield* Scope.provide(Layer.build(Layer.provide(Scheduler.layer(), transport)), scope)
    const client = Client.layerWith(options)
    const layer = Layer.provide(client, MemoryTransport.layer(network, "client"))
    return yield* Effect.gen(function* () {
      const client = yield* Client
      const future = yield* client.submit(tasks.endless)
      yield* settle
      yield* Scope.close(scope, Exit.void)
      yield* settle
      for (let ms = 0; ms < waitMs; ms += 1_000) {
        assert.strictEqual((yield* client.status).futures.pending, 1)
        yield* TestClock.adjust(1_000)
        yield* settle
      }
      const outcome = yield* Future.outcome(future)
      return outcome._tag === "Lost" ? outcome.error.message : outcome._tag
    }).pipe(Effect.provide(layer))
  })

it.effect(
  "a scheduler whose layer closes with its transport says so, and a client that waits for no other hears it at once",
  () =>
    Effect.gen(function* () {
      assert.include(yield* lostWith({ onSchedulerLost: "fail" }, 0), "has stopped")
    }),
)

it.effect("a client that would go on with another scheduler waits as long as it was told to", () =>
  Effect.gen(function* () {
    assert.include(yield* lostWith({ rejoinMs: 5_000 }, 5_000), "was lost")
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
