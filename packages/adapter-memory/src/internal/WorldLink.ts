/** What is on its way from one node of a world to another: first in, first out, but for what a fault doubles or loosens. */
import type { InFlight } from "./Network.ts"
import type { Happening, WorldNode } from "./WorldNode.ts"

/** The arrival of something that is on its way. */
export interface Delivery extends Happening {
  /** Its place among all that was ever sent in this world. */
  readonly serial: number
  readonly item: InFlight
}

export class WorldLink {
  readonly from: string
  readonly name: string
  readonly to: WorldNode
  held = false
  /** The step that last delivered something from it, or let it flow again. */
  private movedAt = -1
  private queue: Array<Delivery> = []
  /** Frames that arrive whenever they like: those that are out of line, and second copies. */
  private loose: Array<Delivery> = []
  private sent = 0
  private doubled = 0
  private readonly step: () => number

  /** `step` says which step is under way, or was the last. */
  constructor(from: string, to: WorldNode, step: () => number) {
    this.from = from
    this.name = `${from}>${to.name}`
    this.to = to
    this.step = step
  }

  /** Puts something on its way. */
  add(item: InFlight, serial: number): void {
    const sentAt = this.step()
    const delivery: Delivery = {
      id: `${this.name}#${++this.sent}`,
      node: this.to,
      kind: "deliver",
      frame: item.frame,
      item,
      serial,
      stands: () => this.flows && this.first === delivery,
      happen: () => {
        this.queue.shift()
        this.movedAt = this.step()
        item.to.arrive(item)
      },
      // Not before it was sent, nor before what was sent before it.
      causes: () => [sentAt, this.movedAt],
    }
    this.queue.push(delivery)
  }

  /** Lets nothing arrive until `release`. */
  hold(): void {
    this.held = true
  }

  release(): void {
    this.held = false
    this.movedAt = this.step()
  }

  /** Loses what arrives next. */
  drop(): void {
    this.queue.shift()
    this.movedAt = this.step()
  }

  /** Lets what would arrive next arrive at any time, whatever was sent after it. */
  loosen({ id, item, serial }: Delivery): void {
    this.drop()
    this.scatter(id, item, serial)
  }

  /** Lets the frame that arrives next arrive once more, at any time. */
  double({ id, frame, item, serial }: Delivery): void {
    if (frame === undefined) return
    // Its room in the outbox is given back once, by the first of the two.
    const copy: InFlight = { ...item, deliver: (listener) => listener.frame(item.from, frame) }
    this.scatter(`${id}, copy ${++this.doubled}`, copy, serial)
  }

  private scatter(id: string, item: InFlight, serial: number): void {
    const scatteredAt = this.step()
    const delivery: Delivery = {
      id,
      node: this.to,
      kind: "deliver",
      frame: item.frame,
      item,
      serial,
      stands: () => this.flows && this.loose.includes(delivery),
      happen: () => {
        this.loose = this.loose.filter((other) => other !== delivery)
        item.to.arrive(item)
      },
      causes: () => [scatteredAt],
    }
    this.loose.push(delivery)
  }

  /** Loses everything: whoever it was for is no more. */
  clear(): void {
    this.queue = []
    this.loose = []
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
      if (this.to.alive && isCarried(first)) return first
      this.queue.shift()
    }
  }

  /** What can arrive now. */
  get next(): ReadonlyArray<Delivery> {
    if (!this.flows) return []
    const { first } = this
    if (this.loose.length > 0) this.loose = this.loose.filter(isCarried)
    return first === undefined ? this.loose : [first, ...this.loose]
  }

  private get flows(): boolean {
    return !this.held && this.to.alive && !this.to.frozen
  }
}

const isCarried = ({ item }: Delivery): boolean => item.connection?.severed !== true
