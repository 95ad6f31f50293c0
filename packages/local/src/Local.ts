/**
 * scaler-ts embedded: scheduler, workers and client in this process, one import, no server.
 *
 * The real thing in small: the same client, scheduler and worker as in a cluster, over the memory
 * transport, with every message encoded.
 */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import {
  Client,
  type ClientOptions,
  type ClientStatus,
  type ConnectionFailed,
} from "@scaler-ts/future"
import { type Client as PromiseClient, fromEffect } from "@scaler-ts/future/promise"
import { Operator } from "@scaler-ts/operator"
import {
  clientOverWire,
  makeLimits,
  operatorOverWire,
  schedulerPeer,
  workerOverWire,
  withinProcess,
} from "@scaler-ts/protocol"
import { Checked, Loop } from "@scaler-ts/runtime"
import { Scheduler, type SchedulerOptions, type Status } from "@scaler-ts/scheduler"
import {
  byName,
  type ExecutorFactory,
  type InvalidTasks,
  inline,
  type TaskModules,
  Worker,
} from "@scaler-ts/worker"
import { subprocess } from "@scaler-ts/worker/process"
import { thread } from "@scaler-ts/worker/thread"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { availableParallelism } from "node:os"

export interface LocalOptions
  extends
    Pick<
      ClientOptions,
      "policy" | "cancelBoundMs" | "limits" | "waitingTasksMax" | "waitingBytesMax"
    >,
    Pick<
      SchedulerOptions,
      "clientTasksMax" | "clientBytesMax" | "tasksMax" | "bytesMax" | "backlogBytesMax"
    > {
  /** What `defineTasks` returned, once or several times. */
  readonly tasks: TaskModules
  /**
   * What runs the tasks. `thread` (the default): worker threads, which can be killed; the tasks must
   * be in a module of their own. `process`: child processes, each killed with all that it has started;
   * the same goes for their tasks. `inline`: this very event loop, which cannot be killed.
   */
  readonly executor?: "thread" | "process" | "inline"
  /** How many workers there are. From 1; 1 unless told otherwise. */
  readonly workers?: number
  /** How many tasks one worker runs at the same time. By default all cores, shared among the workers; 16 each for `inline`. */
  readonly slots?: number
  /** What each worker has beside its slots, such as `{ gpu: 1 }`, for tasks that need it. Nothing unless told otherwise. */
  readonly capabilities?: Readonly<Record<string, number>>
  /** How long a task that is asked to stop may take before it is killed, in milliseconds. 5,000 unless told otherwise. */
  readonly graceMs?: number
  /**
   * Whether the scheduler's metrics are registered with Effect's registry, as its `publishMetrics` does. False
   * unless told otherwise.
   */
  readonly metrics?: boolean
}

/** How things stand, at the client and at the scheduler. */
export interface ClusterStatus extends ClientStatus {
  readonly scheduler: Status
}

/** An embedded cluster whose life a program holds in its hands: a client, and all it needs. */
export interface Cluster extends PromiseClient {
  readonly status: () => ClusterStatus
  /**
   * Runs an Effect that uses the `Client` or the `Operator` service, for a program that speaks promises
   * but here; rejects with what it fails with. An aborted signal interrupts it and what it called. A program that speaks
   * Effect throughout provides `layer` instead.
   */
  readonly run: <A, E>(
    effect: Effect.Effect<A, E, Client | Operator>,
    options?: { readonly signal?: AbortSignal },
  ) => Promise<A>
}

interface Parts {
  readonly client: Client
  readonly operator: Operator
  readonly status: () => Status
}

/** Attempts a lone worker holds beyond its slots: there is nobody else who could run them sooner. */
const prefetchOfOne = 1_024

const inlineSlots = 16

