/** `scaler-ts scheduler`: the scheduler of a cluster, until it is told to end. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { type LeftTask, Scheduler } from "@scaler-ts/scheduler"
import { prometheus } from "@scaler-ts/telemetry"
import * as Effect from "effect/Effect"
import { bindOptions, settled } from "../cluster.ts"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { formatDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { logLayer } from "../log.ts"
import { prepareSocket, untilTold } from "../serving.ts"
import type { HostPort } from "../settings/kinds.ts"

export const scheduler = async ({ out, settings }: Invocation): Promise<ExitCode> => {
  out.clear()
  const address = settings.get("address")
  prepareSocket(address, process.env)
  const drainMs = settings.get("drain")
  const program = Effect.gen(function* () {
    const transport = yield* ZmqTransport.bind(address, bindOptions(settings))
    const made = yield* Scheduler.make(transport, {
      tasksMax: settings.get("scheduler.tasks-max"),
      clientTasksMax: settings.get("scheduler.client-tasks-max"),
    })
    const metrics = settings.get("scheduler.metrics")
    const serving = metrics === undefined ? undefined : yield* served(metrics, made)
    const announce = Effect.sync(() => {
      out.line(`listening at ${transport.address}`)
      if (serving !== undefined) out.line(`metrics at ${serving.url}`)
      out.record("listening", { address: transport.address, metrics: serving?.url })
    })
    const drain = Effect.andThen(
      Effect.logInfo(
        `told to end: what runs may go on for ${formatDuration(drainMs)}; a second signal cancels it now`,
      ),
      made.stop(drainMs),
    )
    const stop = Effect.andThen(Effect.logInfo("told again: cancelling what runs"), made.stop(0))
    const left = yield* untilTold({ drain, stop }, Effect.andThen(announce, made.stopped))
    yield* sayLeft(left)
    return left.length === 0 ? exitCodes.success : exitCodes.failure
  })
  return settled(settings, Effect.scoped(program).pipe(Effect.provide(logLayer(settings, out))))
}

const served = ({ host, port }: HostPort, made: Scheduler.Scheduler) =>
  Effect.andThen(made.publishMetrics, prometheus(`${host}:${port}`))

const sayLeft = (left: ReadonlyArray<LeftTask>): Effect.Effect<void> =>
  left.length === 0
    ? Effect.logInfo("stopped; no task was left")
    : Effect.forEach(
        left,
        ({ id, name, state, worker }) =>
          Effect.logWarning("left unfinished").pipe(
            Effect.annotateLogs({
              "scaler.task.id": id,
              "scaler.task.name": name,
              "scaler.task.state": state,
              "scaler.worker": worker,
            }),
          ),
        { discard: true },
      )
