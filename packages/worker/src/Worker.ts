/** The worker as an Effect and as a layer. */
import { makeLimits, schedulerPeer, workerOverWire, type WorkerSession } from "@scaler-ts/protocol"
import { Checked, type ConnectionFailed, Loop, Tracing, Transport } from "@scaler-ts/runtime"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Status } from "./entries.ts"
import { byName, type InvalidTasks } from "./registry.ts"
import {
  connectMsDefault,
  graceMsDefault,
  nameCharactersMax,
  type WorkerLayerOptions,
  type WorkerOptions,
} from "./WorkerOptions.ts"
import { Shell } from "./WorkerShell.ts"

export type { WorkerLayerOptions, WorkerOptions } from "./WorkerOptions.ts"

export interface Worker {
  readonly name: string
  /** How things stand now. */
  readonly status: () => Status
  /**
   * Leaves in order: asks the scheduler to send nothing more, lets what runs go on for `boundMs` milliseconds,
   * then stops it, and succeeds as `left` does. What was here and had not begun goes to other workers at once.
   * Asking again changes nothing; closing the scope stops what runs at once.
   */
  readonly drain: (boundMs: number) => Effect.Effect<string>
  /** Succeeds with the reason once the worker has left its scheduler, or has given up coming back to it. */
  readonly left: Effect.Effect<string>
}

/** The worker of this program. Provide it with `Worker.layer`. */
export const Worker: Context.Service<Worker, Worker> = Context.Service("@scaler-ts/worker/Worker")

/**
 * A worker that runs tasks for the scheduler at the other end of `session`.
 *
 * Succeeds once the scheduler has accepted it. When the scope closes, what runs is asked to stop,
 * killed after the grace period where the executor can, and has been seen to end before the worker
 * says goodbye. Closing is bounded: the goodbye follows 5 seconds after the grace period at the
 * latest, whatever that of a task, and a thread that has not exited after 5 more is left behind. Fails with
 * `ConnectionFailed` when the scheduler refuses or does not answer, with `InvalidTasks` when two
 * tasks share a name.
 */
export const make: (
  session: WorkerSession,
  options: WorkerOptions,
) => Effect.Effect<Worker, ConnectionFailed | InvalidTasks, Scope.Scope> = Effect.fnUntraced(
  function* (session: WorkerSession, options: WorkerOptions) {
    const { graceMs = graceMsDefault, prefetch, connectMs = connectMsDefault } = options
    Checked.text("name", options.name, nameCharactersMax)
    Checked.milliseconds("graceMs", graceMs)
    if (prefetch !== undefined) Checked.wholeFromZero("prefetch", prefetch)
    const capabilities = Checked.quantities("capabilities", options.capabilities ?? {})
    Checked.milliseconds("connectMs", connectMs)
    Checked.milliseconds("rejoinMs", options.rejoinMs ?? Infinity)
    const limits = makeLimits(options.limits)
    const tasks = yield* byName(options.tasks)
    if (tasks.size === 0 && tasks !== options.tasks) throw new TypeError(noTasks)
    const loop = yield* Loop.make
    const tracing = yield* Tracing.current
    const shell = new Shell(session, loop, tasks, { ...options, capabilities, limits, tracing })
    const executor = yield* Effect.acquireRelease(
      options.executor.make(shell.tables, loop, limits),
      (made) => made.shutdown,
    )
    shell.tables.use(executor)
    yield* Effect.addFinalizer(() => Effect.andThen(shell.stop, loop.turn))
    yield* shell.connect(executor)
    return {
      name: options.name,
      status: () => shell.tables.status(),
      drain: (boundMs: number) =>
        Effect.suspend(() => {
          shell.askForDrain(Checked.milliseconds("boundMs", boundMs))
          return shell.awaitLeft
        }),
      left: shell.awaitLeft,
    }
  },
  (made, _, { name }) => Effect.annotateLogs(made, { "scaler.worker": name }),
)

/**
 * A worker over the `Transport` service, in the standard wire format, for as long as the layer lives. It is
 * built once the scheduler has accepted the worker, and ends and fails as `make` says.
 */
export const layer = (
  options: WorkerLayerOptions,
): Layer.Layer<Worker, ConnectionFailed | InvalidTasks, Transport> =>
  Layer.effect(
    Worker,
    Effect.gen(function* () {
      const transport = yield* Transport
      const { name = transport.self, scheduler = schedulerPeer } = options
      const wire = { ...options, limits: makeLimits(options.limits) }
      const session = workerOverWire(transport, yield* Loop.make, scheduler, wire)
      return yield* make(session, { ...options, name })
    }),
  )

const noTasks =
  "there are no tasks for the worker to run; pass what defineTasks returned, or a map to which tasks are added later"
