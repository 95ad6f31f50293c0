/** What is on its way from one node of a world to another: first in, first out. */
import type { InFlight } from "./Network.ts"
import type { Happening, WorldNode } from "./WorldNode.ts"

/** The arrival of something that is on its way. */
export interface Delivery extends Happening {
  /** Its place among all that was ever sent in this world. */
  readonly serial: number
  readonly item: InFlight
}

export class WorldLink {
  readonly name: string
  held = false
  /** The step that last delivered something from it, or let it flow again. */
  movedAt = -1
  private readonly to: WorldNode
  private queue: Array<Delivery> = []
  private sent = 0

  constructor(from: string, to: WorldNode) {
    this.name = `${from}>${to.name}`
    this.to = to
  }

  /** Puts something on its way. `step` says which step is under way, now and when it arrives. */
  add(item: InFlight, serial: number, step: () => number): void {
    const sentAt = step()
    const delivery: Delivery = {
      id: `${this.name}#${++this.sent}`,
      node: this.to,
      kind: "deliver",
      frame: item.frame,
      item,
      serial,
      stands: () => !this.held && this.first === delivery,
      happen: () => {
        this.queue.shift()
        this.movedAt = step()
        item.to.arrive(item)
      },
      // Not before it was sent, nor before what was sent before it.
      causes: () => [sentAt, this.movedAt],
    }
    this.queue.push(delivery)
  }

  /**
   * What arrives next, once the link is not held. What was lost with its connection leaves the link.
   * What comes to one who has left meanwhile arrives, and is not heard: who leaves does not touch
   * what is on its way, and so its arrival races the leaving like any other.
   */
  get first(): Delivery | undefined {
    for (;;) {
      const [first] = this.queue
      if (first === undefined) return undefined
      if (this.to.alive && first.item.connection?.severed !== true) return first
      this.queue.shift()
    }
  }

  /** What can arrive now. */
  get next(): Delivery | undefined {
    return this.held ? undefined : this.first
  }
}
