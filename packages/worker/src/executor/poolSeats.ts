/** The members of a pool: one in each slot, a warm spare, and what happens when one is gone. */
import type { PoolMember } from "./poolMember.ts"

/** After so many members in a row that died before they ran anything, starting more of them is useless. */
const failedStartsMax = 3

export class PoolSeats {
  /** By slot; `undefined` where no member could be started. */
  private readonly seats: Array<PoolMember | undefined>
  private readonly living = new Set<PoolMember>()
  private readonly make: () => PoolMember
  private spare: PoolMember | undefined
  private failedStarts = 0
  private isClosed = false

  constructor(slots: number, make: () => PoolMember) {
    this.make = make
    this.seats = Array.from({ length: slots }, () => this.launch())
  }

  /** Called when a member has come up. */
  cameUp(member: PoolMember): void {
    member.isUp = true
    this.keepSpare()
  }

  /**
   * Called when a member is gone. Returns the one that takes over its slot: none if it was the
   * spare, if members cannot be started, or if all is being ended.
   */
  replace(member: PoolMember): PoolMember | undefined {
    this.living.delete(member)
    if (member.hasWorked) this.failedStarts = 0
    else if (!member.isEnding) this.failedStarts++
    if (member === this.spare) this.spare = undefined
    const slot = this.seats.indexOf(member)
    if (slot < 0) return undefined
    const successor = this.isClosed || this.isFailing ? undefined : this.takeSpare()
    this.seats[slot] = successor
    this.keepSpare()
    return successor
  }

  /** Whether nothing could run an attempt. */
  get areEmpty(): boolean {
    return this.seats.every((member) => member === undefined)
  }

  /** A member beyond the slots, unless members cannot be started, or all is being ended. */
  launchExtra(): PoolMember | undefined {
    if (this.isClosed || this.isFailing) return undefined
    const member = this.takeSpare()
    this.keepSpare()
    return member
  }

  /** Whether what waits is not for the end of all to tell, and no member will come for it. */
  get areFailing(): boolean {
    return this.isFailing && !this.isClosed
  }

  /** Gives slots for which no member could be started another try. Called for every new attempt. */
  revive(): void {
    if (!this.isFailing || this.isClosed) return
    for (let slot = 0; slot < this.seats.length; slot++) this.seats[slot] ??= this.launch()
  }

  /** The member that has the least to do, if it has room for another attempt. */
  roomiest(): PoolMember | undefined {
    let best: PoolMember | undefined
    for (const member of this.seats) {
      if (member?.hasRoom() && (best === undefined || load(member) < load(best))) best = member
    }
    return best
  }

  /** Those that have more than the attempt they run, the one with the longest queue first. */
  longestFirst(): ReadonlyArray<PoolMember> {
    return this.present()
      .filter((member) => member.queue.size > 1)
      .toSorted((a, b) => b.queue.size - a.queue.size)
  }

  idle(): ReadonlyArray<PoolMember> {
    return this.present().filter((member) => member.queue.size === 0)
  }

  /** Those with more than the attempt they run, if they run it since the pool had finished that many. */
  stuckSince(finished: number): ReadonlyArray<PoolMember> {
    return this.longestFirst().filter((member) => member.finishedBefore <= finished)
  }

  /** Ends every member. Their listener hears of each; afterwards `areGone`. */
  close(): void {
    this.isClosed = true
    for (const member of this.living) member.terminate()
  }

  /** Waits no more for those that have not exited. Returns how many these are. */
  leave(): number {
    for (const member of this.living) member.leave()
    return this.living.size
  }

  get areGone(): boolean {
    return this.living.size === 0
  }

  private get isFailing(): boolean {
    return this.failedStarts >= failedStartsMax
  }

  private takeSpare(): PoolMember {
    const spare = this.spare ?? this.launch()
    this.spare = undefined
    return spare
  }

  // Not before the slots have theirs: on few cores the spare would delay the first task.
  private keepSpare(): void {
    if (this.isClosed || this.spare !== undefined || this.isFailing) return
    const allUp = this.seats.every((member) => member?.isUp === true)
    if (allUp) this.spare = this.launch()
  }

  private present(): ReadonlyArray<PoolMember> {
    return this.seats.filter((member) => member !== undefined)
  }

  private launch(): PoolMember {
    const member = this.make()
    this.living.add(member)
    return member
  }
}

// Between two that have nothing to do, the one that is up.
const load = (member: PoolMember): number => member.queue.size + (member.isUp ? 0 : 0.5)
