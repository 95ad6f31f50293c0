/**
 * What a function that was asked to stop has left running in its member of a pool.
 *
 * A function can end and leave timers, requests or child processes behind that go on in its name, as
 * one does that only races its work with its signal. Then it has not stopped, and it is not said to
 * have (G2): what it left gets the rest of the grace period to end, and is killed with the member.
 */
// Imported, like all that a member uses: the globals are every task's to override (G10).
import process from "node:process"
import { setTimeout } from "node:timers"

/** How long is waited between two looks, in milliseconds: short at first, for most is gone at once. */
const firstMs = 1
const longestMs = 50

/** A member's own way to the main side, which keeps its event loop alive and is nobody's leftover. */
export interface Lifeline {
  readonly ref: () => void
  readonly unref: () => void
}

export class Leftovers {
  private readonly lifeline: Lifeline | undefined
  /** What else kept the event loop alive before the function was called: how many of each kind. */
  private before: ReadonlyMap<string, number> = new Map()
  private isFresh = false

  /** Without a `lifeline` nobody can say whether the event loop has run dry. */
  constructor(lifeline: Lifeline | undefined) {
    this.lifeline = lifeline
  }

  /** A function is about to be called. */
  begin(): void {
    if (this.isFresh) return
    this.before = this.counted()
    this.isFresh = true
  }

  /** It did not end at once, so that others may have come and gone meanwhile. */
  hasWaited(): void {
    this.isFresh = false
  }

  /** Calls back when there is nothing left that was not there before. */
  whenGone(done: () => void): void {
    const { lifeline } = this
    if (lifeline !== undefined && this.before.size === 0) whenIdle(lifeline, done)
    else this.whenFewer(done, firstMs)
  }

  /** What is listed is counted, kind by kind. */
  private whenFewer(done: () => void, pauseMs: number): void {
    if (this.areGone()) return done()
    setTimeout(() => this.whenFewer(done, Math.min(2 * pauseMs, longestMs)), pauseMs).unref()
  }

  private areGone(): boolean {
    for (const [kind, count] of this.counted()) {
      if (count > (this.before.get(kind) ?? 0)) return false
    }
    return true
  }

  private counted(): ReadonlyMap<string, number> {
    this.lifeline?.unref()
    const kinds = process.getActiveResourcesInfo()
    this.lifeline?.ref()
    const counts = new Map<string, number>()
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return counts
  }
}

/**
 * Where nothing was there before, the event loop itself knows best: it has run dry. What it counts and
 * no list names are jobs in native code, such as `pbkdf2` or `gzip`, and threads.
 */
const whenIdle = (lifeline: Lifeline, done: () => void): void => {
  lifeline.unref()
  process.once("beforeExit", () => {
    lifeline.ref()
    done()
  })
}
