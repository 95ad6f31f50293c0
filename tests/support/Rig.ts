/**
 * The real client over the real memory transport, against a scheduler that is driven by hand.
 *
 * Every order of a race can be produced with it, because nothing is answered that the test does
 * not say.
 */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import {
  Client,
  type ClientOptions,
  type ConnectionFailed,
  Future,
  type Receipt,
} from "@scaler-ts/future"
import { clientOverWire, schedulerPeer, withinProcess } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { HandScheduler, type Manners } from "./HandScheduler.ts"
import { settle, until } from "./turns.ts"

/** What a rig's client submits. Nobody runs it. */
export const { work } = defineTasks(import.meta.url, { work: (input: number) => input })

export interface RigOptions extends ClientOptions, Manners {}

export interface Rig {
  readonly client: Client
  readonly scheduler: HandScheduler
  /** Submits so many tasks and succeeds, once the scheduler has heard of them, with their futures. */
  readonly submit: (count?: number) => Effect.Effect<ReadonlyArray<Future.Future<number>>>
  /** Starts a cancel and succeeds, once the scheduler has heard what it sends, with its fiber. */
  readonly cancelling: <A>(
    future: Future.Future<A>,
    options?: Future.CancelOptions,
  ) => Effect.Effect<Fiber.Fiber<Receipt<A>>>
  /** Takes the connection away for good. */
  readonly cut: Effect.Effect<void>
  /** Closes the client's scope. */
  readonly close: Effect.Effect<void>
}

/** A network with a hand-driven scheduler on it, and what connects a client to that. */
export const bare = (
  options: RigOptions = {},
): Effect.Effect<
  {
    readonly scheduler: HandScheduler
    readonly network: MemoryNetwork.MemoryNetwork
    readonly connect: Effect.Effect<Client, ConnectionFailed, Scope.Scope>
  },
  never,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const peer = yield* MemoryTransport.make(network, schedulerPeer)
    const scheduler = new HandScheduler(peer, loop.defer, "client", options)
    const connect = Effect.gen(function* () {
      const transport = yield* MemoryTransport.make(network, "client")
      const session = clientOverWire(transport, loop, schedulerPeer, withinProcess)
      return yield* Client.make(session, options)
    })
    return { scheduler, network, connect }
  })

/** A connected client. At the end of the test its connection is cut, so nothing waits for an answer. */
export const make = (options: RigOptions = {}): Effect.Effect<Rig, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { scheduler, network, connect } = yield* bare(options)
    const scope = yield* Scope.make()
    const client = yield* Effect.orDie(Scope.provide(connect, scope))
    const close = Scope.close(scope, Exit.void)
    const cut = Effect.andThen(
      Effect.sync(() => network.cut("client", schedulerPeer)),
      settle,
    )
    yield* Effect.addFinalizer(() => Effect.andThen(cut, close))
    return {
      client,
      scheduler,
      submit: (count = 1) =>
        Effect.gen(function* () {
          const before = scheduler.heardOf("Task").length
          const futures: Array<Future.Future<number>> = []
          for (let task = 0; task < count; task++) {
            futures.push(yield* Effect.orDie(client.submit(work, task)))
          }
          yield* until("the tasks have arrived", () => {
            return scheduler.heardOf("Task").length === before + count
          })
          return futures
        }),
      cancelling: (future, cancelOptions) =>
        Effect.tap(
          Effect.forkChild(Future.cancel(future, cancelOptions), { startImmediately: true }),
          () => settle,
        ),
      cut,
      close,
    }
  })

/** The one future of `submit()`. */
export const only = <A>(futures: ReadonlyArray<A>): A => {
  const [first] = futures
  if (first === undefined || futures.length !== 1) throw new Error(`${futures.length}, not 1`)
  return first
}
