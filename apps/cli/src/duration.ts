/** Durations as people write and read them. */
import { CommandError } from "./CommandError.ts"

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** The longest time a timer of Node can wait. */
const durationMsMax = 2 ** 31 - 1

/** Reads `500ms`, `30s`, `2m` or `1h` as milliseconds. Throws a `CommandError` for anything else. */
export const parseDuration = (text: string, flag: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  if (match === null) {
    throw new CommandError(
      `${flag} "${text}" is not a duration; write a number and a unit, such as 500ms, 30s, 2m or 1h.`,
    )
  }
  // The expression has matched one of the units.
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
  if (ms <= 0) {
    throw new CommandError(`${flag} ${text} leaves no time at all; give it more, such as 30s.`)
  }
  if (ms > durationMsMax) {
    throw new CommandError(`${flag} ${text} is more than a timer can wait; give at most 596h.`)
  }
  return ms
}

/** A duration for people: `850 ms`, `12.3 s`, `2 min 5 s`, `1 h 5 min`. */
export const formatDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  return formatSeconds(ms)
}

/** The same without fractions, for a figure that changes while one looks at it. */
export const formatSeconds = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
