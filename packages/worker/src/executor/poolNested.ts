/**
 * The attempts of a pool that are nested in others: where they wait, and which members run them.
 *
 * One whose parent waits for it, here or elsewhere, must not wait for a member that the parent has: so a
 * member whose attempt waits for children lends its slot, and another member is started for it, which runs
 * attempts that are nested and no others. There are never more of these than slots that were lent.
 */
import { Places } from "@scaler-ts/protocol"
import { setImmediate } from "node:timers"
import { type PoolEntry, PoolLine } from "./poolLine.ts"
import type { PoolMember } from "./poolMember.ts"
import type { PoolSeats } from "./poolSeats.ts"
import type { PoolShare } from "./poolShare.ts"

/** How long a member beyond the slots stays when it has nothing to do, in milliseconds: starting another costs more. */
const idleMs = 5_000

export class PoolNested {
  private readonly seats: PoolSeats
  private readonly share: PoolShare
  private readonly places: Places
  /** What waits, by its depth. */
  private readonly lines: Array<PoolLine> = []
  /** The members beyond the slots, and what ends those that have nothing to do. */
  private readonly extras = new Map<PoolMember, NodeJS.Timeout | undefined>()
  /** The attempts that have taken a place: of those that are not nested, all. */
  private readonly placed = new Set<PoolEntry>()
  private readonly lent = new Set<PoolEntry>()
  private isFilling = false
  /** Told of one for which no member can be started. */
  private readonly onStuck: (entry: PoolEntry) => void

  constructor(
    seats: PoolSeats,
    share: PoolShare,
    slots: number,
    onStuck: (entry: PoolEntry) => void,
  ) {
    this.seats = seats
    this.share = share
    this.onStuck = onStuck
    this.places = new Places(slots)
  }

  /** Finds a place for a new attempt. `true`: it has a slot. */
  place(entry: PoolEntry): boolean {
    const { depth } = entry.attempt
    if (depth === 0) {
      this.take(entry)
      return this.share.place(entry)
    }
    if (this.places.hasRoomFor(depth) && this.give(entry)) return true
    this.lineOf(entry).push(entry)
    this.fillSoon()
    return false
  }

  /** An attempt is over, or goes nowhere any more. */
  forget(entry: PoolEntry): void {
    if (this.placed.delete(entry)) {
      this.places.free(entry.attempt.depth, this.lent.delete(entry))
      this.fillSoon()
    }
  }

  /** Takes one that its member has not begun back into the line, before all others. `false`: it is not nested. */
  putBack(entry: PoolEntry): boolean {
    if (entry.attempt.depth === 0) return false
    this.forget(entry)
    this.lineOf(entry).unshift(entry)
    return true
  }

  /** An attempt waits for its children. */
  lend(entry: PoolEntry): void {
    const { member } = entry
    if (!entry.hasSlot || member === undefined || this.lent.has(entry)) return
    this.lent.add(entry)
    this.places.waiting++
    // Nothing is to wait behind it.
    member.isHeld = true
    this.share.recall(member, entry)
    this.fillSoon()
  }

  /** It goes on. */
  reclaim(entry: PoolEntry): void {
    if (this.lent.delete(entry)) this.places.waiting--
  }

  isExtra(member: PoolMember): boolean {
    return this.extras.has(member)
  }

  /** A member has nothing to do: what waits is given to it, and an extra one goes when that is nothing for long. */
  rest(member: PoolMember): void {
    this.fill()
    if (member.queue.size > 0 || !this.extras.has(member)) return
    const stop = setTimeout(() => {
      this.extras.delete(member)
      member.terminate()
    }, idleMs)
    this.extras.set(member, stop.unref())
  }

  /** A member is gone. */
  gone(member: PoolMember): void {
    clearTimeout(this.extras.get(member))
    this.extras.delete(member)
    this.fillSoon()
  }

  /** Everything that waits, out of its line. */
  *drained(): Generator<PoolEntry, void, undefined> {
    for (const line of this.lines) {
      for (let entry = line?.shift(); entry !== undefined; entry = line?.shift()) yield entry
    }
  }

  private take(entry: PoolEntry): void {
    this.placed.add(entry)
    this.places.take(entry.attempt.depth)
  }

  /** `false`: there is no member for it, and none can be started. */
  private give(entry: PoolEntry): boolean {
    const member = this.free() ?? this.launch()
    if (member === undefined) return false
    this.take(entry)
    clearTimeout(this.extras.get(member))
    if (this.extras.has(member)) this.extras.set(member, undefined)
    this.share.giveTo(member, entry)
    return true
  }

  private lineOf({ attempt }: PoolEntry): PoolLine {
    return (this.lines[attempt.depth] ??= new PoolLine())
  }

  private free(): PoolMember | undefined {
    const idle = [...this.seats.idle(), ...this.extras.keys()].filter(
      (member) => member.queue.size === 0 && member.hasRoom(),
    )
    return idle.find(({ isUp }) => isUp) ?? idle[0]
  }

  private launch(): PoolMember | undefined {
    const member = this.seats.launchExtra()
    if (member !== undefined) this.extras.set(member, undefined)
    return member
  }

  /** On a later turn, because the listener hears what comes of it. */
  private fillSoon(): void {
    if (this.isFilling || this.lines.every((line) => line.size === 0)) return
    this.isFilling = true
    setImmediate(() => {
      this.isFilling = false
      this.fill()
    })
  }

  private fill(): void {
    for (let depth = this.lines.length - 1; depth > 0; depth--) {
      while (this.places.hasRoomFor(depth)) {
        const entry = this.lines[depth]?.shift()
        if (entry === undefined) break
        if (this.give(entry)) this.share.onStarted(entry)
        // Its parent would wait for ever. What is being ended is told at the end of all.
        else if (this.seats.areFailing) this.onStuck(entry)
      }
    }
  }
}
