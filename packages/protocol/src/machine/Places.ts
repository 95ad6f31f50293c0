/**
 * How many attempts are held where there are so many slots, and which may still come.
 *
 * An attempt that waits for children of its own lends its slot, but only to attempts that are nested. And
 * of attempts that are nested alike, as many are held as there are slots, whether they wait or not. So
 * however many parents there are, no more than that of one depth can wait at once, and whatever the deepest
 * of them wait for finds a slot: parents can never starve their children (R31).
 *
 * - **G6** An attempt takes a place once and gives it back once, lent or not.
 */
export class Places {
  /** No task is nested deeper than that. */
  static readonly depthMax = 1_000
  private readonly slots: number
  /** How many are held, by their depth. */
  private readonly at: Array<number> = []
  /** How many of them are nested. */
  private nested = 0
  /** How many of them wait for children of their own. */
  waiting = 0

  constructor(slots: number) {
    this.slots = slots
  }

  take(depth: number): void {
    this.at[depth] = this.heldAt(depth) + 1
    if (depth > 0) this.nested++
  }

  /** Gives back what an attempt has taken. `waits`: it waited for its children when it ended. */
  free(depth: number, waits: boolean): void {
    this.at[depth] = this.heldAt(depth) - 1
    if (depth > 0) this.nested--
    if (waits) this.waiting--
  }

  /** How many places are taken, for an attempt of that depth: if they are fewer than the slots, it may have one. */
  takenFor(depth: number): number {
    const outer = this.heldAt(0)
    // What is held beyond the slots, in advance, uses none.
    const beyond = depth === 0 ? Math.max(0, outer - this.slots) : 0
    return Math.max(this.running + beyond, this.heldAt(depth))
  }

  /** How many are held, and neither wait for children nor, in advance, for a slot. */
  get running(): number {
    return Math.min(this.heldAt(0), this.slots) + this.nested - this.waiting
  }

  /** How many are held. */
  get size(): number {
    return this.heldAt(0) + this.nested
  }

  hasRoomFor(depth: number): boolean {
    return this.takenFor(depth) < this.slots
  }

  private heldAt(depth: number): number {
    return this.at[depth] ?? 0
  }
}
