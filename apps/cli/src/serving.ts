/** What schedulers and workers have in common: they run until they are told to end, and end in order. */
import * as Effect from "effect/Effect"
import { mkdirSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { CommandError, exitCodes } from "./CommandError.ts"
import { type Environment, socketFolder } from "./settings/settings.ts"
import { whenUnread } from "./unread.ts"

/** What the first signal that tells a process to end does, and what the next one. */
export interface Ending {
  readonly drain: Effect.Effect<unknown>
  readonly stop: Effect.Effect<unknown>
  /** What is done once nobody reads any more what this process says; otherwise what the second signal does. */
  readonly unread?: Effect.Effect<unknown>
}

/**
 * Runs an effect, which says first that somebody is there to be told, and hears SIGTERM, SIGINT and a reader that
 * leaves. Signals are heard until the process ends: what the effect stands on is closed after it, which takes some
 * seconds at most and is cut short by the third one only, which ends the process at once.
 */
export const untilTold = <A, E, R>(
  { drain, stop, unread = stop }: Ending,
  run: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.context(), (context) => {
    const steps = [drain, stop]
    let isOver = false
    const onSignal = (): void => {
      const step = steps.shift()
      if (step === undefined) process.exit(exitCodes.interrupted)
      if (!isOver) Effect.runForkWith(context)(step)
    }
    process.on("SIGTERM", onSignal)
    process.on("SIGINT", onSignal)
    const unhear = whenUnread(() => void Effect.runForkWith(context)(unread))
    const end = Effect.sync(() => {
      isOver = true
      unhear()
    })
    return Effect.ensuring(run, end)
  })

/**
 * Makes the folder of the socket that is listened at where nobody has named another. Throws a `CommandError`
 * if somebody else may open it: in a folder for everybody anybody can have been first.
 */
export const prepareSocket = (address: string, env: Environment): void => {
  const folder = socketFolder(env)
  if (!address.startsWith("ipc://") || dirname(address.slice("ipc://".length)) !== folder) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = statSync(folder)
  const isOurs = process.getuid === undefined || uid === process.getuid()
  if (isOurs && (mode & 0o077) === 0) return
  throw new CommandError(
    `Others can open ${folder}, the folder of the default address: run "chmod 700 ${folder}" if it is yours, ` +
      "or name a path in another folder with --address ipc://path.",
    exitCodes.failure,
  )
}
