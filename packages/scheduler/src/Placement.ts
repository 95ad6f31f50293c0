/** Which task goes to which worker next: first in, first out, onto the worker with the most room. */

/** A first-in first-out line that anybody may leave. */
export class Line<Item> {
  private items: Array<Item | undefined> = []
  private head = 0
  private readonly places = new Map<Item, number>()

  get size(): number {
    return this.places.size
  }

  push(item: Item): void {
    this.places.set(item, this.items.length)
    this.items.push(item)
  }

  first(): Item | undefined {
    while (this.head < this.items.length) {
      const item = this.items[this.head]
      if (item !== undefined) return item
      this.head++
    }
    this.items = []
    this.head = 0
    return undefined
  }

  remove(item: Item): void {
    const place = this.places.get(item)
    if (place === undefined) return
    this.places.delete(item)
    this.items[place] = undefined
    this.compact()
  }

  /** Forgets the places nobody holds any more once they are the greater part: constant cost per task. */
  private compact(): void {
    if (this.items.length < 1024 || this.items.length < 2 * this.places.size) return
    this.items = this.items.filter((item) => item !== undefined)
    this.head = 0
    this.items.forEach((item, place) => {
      if (item !== undefined) this.places.set(item, place)
    })
  }
}

/** What placement needs to know of a worker. */
export interface Capacity {
  readonly slots: number
  readonly prefetch: number
  /** How many attempts the worker holds, running or waiting. */
  readonly held: number
  readonly draining: boolean
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
    if (worker.draining) continue
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
