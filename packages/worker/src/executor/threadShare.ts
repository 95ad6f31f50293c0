/**
 * Who gets what: the line, and how its attempts come to threads and from one thread to another.
 *
 * Attempts are handed to threads ahead of their turn, so that a round trip never idles a thread. Two
 * things keep that from costing anybody: a thread with nothing to do takes from those that have
 * something waiting, and what waits behind an attempt that runs for long goes back to the line.
 */
import type { ThreadHandle } from "./threadHandle.ts"
import { type ThreadEntry, ThreadLine } from "./threadLine.ts"
import type { ThreadSeats } from "./threadSeats.ts"

export interface ThreadShareSettings {
  readonly slots: number
  readonly ahead: number
  /** Called when an attempt that waited has got a slot. */
  readonly onStarted: (entry: ThreadEntry) => void
}

export class ThreadShare {
  /** Attempts no thread has room for, oldest first. Empty unless every thread is full. */
  readonly line: ThreadLine = new ThreadLine()
  private readonly seats: ThreadSeats
  private readonly onStarted: (entry: ThreadEntry) => void
  private finished = 0
  /** A thread that finished nothing while the pool finished so many is held up by what it runs. */
  private readonly stuckAfter: number
  private nextStuckCheck: number
  private isPouring = false

  constructor(seats: ThreadSeats, settings: ThreadShareSettings) {
    this.seats = seats
    this.onStarted = settings.onStarted
    // Results come in bursts of up to a whole queue per thread, so one round of all queues is noise.
    this.stuckAfter = 2 * settings.slots * (settings.ahead + 1)
    this.nextStuckCheck = this.stuckAfter
  }

  /** Finds a place for a new attempt. `true`: it has a slot. */
  place(entry: ThreadEntry): boolean {
    const thread = this.line.size === 0 ? this.seats.roomiest() : undefined
    if (thread === undefined) {
      this.line.push(entry)
      return false
    }
    thread.give(entry)
    if (thread.queue.first !== entry) return false
    this.takeSlot(thread, entry)
    return true
  }

  /** Counts an attempt that a thread has finished. */
  count(): void {
    this.finished++
    if (this.finished < this.nextStuckCheck) return
    this.nextStuckCheck = this.finished + this.stuckAfter
    this.freeStuck()
  }

  /** Moves on after a thread's queue has become shorter: refills it, and says who has its slot now. */
  advance(thread: ThreadHandle): void {
    while (this.line.first !== undefined && thread.hasRoom()) this.giveFirst(thread)
    if (thread.queue.size === 0 && !thread.isEnding) this.steal(thread)
    this.promote(thread)
  }

  /** Puts what a thread has not claimed back at the front of the line. Of these it claims none any more. */
  recall(thread: ThreadHandle, except: ThreadEntry | undefined): void {
    let entry = thread.queue.last
    while (entry !== undefined) {
      const { previous } = entry
      if (entry !== except && entry.early === undefined && thread.takeBack(entry)) {
        this.line.unshift(entry)
      }
      entry = previous
    }
    this.pourLater()
  }

  /** Spreads the line over the threads, on a later turn, because the listener hears what comes of it. */
  pourLater(): void {
    if (this.isPouring) return
    this.isPouring = true
    setImmediate(() => {
      this.isPouring = false
      this.pour()
    })
  }

  private pour(): void {
    while (this.line.first !== undefined) {
      const thread = this.seats.roomiest()
      if (thread === undefined) break
      this.giveFirst(thread)
      this.promote(thread)
    }
    // What was put back may have gone to a busy thread before this turn came.
    for (const thread of this.seats.idle()) this.advance(thread)
  }

  private giveFirst(thread: ThreadHandle): void {
    const entry = this.line.shift()
    if (entry !== undefined) thread.give(entry)
  }

  private promote(thread: ThreadHandle): void {
    const { first } = thread.queue
    if (first === undefined || first.hasSlot) return
    // A thread that is being ended begins nothing more.
    if (thread.isEnding && !thread.claims.isClaimed(first.seq)) return
    this.takeSlot(thread, first)
    this.onStarted(first)
  }

  private takeSlot(thread: ThreadHandle, entry: ThreadEntry): void {
    entry.hasSlot = true
    entry.sinceMs = performance.now()
    thread.finishedBefore = this.finished
  }

  /** Takes the older half of what waits in the longest queue, for a thread that has nothing to do. */
  private steal(thief: ThreadHandle): void {
    for (const victim of this.seats.longestFirst()) {
      let wanted = Math.ceil((victim.queue.size - 1) / 2)
      let entry = victim.queue.first?.next
      while (entry !== undefined && wanted > 0) {
        const { next } = entry
        if (entry.early === undefined && victim.takeBack(entry)) {
          thief.give(entry)
          wanted--
        }
        entry = next
      }
      // Nothing, if the victim had claimed all of it, and its results are on their way.
      if (thief.queue.size > 0) return
    }
  }

  // Stealing alone would leave it there for as long as the line is never empty.
  private freeStuck(): void {
    for (const thread of this.seats.stuckSince(this.finished - this.stuckAfter)) {
      thread.isHeld = true
      this.recall(thread, thread.queue.first)
    }
  }
}
