/** The first of many, each of which may change its rank or leave. */

/** Somebody who can stand in one heap at a time. */
export interface Ranked<Self> {
  /** Where it stands. Written by the heap alone. */
  at: number
  readonly goesBefore: (other: Self) => boolean
}

export class Heap<Item extends Ranked<Item>> {
  private readonly items: Array<Item> = []

  get first(): Item | undefined {
    return this.items[0]
  }

  push(item: Item): void {
    this.items.push(item)
    this.rise(item, this.items.length - 1)
  }

  /** For one who stands in this heap. */
  remove(item: Item): void {
    const { at } = item
    const last = this.items.pop()
    if (last === undefined || last === item) return
    this.rise(last, at)
    this.sink(last)
  }

  /** For one who stands in this heap and is to go later than before. */
  sink(item: Item): void {
    let { at } = item
    for (;;) {
      const left = this.items[2 * at + 1]
      const right = this.items[2 * at + 2]
      const below =
        left === undefined || (right !== undefined && right.goesBefore(left)) ? right : left
      if (below === undefined || !below.goesBefore(item)) break
      const next = below.at
      this.put(below, at)
      at = next
    }
    this.put(item, at)
  }

  private rise(item: Item, from: number): void {
    let at = from
    while (at > 0) {
      const above = this.items[(at - 1) >> 1]
      if (above === undefined || !item.goesBefore(above)) break
      this.put(above, at)
      at = (at - 1) >> 1
    }
    this.put(item, at)
  }

  private put(item: Item, at: number): void {
    this.items[at] = item
    item.at = at
  }
}
