/** Timers of a loop. */
type Run = () => void
type Sleep = (delayMs: number, wake: () => void) => () => void

/**
 * All timers of one loop on one sleeping fiber.
 *
 * Timers of the same millisecond share a bucket, so that adding and cancelling cost the same with
 * one timer as with a million bounds that are all 30 s away.
 */
export class Timers {
  private readonly buckets = new Map<number, Set<Run>>()
  /** The milliseconds that have a bucket, in order. */
  private due: Array<number> = []
  private stopSleeping: (() => void) | undefined
  private wakesAt = Number.POSITIVE_INFINITY
  private firing = false
  private closed = false
  private settling = false
  private readonly nowMs: () => number
  private readonly sleep: Sleep
  private readonly later: (run: Run) => void

  /** `later` runs something after what can be done at once has been done. */
  constructor(nowMs: () => number, sleep: Sleep, later: (run: Run) => void) {
    this.nowMs = nowMs
    this.sleep = sleep
    this.later = later
  }

  add(delayMs: number, run: Run): () => void {
    if (this.closed) return nothing
    const at = Math.ceil(this.nowMs() + delayMs)
    let bucket = this.buckets.get(at)
    if (bucket === undefined) {
      bucket = new Set()
      this.buckets.set(at, bucket)
      const after = this.due.findLastIndex((other) => other < at)
      this.due.splice(after + 1, 0, at)
    }
    // Wrapped, so that the same function added twice is two timers.
    const timer = (): void => run()
    bucket.add(timer)
    this.sleepSoon()
    return () => {
      this.drop(at, bucket, timer)
      this.sleepSoon()
    }
  }

  close(): void {
    this.closed = true
    for (const bucket of this.buckets.values()) bucket.clear()
    this.buckets.clear()
    this.due = []
    this.sleepUntilFirst()
  }

  /** Forgets a timer, and its bucket with the last one. */
  private drop(at: number, bucket: Set<Run>, timer: Run): void {
    if (!bucket.delete(timer) || bucket.size > 0) return
    this.buckets.delete(at)
    this.due.splice(this.due.indexOf(at), 1)
  }

  /** Most timers are bounds that are gone before they matter: one that comes and goes at once costs no sleep. */
  private sleepSoon(): void {
    if (this.settling || this.firing) return
    this.settling = true
    this.later(() => {
      this.settling = false
      this.sleepUntilFirst()
    })
  }

  private sleepUntilFirst(): void {
    if (this.firing) return
    const first = this.due[0] ?? Number.POSITIVE_INFINITY
    if (first === this.wakesAt) return
    this.stopSleeping?.()
    this.stopSleeping = undefined
    this.wakesAt = first
    if (first === Number.POSITIVE_INFINITY) return
    this.stopSleeping = this.sleep(Math.max(0, first - this.nowMs()), () => this.wake())
  }

  private wake(): void {
    this.stopSleeping = undefined
    this.wakesAt = Number.POSITIVE_INFINITY
    this.firing = true
    try {
      this.fireUntil(this.nowMs())
    } finally {
      // Also when a timer throws: the others fire on the next turn.
      this.firing = false
      this.sleepUntilFirst()
    }
  }

  private fireUntil(now: number): void {
    for (;;) {
      const at = this.due[0]
      const bucket = at === undefined || at > now ? undefined : this.buckets.get(at)
      if (at === undefined || bucket === undefined) return
      for (const timer of bucket) {
        this.drop(at, bucket, timer)
        timer()
      }
    }
  }
}

const nothing = (): void => {}
