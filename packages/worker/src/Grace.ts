/** How long an attempt that was asked to stop may take, and when it is worth telling that it has not. */
import type { Children } from "./Children.ts"
import type { Entry, Outlet } from "./entries.ts"

/** What stops at once needs no word more: most do, and a cancel is to cost no message more for that. */
const quietMs = 100

/** Told of an attempt. */
export interface GraceListener {
  /** Its grace period is over. */
  readonly over: (entry: Entry) => void
  /** It has not stopped for a while. */
  readonly still: (entry: Entry) => void
}

export class Grace {
  private readonly timers: Pick<Outlet, "after" | "afterInBackground">
  private readonly children: Children
  private readonly listener: GraceListener

  constructor(timers: Grace["timers"], children: Children, listener: GraceListener) {
    this.timers = timers
    this.children = children
    this.listener = listener
  }

  start(entry: Entry): void {
    this.lookLater(entry, "interrupted")
    this.give(entry)
  }

  /** It is being killed. */
  killing(entry: Entry): void {
    this.lookLater(entry, "killing")
  }

  stop(entry: Entry): void {
    entry.stopGrace?.()
    entry.stopGrace = undefined
    entry.stopLooking?.()
    entry.stopLooking = undefined
  }

  private give(entry: Entry): void {
    entry.stopGrace = this.timers.after(entry.graceMs, () => this.passed(entry))
  }

  private lookLater(entry: Entry, rung: Entry["rung"]): void {
    entry.rung = rung
    entry.stopLooking?.()
    entry.stopLooking = this.timers.afterInBackground(quietMs, () => this.listener.still(entry))
  }

  private passed(entry: Entry): void {
    if (!this.children.isOnlyStopping(entry.key)) return this.listener.over(entry)
    // It has heard its signal, and waits for children that have their own time to stop. Its own begins anew then.
    entry.stopGrace = this.children.whenStopped(entry.key, (left) =>
      left > 0 ? this.listener.over(entry) : this.give(entry),
    )
  }
}
