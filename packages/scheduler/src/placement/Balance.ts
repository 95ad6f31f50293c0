/**
 * What waits at workers beyond their slots, and what of it is taken back for a worker that has a free one.
 *
 * - A recall that is not answered yet counts as done: for one free slot one attempt is taken back (R30).
 * - What was sent longest ago is taken back first. It has waited longest, so the tasks before it are long.
 * - A recall decides nothing about its task: what has started stays, and a cancel goes ahead of it (R4).
 */
import type { Entry, Worker } from "../entries.ts"
import { type Lane, Surplus } from "./Lane.ts"
import type { Seat } from "./Seat.ts"

export class Balance {
  /** The lanes of which somebody waits beyond the slots of a worker. */
  private readonly lanes = new Set<Lane>()
  /** Those that have gained room, and may have a free slot. */
  private readonly gained: Array<Seat> = []
  private readonly canServe: (lane: Lane, seat: Seat) => boolean

  constructor(canServe: (lane: Lane, seat: Seat) => boolean) {
    this.canServe = canServe
  }

  /** An attempt was sent to a worker that has no free slot for it. */
  push(entry: Entry, lane: Lane): void {
    if (entry.line !== undefined) return
    lane.surplus.push(entry)
    this.lanes.add(lane)
  }

  /** It is not to be taken back any more. Does nothing for one that does not wait beyond the slots. */
  remove(entry: Entry): void {
    const { line } = entry
    if (!(line instanceof Surplus)) return
    line.remove(entry)
    if (line.first === undefined) this.lanes.delete(line.lane)
  }

  /** A worker does not answer, is gone, or gives back by itself what waits there. */
  excuse({ entries }: Worker): void {
    for (const entry of entries.values()) this.remove(entry)
  }

  /** A worker has gained room. */
  consider(seat: Seat): void {
    if (this.lanes.size > 0) this.gained.push(seat)
  }

  /** Has taken back what those that have gained room could take. To be called when there is nothing else for them. */
  recallFor(recall: (entry: Entry) => void): void {
    for (let seat = this.gained.pop(); seat !== undefined; seat = this.gained.pop()) {
      while (seat.idle > 0) {
        const entry = this.spareFor(seat)
        if (entry === undefined) break
        this.remove(entry)
        seat.awaited++
        entry.awaitedBy = seat
        recall(entry)
      }
    }
  }

  /** A recall has been answered, or is not waited for any more; the one for whom it was may need another. */
  recallOver(entry: Entry): Seat | undefined {
    const seat = entry.awaitedBy
    if (seat !== undefined) seat.awaited--
    entry.awaitedBy = undefined
    return seat
  }

  private spareFor(seat: Seat): Entry | undefined {
    for (const lane of this.lanes) {
      if (!this.canServe(lane, seat)) continue
      for (let entry = lane.surplus.first; entry !== undefined; entry = lane.surplus.first) {
        if (isSpare(entry)) return entry
        this.remove(entry)
      }
    }
    return undefined
  }
}

/** Whether it has, as far as is known, no slot yet. */
const isSpare = ({ state, holder }: Entry): boolean =>
  state._tag === "running" && !state.started && holder !== undefined && holder.held > holder.slots
