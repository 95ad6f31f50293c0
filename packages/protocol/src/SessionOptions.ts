/** What the standard sessions need, and what may be said of them. */
import type { Limits } from "./Limits.ts"
import { silenceMsDefault } from "./machine/Liveness.ts"
import type { Defer } from "./Transport.ts"

/** What a session needs of the world beside its transport: turns, timers, and chance for its pauses. */
export interface SessionLoop {
  readonly defer: Defer
  /** Runs a function once, `delayMs` from now at the earliest, unless the returned function is called first. */
  readonly after: (delayMs: number, run: () => void) => () => void
  /** `after`, for what only looks whether the other end is still there. */
  readonly afterInBackground: (delayMs: number, run: () => void) => () => void
  /** Milliseconds from an arbitrary point, never going back. */
  readonly nowMs: () => number
  /** A number from 0 up to, and not including, 1. */
  readonly random: () => number
}

export interface SessionOptions {
  /** What is taken from the scheduler. The default ones unless told otherwise. */
  readonly limits?: Limits
  /**
   * How long the session may be without a connection before it is lost, in milliseconds. Until then it
   * connects anew, again and again, and what was sent is sent again where it has to be. With 0 it is
   * lost with its connection, with `Infinity` never. 10,000 unless told otherwise; give the scheduler the same.
   */
  readonly resumeMs?: number
  /**
   * How long the scheduler may say nothing before the connection counts as gone, in milliseconds. Three
   * times as often it is asked to say something. 15,000 unless told otherwise; `Infinity`: it may be
   * silent for ever, and is asked nothing. Give the scheduler the same.
   */
  readonly silenceMs?: number
}

/** How long sessions outlive their connections unless told otherwise, in milliseconds. */
export const resumeMsDefault = 10_000

/** For sessions within one process: there no connection comes back, and none is half open. */
export const withinProcess: { readonly resumeMs: number; readonly silenceMs: number } = {
  resumeMs: 0,
  silenceMs: Infinity,
}

/** Throws a `RangeError` for times nobody can mean. */
export const checkedTimes = <Times extends Pick<SessionOptions, "resumeMs" | "silenceMs">>(
  times: Times,
): Times => {
  const { resumeMs = resumeMsDefault, silenceMs = silenceMsDefault } = times
  if (!(resumeMs >= 0)) {
    throw new RangeError(`resumeMs is ${resumeMs}; give milliseconds from 0 up`)
  }
  if (!(silenceMs >= 1)) {
    throw new RangeError(
      `silenceMs is ${silenceMs}; give milliseconds from 1 up, or Infinity if it may be silent for ever`,
    )
  }
  return times
}
