/** The tasks in one state, in the order in which they came into it: the first is in it longest. */

/** Something that can be in one list at a time. Its links are written by the lists alone. */
export interface Linked<Item> {
  earlier: Item | undefined
  later: Item | undefined
}

export class StateList<Item extends Linked<Item>> {
  first: Item | undefined
  size = 0
  private last: Item | undefined

  push(item: Item): void {
    item.earlier = this.last
    if (this.last === undefined) this.first = item
    else this.last.later = item
    this.last = item
    this.size++
  }

  remove(item: Item): void {
    const { earlier, later } = item
    if (earlier === undefined) this.first = later
    else earlier.later = later
    if (later === undefined) this.last = earlier
    else later.earlier = earlier
    item.earlier = item.later = undefined
    this.size--
  }

  *[Symbol.iterator](): Generator<Item, void, undefined> {
    for (let item = this.first; item !== undefined; item = item.later) yield item
  }
}
