/**
 * Whether the other end of a connection still lives, from when it was last heard: a connection that is
 * half open, or whose other end hangs, says nothing, and nobody tells of it (R25).
 *
 * Each end looks at a clock of its own, which waits for no send (R26).
 */

/** What to do when one has looked. */
export type Finding = "fine" | "say something" | "gone"

/** How often to look, in milliseconds, so that one lost word or a slow moment is not taken for an end. */
export const lookMs = (silenceMs: number): number => silenceMs / 3

/**
 * `heardMs`, `saidMs`: how long ago something was heard and said. `lateMs`: how much later one looks than
 * one wanted to; whoever stood still for so long may not have heard what is there, so that counts for
 * nothing. Who has said nothing says so, and who has heard nothing asks.
 */
export const look = (
  heardMs: number,
  saidMs: number,
  lateMs: number,
  silenceMs: number,
): Finding => {
  if (heardMs - lateMs >= silenceMs) return "gone"
  return Math.max(heardMs, saidMs) >= lookMs(silenceMs) ? "say something" : "fine"
}

/** How long the other end may be silent unless told otherwise, in milliseconds. */
export const silenceMsDefault = 15_000
