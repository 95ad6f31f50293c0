/** The reader of stdout that has left, as in `| head -1`: known once a line cannot be written any more. */
import { exitCodes } from "./CommandError.ts"

const listeners = new Set<() => void>()

/** Calls `listener` once, when the reader has left, until the returned function is called. */
export const whenUnread = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Who has closed the pipe wants no more: ends the process, but for what has something to stop or to write down first. */
export const leaveWhenUnread = (): void => {
  let hasLeft = false
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // What is still said while things end is as unread as what came before.
    if (error.code !== "EPIPE" || hasLeft) return
    hasLeft = true
    if (listeners.size === 0) process.exit(exitCodes.success)
    for (const listener of listeners) listener()
  })
}
