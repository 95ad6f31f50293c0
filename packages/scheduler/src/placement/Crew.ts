/** The workers that offer the same names and the same capabilities, and the one of them a task goes to. */
import type { Needs } from "./needs.ts"
import type { Seat } from "./Seat.ts"
import * as Tree from "./Tree.ts"

export class Crew {
  /** The names they take; `undefined`: any. */
  private readonly names: ReadonlySet<string> | undefined
  private readonly seats: Array<Seat | undefined> = [undefined]
  private readonly free: Array<number> = [0]
  private room = Tree.planted()
  /** What is left of each capability that they have. */
  private readonly left = new Map<string, Tree.Tree>()
  size = 0

  readonly key: string

  constructor(key: string, names: ReadonlyArray<string>, capabilities: ReadonlyArray<string>) {
    this.key = key
    this.names = names.length === 0 ? undefined : new Set(names)
    for (const capability of capabilities) this.left.set(capability, Tree.planted())
  }

  offers(name: string): boolean {
    return this.names === undefined || this.names.has(name)
  }

  /** Whether a task may go to one of them that has enough of each capability. */
  suits(name: string, needs: Needs): boolean {
    return this.offers(name) && needs.every(([capability]) => this.left.has(capability))
  }

  /** How many names and how many capabilities they are there for. */
  get breadth(): readonly [capabilities: number, names: number] {
    return [this.left.size, this.names?.size ?? Infinity]
  }

  add(seat: Seat): void {
    if (this.free.length === 0) this.grow()
    seat.index = this.free.pop() ?? 0
    this.seats[seat.index] = seat
    this.size++
    this.update(seat)
  }

  remove(seat: Seat): void {
    const { index } = seat
    this.seats[index] = undefined
    this.free.push(index)
    this.size--
    Tree.write(this.room, this.seats.length + index, Tree.nothing)
    for (const tree of this.left.values()) {
      Tree.write(tree, this.seats.length + index, Tree.nothing)
    }
  }

  /** To be called whenever the room of a seat has changed, or what is left there. */
  update(seat: Seat): void {
    const place = this.seats.length + seat.index
    const { room } = seat
    Tree.write(this.room, place, room)
    for (const [capability, tree] of this.left) {
      // Who has no room has nothing left either, or many of them would be looked at in vain.
      Tree.write(tree, place, room > 0 ? seat.left(capability) : Tree.nothing)
    }
  }

  *members(): Generator<Seat> {
    for (const seat of this.seats) if (seat !== undefined) yield seat
  }

  /** The most room that any of them has, whatever is left there. */
  get mostRoom(): number {
    return Tree.at(this.room, 1)
  }

  /**
   * The one with the most room, if that is as much as `roomMin`; the first of equals. Of those that
   * meet needs, one with as much room as `roomMin`, which need not be the one with the most.
   */
  find(needs: Needs, roomMin: number): Seat | undefined {
    if (this.mostRoom < roomMin) return undefined
    return needs.length === 0 ? this.roomiest() : this.search(1, needs, roomMin)
  }

  private roomiest(): Seat | undefined {
    const { length } = this.seats
    let place = 1
    while (place < length) place = Tree.better(this.room, place)
    return this.seats[place - length]
  }

  private search(place: number, needs: Needs, roomMin: number): Seat | undefined {
    if (Tree.at(this.room, place) < roomMin) return undefined
    for (const [capability, quantity] of needs) {
      const tree = this.left.get(capability)
      if (tree === undefined || Tree.at(tree, place) < quantity) return undefined
    }
    const { length } = this.seats
    if (place >= length) return this.seats[place - length]
    const better = Tree.better(this.room, place)
    return this.search(better, needs, roomMin) ?? this.search(better ^ 1, needs, roomMin)
  }

  private grow(): void {
    const { length } = this.seats
    // The lowest is taken first, so that of equals it is the one who came first.
    for (let index = 2 * length - 1; index >= length; index--) {
      this.free.push(index)
      this.seats[index] = undefined
    }
    this.room = Tree.grown(this.room)
    for (const [capability, tree] of this.left) this.left.set(capability, Tree.grown(tree))
  }
}

/** A task had better go to those that are good for less: the others may be needed for what only they can do. */
export const narrowestFirst = (a: Crew, b: Crew): number => {
  const [capabilities, names] = a.breadth
  const [otherCapabilities, otherNames] = b.breadth
  if (capabilities !== otherCapabilities) return capabilities - otherCapabilities
  return names === otherNames ? 0 : names - otherNames
}
