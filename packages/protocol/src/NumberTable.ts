/**
 * A table keyed by numbers that are given out in order, such as task numbers.
 *
 * Pages of slots instead of a `Map`: entries come and go by the hundred thousand per second, and a
 * `Map` that is filled and emptied at that rate keeps rehashing and feeds the garbage collector
 * (`docs/performance.md`). Costs the same per entry with one entry as with a million. A page lives as
 * long as one of its entries, so a few old entries hold a page each.
 */

/** A power of two; small, so that a peer that leaves gaps between its numbers cannot make them cost much. */
const pageSize = 256
const slotMask = pageSize - 1

interface Page<T> {
  readonly number: number
  readonly slots: Array<T | undefined>
  live: number
}

export class NumberTable<T> {
  private readonly pages = new Map<number, Page<T>>()
  /** The page used last: the next key is most likely on it too. */
  private last: Page<T> | undefined
  /** The page with the highest number. It stays when it is empty, for the numbers to come. */
  private newest: Page<T> | undefined
  private entries = 0

  get size(): number {
    return this.entries
  }

  get(key: number): T | undefined {
    return this.page(key)?.slots[key & slotMask]
  }

  set(key: number, value: T): void {
    const page = this.page(key) ?? this.addPage(Math.floor(key / pageSize))
    const slot = key & slotMask
    if (page.slots[slot] === undefined) {
      page.live++
      this.entries++
    }
    page.slots[slot] = value
  }

  /** Whether there was an entry. */
  delete(key: number): boolean {
    const page = this.page(key)
    const slot = key & slotMask
    if (page?.slots[slot] === undefined) return false
    page.slots[slot] = undefined
    page.live--
    this.entries--
    if (page.live === 0 && page !== this.newest) this.drop(page)
    return true
  }

  /** The entries there are now, lowest key first within a page. May be changed while it is gone through. */
  *values(): Generator<T, void, undefined> {
    for (const page of [...this.pages.values()]) {
      for (const value of page.slots) if (value !== undefined) yield value
    }
  }

  private page(key: number): Page<T> | undefined {
    const number = Math.floor(key / pageSize)
    if (this.last?.number === number) return this.last
    const page = this.pages.get(number)
    if (page !== undefined) this.last = page
    return page
  }

  private addPage(number: number): Page<T> {
    const slots = Array<T | undefined>(pageSize).fill(undefined)
    const page: Page<T> = { number, slots, live: 0 }
    this.pages.set(number, page)
    this.last = page
    const { newest } = this
    if (newest === undefined || number > newest.number) {
      this.newest = page
      if (newest?.live === 0) this.drop(newest)
    }
    return page
  }

  private drop(page: Page<T>): void {
    this.pages.delete(page.number)
    if (this.last === page) this.last = undefined
  }
}
