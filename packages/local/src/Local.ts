/**
 * scaler-ts embedded: scheduler, workers and client in this process, one import, no server.
 *
 * The real thing in small: the same client, scheduler and worker as in a cluster, over the memory
 * transport, with every message encoded.
 */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, type ClientOptions, type ConnectionFailed } from "@scaler-ts/future"
import { clientOverWire, schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Checked, Loop } from "@scaler-ts/runtime"
import { Scheduler, type Status } from "@scaler-ts/scheduler"
import {
  type ExecutorFactory,
  type InvalidTasks,
  inline,
  type TaskModules,
  Worker,
} from "@scaler-ts/worker"
import { thread } from "@scaler-ts/worker/thread"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { availableParallelism } from "node:os"

export interface LocalOptions extends Pick<ClientOptions, "policy" | "cancelBoundMs"> {
  /** What `defineTasks` returned, once or several times. */
  readonly tasks: TaskModules
  /**
   * What runs the tasks. `thread` (the default): worker threads, which can be killed; the tasks must
   * be in a module of their own. `inline`: this very event loop, which cannot.
   */
  readonly executor?: "thread" | "inline"
  /** How many workers there are. From 1; 1 unless told otherwise. */
  readonly workers?: number
  /** How many tasks one worker runs at the same time. By default all cores, shared among the workers; 16 each for `inline`. */
  readonly slots?: number
  /** How long a task that is asked to stop may take before it is killed, in milliseconds. 5,000 unless told otherwise. */
  readonly graceMs?: number
}

/** An embedded cluster whose life a program holds in its hands. */
export interface Cluster extends AsyncDisposable {
  readonly client: Client
  /** Runs an effect that uses the client; rejects with what it fails with. An aborted signal interrupts it and what it called. */
  readonly run: <A, E>(
    effect: Effect.Effect<A, E, Client>,
    options?: { readonly signal?: AbortSignal },
  ) => Promise<A>
  /** How things stand at the scheduler. */
  readonly status: () => Status
  /** Cancels what has not ended, waits for the answers, stops everything. Asking again joins the first. */
  readonly stop: () => Promise<void>
}

interface Parts {
  readonly client: Client
  readonly status: () => Status
}

/** Attempts a lone worker holds beyond its slots. Several workers hold none: nobody could take them back. */
const prefetchOfOne = 1_024

const inlineSlots = 16

const make = (
  options: LocalOptions,
): Effect.Effect<Parts, ConnectionFailed | InvalidTasks, Scope.Scope> =>
  Effect.gen(function* () {
    const { workers = 1, tasks, slots } = options
    Checked.wholeFromOne("workers", workers)
    if (slots !== undefined) Checked.wholeFromOne("slots", slots)
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const scheduler = yield* Scheduler.make(yield* MemoryTransport.make(network, schedulerPeer))
    const executor = executorOf(options, workers)
    for (let number = 1; number <= workers; number++) {
      const name = `worker-${number}`
      const transport = yield* MemoryTransport.make(network, name)
      yield* Worker.make(workerOverWire(transport, loop.defer, schedulerPeer), {
        name,
        tasks,
        executor,
        prefetch: workers === 1 ? prefetchOfOne : 0,
        ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
      })
    }
    const transport = yield* MemoryTransport.make(network, "client")
    const client = yield* Client.make(clientOverWire(transport, loop.defer, schedulerPeer), options)
    return { client, status: scheduler.status }
  })

const executorOf = (
  { executor = "thread", slots }: LocalOptions,
  workers: number,
): ExecutorFactory => {
  switch (executor) {
    case "inline":
      return inline({ slots: slots ?? inlineSlots })
    case "thread":
      return thread({ slots: slots ?? Math.max(1, Math.floor(availableParallelism() / workers)) })
  }
}

/**
 * An embedded cluster as the `Client` service, for as long as the layer lives.
 *
 * When it closes, what has not ended is cancelled, the answers are awaited up to the bound, and
 * nothing is left behind: no thread, no timer, no open handle. The one exception is a thread that
 * sits in native code for more than 5 seconds; a warning names its task.
 */
export const layer = (
  options: LocalOptions,
): Layer.Layer<Client, ConnectionFailed | InvalidTasks> =>
  Layer.effect(
    Client,
    Effect.map(make(options), ({ client }) => client),
  )

/**
 * Starts an embedded cluster for a program that speaks promises.
 *
 * Use it with `await using`, or call `stop`. Rejects with `InvalidTasks` when two tasks share a name,
 * with a `RangeError` when `workers` or `slots` is not a whole number from 1.
 */
export const start = async (options: LocalOptions): Promise<Cluster> => {
  const scope = Effect.runSync(Scope.make())
  const close = (): Promise<void> => Effect.runPromise(Scope.close(scope, Exit.void))
  let parts: Parts
  try {
    parts = await Effect.runPromise(Scope.provide(make(options), scope))
  } catch (error) {
    await close()
    throw error
  }
  const context = Context.make(Client, parts.client)
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= close())
  return {
    client: parts.client,
    run: (effect, runOptions) => Effect.runPromiseWith(context)(effect, runOptions),
    status: parts.status,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