const make = (
  options: LocalOptions,
): Effect.Effect<Parts, ConnectionFailed | InvalidTasks, Scope.Scope> =>
  Effect.gen(function* () {
    const { workers = 1, tasks, slots } = checked(options)
    Checked.wholeFromOne("workers", workers)
    if (slots !== undefined) Checked.wholeFromOne("slots", slots)
    const limits = makeLimits(options.limits)
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const hub = yield* MemoryTransport.make(network, schedulerPeer)
    const scheduler = yield* Scheduler.make(hub, { ...options, limits, ...withinProcess })
    if (options.metrics === true) yield* scheduler.publishMetrics
    const executor = executorOf(options, workers)
    // Nobody else will come and offer what is not there: it fails, and does not wait.
    const named = yield* byName(tasks)
    for (let number = 1; number <= workers; number++) {
      const name = `worker-${number}`
      const transport = yield* MemoryTransport.make(network, name)
      yield* Worker.make(
        workerOverWire(transport, loop, schedulerPeer, { limits, ...withinProcess }),
        {
          name,
          tasks: named,
          executor,
          limits,
          ...(workers === 1 ? { prefetch: prefetchOfOne } : {}),
          rejoinMs: 0,
          ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }),
          ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
        },
      )
    }
    const desk = yield* MemoryTransport.make(network, "operator")
    const operator = yield* Operator.make(
      operatorOverWire(desk, loop, schedulerPeer, { limits, silenceMs: withinProcess.silenceMs }),
    )
    const transport = yield* MemoryTransport.make(network, "client")
    const session = clientOverWire(transport, loop, schedulerPeer, { limits, ...withinProcess })
    const client = yield* Client.make(session, options)
    return { client, operator, status: scheduler.status }
  })

/** Untyped programs may pass anything. */
const checked = (options: LocalOptions | undefined): LocalOptions => {
  const tasks: unknown = options?.tasks
  if (options !== undefined && typeof tasks === "object" && tasks !== null) return options
  throw new TypeError("no tasks: pass what defineTasks returned, as { tasks }")
}

const executorOf = (
  { executor = "thread", slots }: LocalOptions,
  workers: number,
): ExecutorFactory => {
  const share = Math.max(1, Math.floor(availableParallelism() / workers))
  switch (executor) {
    case "inline":
      return inline({ slots: slots ?? inlineSlots })
    case "thread":
      return thread({ slots: slots ?? share })
    case "process":
      return subprocess({ slots: slots ?? share })
    default:
      throw new RangeError(
        `executor is ${JSON.stringify(executor)}; give "thread", "process" or "inline"`,
      )
  }
}

/**
 * An embedded cluster as the `Client` service, and as the `Operator` service for whoever wants to look
 * at it or to order it about, for as long as the layer lives.
 *
 * When it closes, what has not ended is cancelled, the answers are awaited up to the bound, and
 * nothing is left behind: no thread, no timer, no open handle. The one exception is a thread that
 * sits in native code for more than 5 seconds; a warning names its task.
 */
export const layer = (
  options: LocalOptions,
): Layer.Layer<Client | Operator, ConnectionFailed | InvalidTasks> =>
  Layer.effectContext(Effect.map(make(options), servicesOf))

const servicesOf = ({ client, operator }: Parts): Context.Context<Client | Operator> =>
  Context.add(Context.make(Client, client), Operator, operator)

/**
 * Starts an embedded cluster for a program that speaks promises.
 *
 * Use it with `await using`, or call `close`: either cancels what has not ended, waits for the
 * answers, and stops everything. Rejects with `InvalidTasks` when two tasks share a name, with a
 * `RangeError` when `workers` or `slots` is not a whole number from 1.
 */
export const start = async (options: LocalOptions): Promise<Cluster> => {
  const { client, made } = await fromEffect(make(options))
  const clientStatus = client.status
  return Object.assign(client, {
    status: () => ({ ...clientStatus(), scheduler: made.status() }),
    run: Effect.runPromiseWith(servicesOf(made)),
  })
}
