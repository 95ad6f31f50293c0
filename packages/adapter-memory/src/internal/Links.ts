/** The links of a world, one for each ordered pair of nodes that ever had something on its way. */
import type { PeerId } from "@scaler-ts/protocol"
import type { InFlight } from "./Network.ts"
import { type Delivery, WorldLink } from "./WorldLink.ts"
import type { WorldNode } from "./WorldNode.ts"

export class Links {
  private readonly links = new Map<string, WorldLink>()
  private readonly node: (name: string) => WorldNode
  private readonly step: () => number
  private serial = 0

  /** `step` says which step is under way, or was the last. */
  constructor(node: (name: string) => WorldNode, step: () => number) {
    this.node = node
    this.step = step
  }

  get all(): Iterable<WorldLink> {
    return this.links.values()
  }

  between(from: PeerId, to: PeerId): WorldLink {
    const name = `${from}>${to}`
    const known = this.links.get(name)
    if (known !== undefined) return known
    const made = new WorldLink(this.node(from).name, this.node(to), this.step)
    this.links.set(name, made)
    return made
  }

  add(item: InFlight): void {
    this.between(item.from, item.to.self).add(item, ++this.serial)
  }

  /** What can arrive now, on whichever link. */
  get next(): ReadonlyArray<Delivery> {
    const next: Array<Delivery> = []
    for (const link of this.links.values()) next.push(...link.next)
    return next
  }

  /** Of what can arrive now, what was sent first. */
  get oldest(): Delivery | undefined {
    let oldest: Delivery | undefined
    for (const one of this.next) {
      if (oldest === undefined || one.serial < oldest.serial) oldest = one
    }
    return oldest
  }

  /** Links on which something waits that `hold` keeps from arriving. */
  get held(): ReadonlyArray<string> {
    return [...this.links.values()].flatMap(({ name, held, first }) =>
      held && first !== undefined ? [name] : [],
    )
  }

  /** Loses what is on its way to a node. */
  clearTo(node: WorldNode): void {
    for (const link of this.links.values()) if (link.to === node) link.clear()
  }
}
