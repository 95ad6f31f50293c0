/** What a worker has, and what of it is taken. */
import type { Worker } from "../entries.ts"
import type { Crew } from "./Crew.ts"
import type { Needs } from "./needs.ts"

/** Sums of fractions come out a little too high or too low: 0.1 + 0.2 is more than 0.3. */
const slack = 1 + 1e-9

/** The room of one free slot, which counts more than any room beyond the slots. */
export const freeSlot: number = 2 ** 40

export class Seat {
  readonly worker: Worker
  readonly crew: Crew
  /** Where it stands in its crew. Written by the crew alone. */
  index = 0
  /** Whether it may have more room than the lanes that are blocked know of. */
  hasGained = false
  /** How many attempts are being taken back from other workers for its free slots. Written by `Balance` alone. */
  awaited = 0
  private readonly total: ReadonlyMap<string, number>
  private readonly taken = new Map<string, number>()

  constructor(worker: Worker, crew: Crew, capabilities: Readonly<Record<string, number>>) {
    this.worker = worker
    this.crew = crew
    this.total = new Map(Object.entries(capabilities))
  }

  /** What it can still hold: 0 for nothing, more than `freeSlot` while a slot is free, and then more for more of them. */
  get room(): number {
    const { slots, prefetch, held, draining, away } = this.worker
    if (draining || away) return 0
    return held < slots ? freeSlot + slots - held : Math.max(0, slots + prefetch - held)
  }

  /**
   * What it can still hold of nested tasks, whatever their depth: more than `freeSlot` if no slot is lent, because who has
   * lent one may want it back. Never more than its slots: beyond them a task might wait for who waits for it (R31).
   */
  get nestedRoom(): number {
    const { slots, places, draining, away } = this.worker
    const free = draining || away ? 0 : slots - places.running
    if (free <= 0) return 0
    return places.waiting > 0 ? free : freeSlot + free
  }

  /** What it can still hold of tasks of that depth. */
  roomFor(depth: number): number {
    if (depth === 0) return this.room
    return this.worker.places.hasRoomFor(depth) ? this.nestedRoom : 0
  }

  /** How many slots are free, and not meant for what is being taken back. */
  get idle(): number {
    const { slots, held, draining, away, seat } = this.worker
    return draining || away || seat !== this ? 0 : slots - held - this.awaited
  }

  /** How much of a capability a task may need; -1 if the worker does not have it. */
  left(capability: string): number {
    const total = this.all(capability)
    return total < 0 || total === Infinity ? total : total - (this.taken.get(capability) ?? 0)
  }

  /** Whether what is left is enough, had it room. */
  meets(needs: Needs): boolean {
    return needs.every(([name, quantity]) => quantity <= this.left(name))
  }

  /** Whether it would be enough, if it held nothing. */
  couldMeet(needs: Needs): boolean {
    return needs.every(([name, quantity]) => quantity <= this.all(name))
  }

  /** Its worker holds one attempt more. */
  take(needs: Needs): void {
    for (const [name, quantity] of needs) {
      this.taken.set(name, (this.taken.get(name) ?? 0) + quantity)
    }
    this.crew.update(this)
  }

  /** Its worker holds one attempt less. */
  giveBack(needs: Needs): void {
    for (const [name, quantity] of needs) {
      this.taken.set(name, Math.max(0, (this.taken.get(name) ?? 0) - quantity))
    }
    // What rounding has left over goes when there is nobody who could have taken it.
    if (this.worker.places.size === 0) this.taken.clear()
    this.crew.update(this)
  }

  private all(capability: string): number {
    return (this.total.get(capability) ?? -1) * slack
  }
}
