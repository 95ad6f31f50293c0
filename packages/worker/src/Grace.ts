/** How long an attempt that was asked to stop may take. */
import type { Children } from "./Children.ts"
import type { Entry } from "./entries.ts"

export class Grace {
  private readonly after: (delayMs: number, fire: () => void) => () => void
  private readonly children: Children
  private readonly over: (entry: Entry) => void

  /** `over` is told of an attempt whose grace period is over. */
  constructor(after: Grace["after"], children: Children, over: (entry: Entry) => void) {
    this.after = after
    this.children = children
    this.over = over
  }

  start(entry: Entry): void {
    entry.stopGrace = this.after(entry.graceMs, () => this.passed(entry))
  }

  stop(entry: Entry): void {
    entry.stopGrace?.()
    entry.stopGrace = undefined
  }

  private passed(entry: Entry): void {
    if (!this.children.isOnlyStopping(entry.key)) return this.over(entry)
    // It has heard its signal, and waits for children that have their own time to stop. Its own begins anew then.
    entry.stopGrace = this.children.whenStopped(entry.key, (left) =>
      left > 0 ? this.over(entry) : this.start(entry),
    )
  }
}
