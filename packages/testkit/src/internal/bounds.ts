/** The bounds of a race, and the number that its tokens carry. */
import { budgetsOf, faultsOf, timesOf } from "../cluster/faults.ts"
import type { RaceOptions } from "../Explore.ts"
import { raceNumber, readToken } from "../search/token.ts"
import type { Bounds } from "../Verdict.ts"

/** How much may happen that need not, in one execution. */
export interface Level {
  /** So many timers may be early. */
  readonly earlyTimers: number
  /** So much may go wrong. */
  readonly faults: number
}

/** Nothing goes wrong. */
export const lowest: Level = { earlyTimers: 0, faults: 0 }

/** As much as a race allows. */
export const fullLevel = (options: RaceOptions): Level => ({
  earlyTimers: options.earlyTimers ?? 0,
  faults: faultsOf(options),
})

/**
 * Level by level up to everything, each within the next: with nothing going wrong no timer is early,
 * then one, and so on; then one thing goes wrong, whatever the timers do, then two.
 */
export function* levelsOf(options: RaceOptions): Generator<Level, void> {
  const full = fullLevel(options)
  for (let earlyTimers = 0; earlyTimers <= full.earlyTimers; earlyTimers++) {
    yield { earlyTimers, faults: 0 }
  }
  for (let faults = 1; faults <= full.faults; faults++) yield { ...full, faults }
}

export const boundsOf = (options: RaceOptions, level: Level): Bounds => {
  const { clients = 1, workers = 1, slots = 1, prefetch = 0 } = options
  const { earlyTimers, faults: faultsMax } = level
  return { clients, workers, slots, prefetch, earlyTimers, faults: timesOf(options), faultsMax }
}

/** Everything that shapes a race is in its number, so that a token never replays something else. */
export const raceOf = (options: RaceOptions): number => {
  const { name = "race", policy = "cancel-wins", canKill = true, handshake = false } = options
  const { cancelBoundMs, graceMs, resumeMs, rejoinMs, silenceMs } = options
  const { backgroundTimers, tombstonesMax, keptEndsMax } = options
  const { clientTasksMax, tasksMax, childrenMax } = options
  const times = [cancelBoundMs, graceMs, resumeMs, rejoinMs, silenceMs]
  const numbers = [...times, backgroundTimers, tombstonesMax].map(String)
  // What came later is left out where it is not given, as before there was any: tokens outlive that.
  if (keptEndsMax !== undefined) numbers.push(`kept ${keptEndsMax}`)
  if (clientTasksMax !== undefined) numbers.push(`of one ${clientTasksMax}`)
  if (tasksMax !== undefined) numbers.push(`of all ${tasksMax}`)
  if (childrenMax !== undefined) numbers.push(`of a parent ${childrenMax}`)
  const { onSchedulerLost, recoverMs } = options
  if (onSchedulerLost !== undefined) numbers.push(onSchedulerLost)
  if (recoverMs !== undefined) numbers.push(`recover ${recoverMs}`)
  const { seed = "race", profile = "tcp" } = options
  const { capabilities } = options
  const has = capabilities === undefined ? [] : [capabilities]
  const whoElse = options.operator === true ? ["operator"] : []
  const shape = [name, policy, canKill, handshake, ...numbers, seed, profile, ...has, ...whoElse]
  const bounds = boundsOf(options, lowest)
  return raceNumber(JSON.stringify([...shape, budgetsOf(options), bounds]))
}

/** Whether a token is of the race with these options. */
export const belongsTo = (token: string, options: RaceOptions): boolean =>
  readToken(token).race === raceOf(options)
