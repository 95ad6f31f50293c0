/** `scaler-ts map`: one task per file, on all cores, and the truth about every one of them. */
import * as Local from "@scaler-ts/local"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { availableParallelism } from "node:os"
import { runBatch } from "./batch.ts"
import { CommandError, type ExitCode, exitCodes } from "./CommandError.ts"
import { parseDuration } from "./duration.ts"
import { expandFiles } from "./files.ts"
import { type Item, totalsOf } from "./Item.ts"
import { loadTask } from "./loadTask.ts"
import {
  announceStop,
  type MapArguments,
  type MapRun,
  printEnd,
  printLeft,
  showProgress,
} from "./mapOutput.ts"
import { itemJson } from "./report.ts"
import { listenForStops } from "./stops.ts"

/** Somebody is waiting at the keyboard: shorter than a worker's own 5 s, enough to clean up after oneself. */
const graceMs = 2000

/** Runs the command. Throws a `CommandError` for what cannot be done at all. */
export const map = async (args: MapArguments): Promise<ExitCode> => {
  const withinMs = args.within === undefined ? undefined : parseDuration(args.within, "--within")
  const slots = atLeast(1, args.slots ?? availableParallelism(), "--slots")
  if (args.rows !== undefined) atLeast(0, args.rows, "--rows")
  const cwd = process.cwd()
  const task = await loadTask(args.task, cwd)
  const items: ReadonlyArray<Item> = (await expandFiles(args.globs, cwd)).map((file) => ({ file }))

  const run: MapRun = { args, cwd, items, startMs: performance.now(), stopped: undefined }
  const stop = Deferred.makeUnsafe<void>()
  const progress = showProgress(run)
  const unlisten = listenForStops(withinMs, {
    onStop: (reason) => {
      run.stopped = reason
      announceStop(run, reason, progress)
      Deferred.doneUnsafe(stop, Exit.void)
    },
    onSignalAgain: () => {
      printLeft(run, progress)
      process.exit(exitCodes.interrupted)
    },
  })
  const onEnd = args.json ? printItem : () => {}
  // Printed before the cluster is taken down: who waits for results need not wait for that.
  const ended = Effect.sync(() => {
    unlisten()
    progress.end()
    printEnd(run)
  })
  try {
    await onCluster(task, slots, Effect.andThen(runBatch({ task, items, stop, onEnd }), ended))
  } finally {
    unlisten()
    progress.end()
  }
  return exitCodeOf(run)
}

const printItem = (item: Parameters<typeof itemJson>[0]): void => {
  process.stdout.write(`${itemJson(item)}\n`)
}

/** Runs an effect beside an embedded cluster that knows the one task. */
const onCluster = async (
  task: AnyTask,
  slots: number,
  effect: ReturnType<typeof runBatch>,
): Promise<void> => {
  const tasks = { [task.name]: task }
  // A result that was faster than the cancel is worth having, and its receipt says that it was.
  const policy = "result-wins"
  const cluster = Local.layer({ tasks, executor: "thread", slots, graceMs, policy })
  const failure = (error: Error): CommandError =>
    new CommandError(error.message, exitCodes.failure, error)
  await Effect.runPromise(effect.pipe(Effect.provide(cluster), Effect.mapError(failure)))
}

const atLeast = (min: number, value: number, flag: string): number => {
  if (value >= min) return value
  throw new CommandError(`${flag} ${value} is too small; give ${min} or more.`)
}

const exitCodeOf = ({ items, stopped }: MapRun): ExitCode => {
  switch (stopped) {
    case "interrupted":
    case "terminated":
      return exitCodes.interrupted
    case "time-up":
      return exitCodes.timeUp
    case "reader-gone":
      return exitCodes.success
    case undefined: {
      const { succeeded, total } = totalsOf(items)
      return succeeded === total ? exitCodes.success : exitCodes.failure
    }
  }
}
