/** Everything that can end a run before its time: signals, the clock, a reader that has left. */
import { whenUnread } from "./unread.ts"

export type StopReason = "interrupted" | "terminated" | "time-up" | "reader-gone"

/** Said of those that somebody is there to read. */
export const stopWords: Readonly<Record<Exclude<StopReason, "reader-gone">, string>> = {
  interrupted: "Interrupted",
  terminated: "Told to terminate",
  "time-up": "Time is up",
}

export interface StopListener {
  /** Called once, with whatever came first. */
  readonly onStop: (reason: StopReason) => void
  /** Called for a signal that comes after the run was stopped. */
  readonly onSignalAgain: () => void
}

/** Listens until the returned function is called. */
export const listenForStops = (
  withinMs: number | undefined,
  { onSignalAgain, onStop }: StopListener,
): (() => void) => {
  let isStopped = false
  const stop = (reason: StopReason): void => {
    if (isStopped) return
    isStopped = true
    onStop(reason)
  }
  const onSignal = (reason: StopReason) => (): void => {
    // A first Ctrl-C after the time was up is somebody who does not want to wait for receipts.
    if (isStopped) onSignalAgain()
    else stop(reason)
  }
  const onInterrupt = onSignal("interrupted")
  const onTerminate = onSignal("terminated")
  process.on("SIGINT", onInterrupt)
  process.on("SIGTERM", onTerminate)
  const unhear = whenUnread(() => stop("reader-gone"))
  const timer = withinMs === undefined ? undefined : setTimeout(() => stop("time-up"), withinMs)
  return () => {
    process.off("SIGINT", onInterrupt)
    process.off("SIGTERM", onTerminate)
    unhear()
    clearTimeout(timer)
  }
}
