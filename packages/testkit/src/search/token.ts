/**
 * Tokens: a schedule as a word to paste into a terminal.
 *
 * `st2-` and base64url of: which race it belongs to (2 bytes), how many timers may be early, how much
 * may go wrong, how many steps there are and what could happen at each of them (2 bytes), then for every step with more than
 * one possibility the place of the one chosen and a byte by which the step is known again. Steps with
 * one possibility cost nothing more, and neither do trailing steps at which the first was chosen.
 */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import type { Driven } from "./drive.ts"
import type { Happening } from "./System.ts"

const prefix = "st2-"

/** A token does not fit the race it is replayed with; the sentence says why. */
export class TokenRefused extends Error {
  readonly _tag = "TokenRefused"
  constructor(reason: string) {
    super(reason)
    this.name = "TokenRefused"
  }
}

/** What a token says. */
export interface Schedule {
  readonly race: number
  readonly earlyTimers: number
  readonly faults: number
  readonly steps: number
  /** The number of what could happen at all of its steps. */
  readonly check: number
  readonly choices: ReadonlyArray<{ readonly place: number; readonly check: number }>
}

/** The number by which a race is known again: its name and whatever else shapes it. */
export const raceNumber = (text: string): number => hashOf(text) & 0xffff

/** The token of the first so many steps of an execution. */
export const tokenOf = (
  race: number,
  { earlyTimers, faults }: Pick<Schedule, "earlyTimers" | "faults">,
  driven: Pick<Driven, "choices" | "enabled">,
  steps: number,
): string => {
  const choices = driven.choices.slice(0, steps).flatMap((place, step) => {
    const ids = driven.enabled[step] ?? []
    return ids.length > 1 ? [{ place, check: checkOf(ids) }] : []
  })
  while (choices.at(-1)?.place === 0) choices.pop()
  const check = checkOfAll(driven.enabled, steps)
  const bytes = [race >> 8, race & 255, ...varint(earlyTimers), ...varint(faults)]
  bytes.push(...varint(steps), check >> 8, check & 255)
  for (const { place, check } of choices) bytes.push(...varint(place), check)
  return prefix + Base64Url.encode(Uint8Array.from(bytes))
}

/** Reads a token. Throws a `TokenRefused` when it is none. */
export const readToken = (token: string): Schedule => {
  const text = token.trim()
  if (!text.startsWith(prefix)) {
    throw new TokenRefused(`"${text}" is no token of a race: those begin with ${prefix}`)
  }
  const decoded = Base64Url.decode(text.slice(prefix.length))
  if (Result.isFailure(decoded)) throw new TokenRefused(`"${text}" is damaged; copy all of it`)
  const bytes = decoded.success
  let at = 0
  const next = (): number => {
    const byte = bytes[at++]
    if (byte === undefined) throw new TokenRefused(`"${text}" has been cut off; copy all of it`)
    return byte
  }
  const number = (): number => {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = next()
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
    throw new TokenRefused(`"${text}" is damaged; copy all of it`)
  }
  const race = (next() << 8) | next()
  const earlyTimers = number()
  const faults = number()
  const steps = number()
  const check = (next() << 8) | next()
  const choices: Array<{ place: number; check: number }> = []
  while (at < bytes.length) choices.push({ place: number(), check: next() })
  return { race, earlyTimers, faults, steps, check, choices }
}

/** Chooses as a token says. Throws a `TokenRefused` where the race is another than the one it was made with. */
export const replaying = (
  schedule: Schedule,
): ((enabled: ReadonlyArray<Happening>, step: number) => number) => {
  let used = 0
  return (enabled, step) => {
    const choice = schedule.choices[used++]
    if (choice === undefined) return 0
    const ids = enabled.map(({ id }) => id)
    if (choice.check === checkOf(ids) && choice.place < ids.length) return choice.place
    throw new TokenRefused(
      `the race has changed since this token was made: at step ${step + 1} something else can happen ` +
        `(now ${ids.join(", ")}). Run the race without the token to search it anew.`,
    )
  }
}

/** Throws a `TokenRefused` unless the same could happen at every step as when the token was made. */
export const confirm = ({ steps, check }: Schedule, { enabled }: Pick<Driven, "enabled">): void => {
  if (enabled.length >= steps && checkOfAll(enabled, steps) === check) return
  throw new TokenRefused(
    `the race has changed since this token was made: what can happen in its ${steps} steps is not what ` +
      `it was. Run the race without the token to search it anew.`,
  )
}

const checkOfAll = (enabled: Driven["enabled"], steps: number): number =>
  hashOf(
    enabled
      .slice(0, steps)
      .map((ids) => ids.join("\n"))
      .join("\n\n"),
  ) & 0xffff

const checkOf = (ids: ReadonlyArray<string>): number => hashOf(ids.join("\n")) & 255

/** 32-bit FNV-1a. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}

const varint = (value: number): ReadonlyArray<number> =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
