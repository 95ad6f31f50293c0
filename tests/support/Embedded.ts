/**
 * The whole cluster in this process: real client, scheduler and workers, inline executor, virtual time.
 *
 * What a test does with it is followed by the check that nothing is left of it (G7).
 */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { assert } from "@effect/vitest"
import { Client, type ClientOptions } from "@scaler-ts/future"
import { Operator } from "@scaler-ts/operator"
import {
  clientOverWire,
  operatorOverWire,
  schedulerPeer,
  workerOverWire,
  withinProcess,
} from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, type TaskModules, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { settle } from "./turns.ts"

export interface EmbeddedOptions extends ClientOptions {
  readonly tasks: TaskModules
  /** How many workers there are: "worker-1" and on. 1 unless told otherwise. */
  readonly workers?: number
  /** How many tasks each runs at a time. 16 unless told otherwise. */
  readonly slots?: number
}

export interface Embedded {
  readonly client: Client
  readonly scheduler: Scheduler.Scheduler
  readonly workers: ReadonlyArray<Worker.Worker>
  /** Somebody who looks at it all, and who comes when first asked for. */
  readonly operator: Effect.Effect<Operator, never, Scope.Scope>
  /** Takes a worker's connection away for good. */
  readonly loseWorker: (name: string) => Effect.Effect<void>
}

/** A cluster that a test may leave as it likes. */
export const make = (options: EmbeddedOptions): Effect.Effect<Embedded, never, Scope.Scope> =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const scheduler = yield* Scheduler.make(
      yield* MemoryTransport.make(network, schedulerPeer),
      withinProcess,
    )
    const workers: Array<Worker.Worker> = []
    for (let number = 1; number <= (options.workers ?? 1); number++) {
      const name = `worker-${number}`
      const transport = yield* MemoryTransport.make(network, name)
      const executor = inline({ slots: options.slots ?? 16 })
      const session = workerOverWire(transport, loop, schedulerPeer, withinProcess)
      workers.push(
        yield* Worker.make(session, { name, tasks: options.tasks, executor, prefetch: 0 }),
      )
    }
    const transport = yield* MemoryTransport.make(network, "client")
    const client = yield* Client.make(
      clientOverWire(transport, loop, schedulerPeer, withinProcess),
      options,
    )
    const loseWorker = (name: string): Effect.Effect<void> =>
      Effect.andThen(
        Effect.sync(() => network.cut(name, schedulerPeer)),
        settle,
      )
    const operator = Effect.gen(function* () {
      const desk = yield* MemoryTransport.make(network, "operator")
      return yield* Operator.make(operatorOverWire(desk, loop, schedulerPeer, withinProcess))
    }).pipe(Effect.orDie)
    return { client, scheduler, workers, operator, loseWorker }
  }).pipe(Effect.orDie)

/** Asserts that nothing is under way and no slot is held (G7). */
export const assertAtRest = ({ client, scheduler, workers }: Embedded): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* settle
    const status = scheduler.status()
    const { futures } = yield* client.status
    assert.deepStrictEqual(futures, { pending: 0, running: 0, cancelling: 0 }, "G7: client")
    assert.deepStrictEqual(
      status.tasks,
      { queued: 0, running: 0, recalling: 0, cancelling: 0 },
      "G7: scheduler",
    )
    for (const { name, held } of status.workers) assert.strictEqual(held, 0, `G7: slots of ${name}`)
    for (const worker of workers) {
      const { attempts } = worker.status()
      assert.deepStrictEqual(
        attempts,
        { waiting: 0, running: 0, stopping: 0 },
        `G7: ${worker.name}`,
      )
    }
  })

/** Uses a cluster, and asserts that it is at rest afterwards. */
export const embedded = <E>(
  options: EmbeddedOptions,
  use: (cluster: Embedded) => Effect.Effect<void, E, Scope.Scope>,
): Effect.Effect<void, E, Scope.Scope> =>
  Effect.gen(function* () {
    const cluster = yield* make(options)
    yield* use(cluster)
    yield* assertAtRest(cluster)
  })
