/**
 * Who gets what: the line, and how its attempts come to members and from one member to another.
 *
 * Attempts are handed to members ahead of their turn, so that a round trip never idles a member. Two
 * things keep that from costing anybody: a member with nothing to do takes from those that have
 * something waiting, and what waits behind an attempt that runs for long goes back to the line.
 */
import { setImmediate } from "node:timers"
import { type PoolMember, takeBack } from "./poolMember.ts"
import { type PoolEntry, PoolLine } from "./poolLine.ts"
import type { PoolSeats } from "./poolSeats.ts"

export interface PoolShareSettings {
  readonly slots: number
  readonly ahead: number
  /** Called when an attempt that waited has got a slot. */
  readonly onStarted: (entry: PoolEntry) => void
}

export class PoolShare {
  /** Attempts no member has room for, oldest first. Empty unless every member is full. */
  readonly line: PoolLine = new PoolLine()
  private readonly seats: PoolSeats
  readonly onStarted: (entry: PoolEntry) => void
  private finished = 0
  /** A member that finished nothing while the pool finished so many is held up by what it runs. */
  private readonly stuckAfter: number
  private nextStuckCheck: number
  private isPouring = false

  constructor(seats: PoolSeats, settings: PoolShareSettings) {
    this.seats = seats
    this.onStarted = settings.onStarted
    // Results come in bursts of up to a whole queue per member, so one round of all queues is noise.
    this.stuckAfter = 2 * settings.slots * (settings.ahead + 1)
    this.nextStuckCheck = this.stuckAfter
  }

  /** Finds a place for a new attempt. `true`: it has a slot. */
  place(entry: PoolEntry): boolean {
    const member = this.line.size === 0 ? this.seats.roomiest() : undefined
    if (member === undefined) {
      this.line.push(entry)
      return false
    }
    member.give(entry)
    if (member.queue.first !== entry) return false
    this.takeSlot(member, entry)
    return true
  }

  /** Gives an attempt to a member that has nothing else: it has the slot. */
  giveTo(member: PoolMember, entry: PoolEntry): void {
    member.give(entry)
    this.takeSlot(member, entry)
  }

  /** Counts an attempt that a member has finished. */
  count(): void {
    this.finished++
    if (this.finished < this.nextStuckCheck) return
    this.nextStuckCheck = this.finished + this.stuckAfter
    this.freeStuck()
  }

  /** Moves on after a member's queue has become shorter: refills it, and says who has its slot now. */
  advance(member: PoolMember): void {
    while (this.line.first !== undefined && member.hasRoom()) this.giveFirst(member)
    if (member.queue.size === 0 && !member.isEnding) this.steal(member)
    this.promote(member)
  }

  /** Puts what a member has not claimed back at the front of the line. Of these it claims none any more. */
  recall(member: PoolMember, except: PoolEntry | undefined): void {
    let entry = member.queue.last
    while (entry !== undefined) {
      const { previous } = entry
      if (entry !== except && entry.early === undefined && takeBack(member, entry)) {
        this.line.unshift(entry)
      }
      entry = previous
    }
    this.pourLater()
  }

  /** Spreads the line over the members, on a later turn, because the listener hears what comes of it. */
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
      const member = this.seats.roomiest()
      if (member === undefined) break
      this.giveFirst(member)
      this.promote(member)
    }
    // What was put back may have gone to a busy member before this turn came.
    for (const member of this.seats.idle()) this.advance(member)
  }

  private giveFirst(member: PoolMember): void {
    const entry = this.line.shift()
    if (entry !== undefined) member.give(entry)
  }

  private promote(member: PoolMember): void {
    const { first } = member.queue
    if (first === undefined || first.hasSlot) return
    // A member that is being ended begins nothing more.
    if (member.isEnding && !member.isClaimed(first)) return
    this.takeSlot(member, first)
    this.onStarted(first)
  }

  private takeSlot(member: PoolMember, entry: PoolEntry): void {
    entry.hasSlot = true
    entry.sinceMs = performance.now()
    member.finishedBefore = this.finished
  }

  /** Takes the older half of what waits in the longest queue, for a member that has nothing to do. */
  private steal(thief: PoolMember): void {
    for (const victim of this.seats.longestFirst()) {
      let wanted = Math.ceil((victim.queue.size - 1) / 2)
      let entry = victim.queue.first?.next
      while (entry !== undefined && wanted > 0) {
        const { next } = entry
        if (entry.early === undefined && takeBack(victim, entry)) {
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
    for (const member of this.seats.stuckSince(this.finished - this.stuckAfter)) {
      member.isHeld = true
      this.recall(member, member.queue.first)
    }
  }
}
