/** The bounds of a race, and the number that its tokens carry. */
import type { RaceOptions } from "../Explore.ts"
import { raceNumber, readToken } from "../search/token.ts"
import type { Bounds } from "../Verdict.ts"

export const boundsOf = (
  { clients = 1, workers = 1, slots = 1, prefetch = 0 }: RaceOptions,
  earlyTimers: number,
): Bounds => ({ clients, workers, slots, prefetch, earlyTimers })

/** Everything that shapes a race is in its number, so that a token never replays something else. */
export const raceOf = (options: RaceOptions): number => {
  const { name = "race", policy = "cancel-wins", canKill = true, handshake = false } = options
  const { cancelBoundMs = "", graceMs = "", resumeMs = "", tombstonesMax = "" } = options
  const numbers = [cancelBoundMs, graceMs, resumeMs, tombstonesMax].map(String)
  const shape = [name, policy, canKill, handshake, ...numbers, options.seed ?? "race"]
  return raceNumber(JSON.stringify([...shape, boundsOf(options, 0)]))
}

/** Whether a token is of the race with these options. */
export const belongsTo = (token: string, options: RaceOptions): boolean =>
  readToken(token).race === raceOf(options)
