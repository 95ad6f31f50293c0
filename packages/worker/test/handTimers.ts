/** Timers that fire when a test says so. */
export interface HandTimer {
  readonly fire: () => void
  readonly delayMs: number
  stopped: boolean
}

/** Makes timers, and keeps them in a list. */
export const timersIn =
  (timers: Array<HandTimer>) =>
  (delayMs: number, fire: () => void): (() => void) => {
    const timer = { fire, delayMs, stopped: false }
    timers.push(timer)
    return () => void (timer.stopped = true)
  }
