/** Which task goes to which worker next: first in, first out, onto the worker with the most room. */
import { NumberTable } from "@scaler-ts/protocol"

/** Somebody who can stand in a line. */
export interface Guest {
  /** Where it stands, from 1; 0 while it stands in no line. Written by the line alone. */
  place: number
}

/** A first-in first-out line that anybody may leave. */
export class Line<Item extends Guest> {
  private readonly places = new NumberTable<Item>()
  private head = 1
  private tail = 0

  get size(): number {
    return this.places.size
  }

  push(item: Item): void {
    item.place = ++this.tail
    this.places.set(item.place, item)
  }

  first(): Item | undefined {
    for (; this.head <= this.tail; this.head++) {
      const item = this.places.get(this.head)
      if (item !== undefined) return item
    }
    return undefined
  }

  /** Does nothing for one who stands in no line. */
  remove(item: Item): void {
    this.places.delete(item.place)
    item.place = 0
  }
}

/** What placement needs to know of a worker. */
export interface Capacity {
  readonly slots: number
  readonly prefetch: number
  /** How many attempts the worker holds, running or waiting. */
  readonly held: number
  readonly draining: boolean
  /** Whether it has no connection at the moment: what it is sent would wait, and may be lost with it. */
  readonly away: boolean
}

/**
 * The worker the next task goes to: the one with the most free slots, and if no slot is free
 * anywhere, the one with the most room beyond its slots. `undefined` when every worker is full.
 */
export const place = <Worker extends Capacity>(workers: Iterable<Worker>): Worker | undefined => {
  let best: Worker | undefined
  let bestFree = 0
  let spare: Worker | undefined
  let spareRoom = 0
  for (const worker of workers) {
    if (worker.draining || worker.away) continue
    const free = worker.slots - worker.held
    if (free > bestFree) {
      best = worker
      bestFree = free
    }
    const room = free + worker.prefetch
    if (room > spareRoom) {
      spare = worker
      spareRoom = room
    }
  }
  return best ?? spare
}
