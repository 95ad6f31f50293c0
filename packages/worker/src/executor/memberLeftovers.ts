/**
 * What a function that was asked to stop has left running in its member of a pool.
 *
 * A function can end and leave timers, requests or child processes behind that go on in its name, as
 * one does that only races its work with its signal. Then it has not stopped, and it is not said to
 * have (G2): what it left gets the rest of the grace period to end, and is killed with the member.
 */

/** How long is waited between two looks, in milliseconds: short at first, for most is gone at once. */
const firstMs = 1
const longestMs = 50

export class Leftovers {
  /** What kept the event loop alive before the function was called: how many of each kind. */
  private before: ReadonlyMap<string, number> = new Map()
  private isFresh = false

  /** A function is about to be called. */
  begin(): void {
    if (this.isFresh) return
    this.before = counted()
    this.isFresh = true
  }

  /** It did not end at once, so that others may have come and gone meanwhile. */
  hasWaited(): void {
    this.isFresh = false
  }

  /** Calls back when there is nothing left that was not there before: at once, if that is so now. */
  whenGone(done: () => void, pauseMs: number = firstMs): void {
    if (this.areGone()) return done()
    // The member's own pipe keeps it alive; this timer must not, or it would wait for itself.
    setTimeout(() => this.whenGone(done, Math.min(2 * pauseMs, longestMs)), pauseMs).unref()
  }

  private areGone(): boolean {
    for (const [kind, count] of counted()) {
      if (count > (this.before.get(kind) ?? 0)) return false
    }
    return true
  }
}

const counted = (): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
