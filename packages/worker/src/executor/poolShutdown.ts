/** How a pool comes to its end: every member is ended, and one that does not exit in time is left behind. */
import * as Effect from "effect/Effect"
import { setImmediate } from "node:timers"
import type { PoolEntry } from "./poolLine.ts"
import { type MemberKind, takeBack } from "./poolMember.ts"
import type { PoolSeats } from "./poolSeats.ts"

export interface ShutdownSettings {
  readonly kind: MemberKind
  /** Called once, when the pool has been shut down. */
  readonly onShutdown?: () => void
  /** How long is waited for the members to exit before they are left behind, in milliseconds. */
  readonly exitMs: number
}

/** What there is to end. */
export interface Ending {
  readonly entries: ReadonlyMap<number, PoolEntry>
  readonly reportEarly: (entry: PoolEntry) => void
  readonly reportExited: (entry: PoolEntry, reason: string, runMs: number) => void
  readonly forget: (entry: PoolEntry) => void
}

export class PoolShutdown {
  readonly effect: Effect.Effect<void>
  /** Whether members were left behind, so that what still comes of them is told to nobody. */
  hasLeft = false
  private readonly settings: ShutdownSettings
  private readonly seats: PoolSeats
  private readonly pool: Ending
  private under: Promise<void> | undefined
  private resolve: (() => void) | undefined

  constructor(settings: ShutdownSettings, seats: PoolSeats, pool: Ending) {
    const { exitMs } = settings
    this.settings = settings
    this.seats = seats
    this.pool = pool
    this.effect = Effect.promise(() => this.begin()).pipe(
      Effect.timeoutOrElse({ duration: exitMs, orElse: () => this.leave(exitMs) }),
    )
  }

  get hasBegun(): boolean {
    return this.under !== undefined
  }

  finishIfGone(): void {
    if (!this.seats.areGone || this.resolve === undefined) return
    this.reportRest()
    this.finish()
  }

  private begin(): Promise<void> {
    this.under ??= new Promise((resolve) => {
      this.resolve = resolve
      this.seats.close()
      setImmediate(() => this.finishIfGone())
    })
    return this.under
  }

  private finish(): void {
    this.resolve?.()
    this.resolve = undefined
    this.settings.onShutdown?.()
  }

  /** What has not begun never will. */
  private reportRest(): void {
    const { entries, reportEarly, reportExited } = this.pool
    // Live, so that an attempt withdrawn by a listener on the way is left out.
    for (const entry of entries.values()) {
      if (entry.early !== undefined) reportEarly(entry)
      else reportExited(entry, "the executor was shut down before its function began", 0)
    }
  }

  /** Ends without the members that have not exited. What they run has not been seen to end, so nothing says it has. */
  private leave(exitMs: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.resolve === undefined) return Effect.void
      this.hasLeft = true
      const members = this.seats.leave()
      const running: Array<string> = []
      for (const entry of this.pool.entries.values()) {
        const { attempt, early, member } = entry
        if (early !== undefined || member === undefined || takeBack(member, entry)) continue
        running.push(`"${attempt.task.name}"`)
        member.remove(entry)
        this.pool.forget(entry)
      }
      this.reportRest()
      this.finish()
      const { kind } = this.settings
      return Effect.logWarning(
        `${members} of the executor's ${kind === "thread" ? "threads" : "processes"} had not exited ${exitMs} ms after being ended, and were left behind; ` +
          `still running: ${running.join(", ") || "no task"}`,
      )
    })
  }
}
