/** `scaler-ts map`: one task per file, on all cores here or on a cluster, and the truth about every one of them. */
import { Client } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { availableParallelism } from "node:os"
import { readFileSync } from "node:fs"
import { type Batch, runBatch } from "./batch.ts"
import { withClient } from "./cluster.ts"
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
import { assertNoSlots, isOfModule, taskNamed } from "./named.ts"
import { itemJson } from "./report.ts"
import type { Resolver } from "./settings/resolve.ts"
import { listenForStops } from "./stops.ts"
import { isNews, sayWhyItWaits } from "./whyItWaits.ts"

/** Somebody is waiting at the keyboard: shorter than a worker's own 5 s, enough to clean up after oneself. */
const graceMs = 2000

/** Runs the command. Throws a `CommandError` for what cannot be done at all. */
export const map = async (args: MapArguments, settings: Resolver): Promise<ExitCode> => {
  const withinMs = args.within === undefined ? undefined : parseDuration(args.within, "--within")
  if (args.rows !== undefined) atLeast(0, args.rows, "--rows")
  const cwd = process.cwd()
  const place = await placeOf(args, { cwd, settings })
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
  const stopAsking = place.ask(args.quiet ? () => {} : progress.say)
  const onEnd = args.json ? printItem : () => {}
  const inputOf = args.contents ? contentsOf : ({ file }: Item): string => file
  // Printed before the cluster is taken down: who waits for results need not wait for that.
  const ended = Effect.sync(() => {
    unlisten()
    stopAsking()
    progress.end()
    printEnd(run)
  })
  try {
    const batch = runBatch({ task: place.task, inputOf, items, stop, onEnd })
    await place.run(Effect.andThen(batch, ended))
  } finally {
    unlisten()
    stopAsking()
    progress.end()
  }
  return exitCodeOf(run)
}

const printItem = (item: Parameters<typeof itemJson>[0]): void => {
  process.stdout.write(`${itemJson(item)}\n`)
}

const contentsOf = ({ file }: Item): string => readFileSync(file, "utf8")

/** Where the task runs. */
interface Place {
  readonly task: Batch["task"]
  readonly run: (effect: Effect.Effect<void, never, Client>) => Promise<void>
  /** Begins to look why nothing begins, until the returned function is called. */
  readonly ask: (say: (text: string) => void) => () => void
}

// A result that was faster than the cancel is worth having, and its receipt says that it was.
const policy = "result-wins"

const placeOf = async (
  { slots, task: reference }: MapArguments,
  { cwd, settings }: { readonly cwd: string; readonly settings: Resolver },
): Promise<Place> => {
  if (isOfModule(reference)) {
    const task = await loadTask(reference, cwd)
    return here(task, atLeast(1, slots ?? availableParallelism(), "--slots"))
  }
  assertNoSlots(slots)
  return {
    task: taskNamed(reference),
    run: (effect) =>
      withClient(settings, (client) => Effect.provideService(effect, Client, client), { policy }),
    ask: (say) => sayWhyItWaits({ settings, say }, reference, isNews),
  }
}

/** An embedded cluster that knows the one task. */
const here = (task: AnyTask, slots: number): Place => ({
  task,
  run: async (effect) => {
    const tasks = { [task.name]: task }
    const cluster = Local.layer({ tasks, executor: "thread", slots, graceMs, policy })
    const failure = (error: Error): CommandError =>
      new CommandError(error.message, exitCodes.failure, error)
    await Effect.runPromise(effect.pipe(Effect.provide(cluster), Effect.mapError(failure)))
  },
  ask: () => () => {},
})

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
