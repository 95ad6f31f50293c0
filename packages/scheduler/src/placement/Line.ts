/** A first-in first-out line that anybody may leave, at the same cost for all. */

/** Somebody who can stand in one line at a time. Written by the lines alone. */
export interface Guest<Self extends Guest<Self>> {
  /** The line it stands in. */
  line: Line<Self> | undefined
  before: Self | undefined
  after: Self | undefined
}

export class Line<Item extends Guest<Item>> {
  first: Item | undefined
  private last: Item | undefined

  push(item: Item): void {
    this.insert(item, this.last)
  }

  /** Puts it right behind `before`, who stands in this line; at the front if there is nobody. */
  insert(item: Item, before: Item | undefined): void {
    const after = before === undefined ? this.first : before.after
    item.line = this
    item.before = before
    item.after = after
    if (before === undefined) this.first = item
    else before.after = item
    if (after === undefined) this.last = item
    else after.before = item
  }

  /** For one who stands in this line. */
  remove(item: Item): void {
    const { before, after } = item
    if (before === undefined) this.first = after
    else before.after = after
    if (after === undefined) this.last = before
    else after.before = before
    item.line = undefined
    item.before = undefined
    item.after = undefined
  }
}
