/** `scaler-ts drain`: lets workers, or the scheduler, finish and leave. */
import type { LeftTask } from "@scaler-ts/operator"
import * as Effect from "effect/Effect"
import { withOperator } from "../cluster.ts"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import { formatDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"

export interface DrainArguments {
  readonly workers: ReadonlyArray<string>
  readonly scheduler: boolean
}

export const drain = async (args: DrainArguments, invocation: Invocation): Promise<ExitCode> => {
  if (args.scheduler === args.workers.length > 0) {
    throw new CommandError(
      args.scheduler
        ? "Give names of workers or --scheduler, not both: a scheduler that stops takes its workers with it."
        : 'Whom? Give names of workers ("scaler-ts workers" lists them), or --scheduler.',
    )
  }
  return args.scheduler ? stopScheduler(invocation) : drainWorkers(args.workers, invocation)
}

const drainWorkers = async (
  workers: ReadonlyArray<string>,
  { out, settings }: Invocation,
): Promise<ExitCode> => {
  const boundMs = settings.get("drain")
  out.say(`Draining ${workers.join(", ")}: what runs may go on for ${formatDuration(boundMs)}.`)
  const codes = await withOperator(settings, (operator) =>
    Effect.forEach(
      new Set(workers),
      (worker) =>
        Effect.map(operator.drain(worker, boundMs), (drained): ExitCode => {
          out.record("drained", { worker, ...drained })
          switch (drained._tag) {
            case "Left":
              out.line(`${worker} has left; ${leftText(drained.left, drained.more)}`)
              return exitCodes.success
            case "NotFound":
              out.warn(`There is no worker ${worker}; "scaler-ts workers" lists those there are.`)
              return exitCodes.notFound
            case "Unconfirmed":
              out.warn(
                `${worker} is still there after ${formatDuration(drained.waitedMs)}; the order stands.`,
              )
              return exitCodes.timeUp
          }
        }),
      { concurrency: "unbounded" },
    ),
  )
  return codes.find((code) => code !== exitCodes.success) ?? exitCodes.success
}

const stopScheduler = async ({ out, settings }: Invocation): Promise<ExitCode> => {
  const boundMs = settings.get("drain")
  out.say(`Stopping the scheduler: what runs may go on for ${formatDuration(boundMs)}.`)
  const stopped = await withOperator(settings, (operator) => operator.stop(boundMs))
  out.record("stopped", { ...stopped })
  if (stopped._tag === "Unconfirmed") {
    out.warn(`It has not stopped after ${formatDuration(stopped.waitedMs)}; the order stands.`)
    return exitCodes.timeUp
  }
  out.line(`the scheduler has stopped; ${leftText(stopped.left, stopped.more)}`)
  return stopped.left.length === 0 ? exitCodes.success : exitCodes.failure
}

const leftText = (left: ReadonlyArray<LeftTask>, more: number): string => {
  if (left.length === 0) return "no task was left"
  const lines = left.map(
    ({ id, name, state, worker }) =>
      `  ${id}  ${name}  ${state}${worker === "" ? "" : ` on ${worker}`}`,
  )
  return [`${left.length + more} tasks were left:`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n") // oxfmt-ignore
}
