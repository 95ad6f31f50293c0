/** The workers that offer the same names and the same capabilities, and the one of them a task goes to. */
import type { Needs } from "./needs.ts"
import type { Seat } from "./Seat.ts"
import * as Tree from "./Tree.ts"

/** What a task asks of a worker, beside its name. */
interface Wanted {
  readonly needs: Needs
  readonly depth: number
}

interface Search extends Wanted {
  readonly room: Tree.Tree
  readonly roomMin: number
}

export class Crew {
  /** The names they take; `undefined`: any. */
  private readonly names: ReadonlySet<string> | undefined
  private readonly seats: Array<Seat | undefined> = [undefined]
  private readonly free: Array<number> = [0]
  private room = Tree.planted()
  /** The same for nested tasks; made when the first of them comes. */
  private nested: Tree.Tree | undefined
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
    if (this.nested !== undefined) {
      Tree.write(this.nested, this.seats.length + index, Tree.nothing)
    }
    for (const tree of this.left.values()) {
      Tree.write(tree, this.seats.length + index, Tree.nothing)
    }
  }

  /** To be called whenever the room of a seat has changed, or what is left there. */
  update(seat: Seat): void {
    const place = this.seats.length + seat.index
    const { room } = seat
    Tree.write(this.room, place, room)
    if (this.nested !== undefined) Tree.write(this.nested, place, seat.nestedRoom)
    const hasRoom = room > 0 || seat.nestedRoom > 0
    for (const [capability, tree] of this.left) {
      // Who has no room has nothing left either, or many of them would be looked at in vain.
      Tree.write(tree, place, hasRoom ? seat.left(capability) : Tree.nothing)
    }
  }

  *members(): Generator<Seat> {
    for (const seat of this.seats) if (seat !== undefined) yield seat
  }

  /**
   * The one with the most room, if that is as much as `roomMin`; the first of equals. Of those that
   * meet needs, or for tasks that are nested, one with as much room as `roomMin`, which need not be the one with the most.
   */
  find({ needs, depth }: Wanted, roomMin: number): Seat | undefined {
    const room = depth === 0 ? this.room : this.roomOfNested()
    if (Tree.at(room, 1) < roomMin) return undefined
    if (needs.length === 0 && depth === 0) return this.roomiest()
    return this.search(1, { needs, depth, room, roomMin })
  }

  private roomOfNested(): Tree.Tree {
    if (this.nested !== undefined) return this.nested
    const { length } = this.seats
    this.nested = new Float64Array(2 * length).fill(Tree.nothing)
    for (const seat of this.members()) Tree.write(this.nested, length + seat.index, seat.nestedRoom)
    return this.nested
  }

  private roomiest(): Seat | undefined {
    const { length } = this.seats
    let place = 1
    while (place < length) place = Tree.better(this.room, place)
    return this.seats[place - length]
  }

  private search(place: number, wanted: Search): Seat | undefined {
    const { needs, depth, room, roomMin } = wanted
    if (Tree.at(room, place) < roomMin) return undefined
    for (const [capability, quantity] of needs) {
      const tree = this.left.get(capability)
      if (tree === undefined || Tree.at(tree, place) < quantity) return undefined
    }
    const { length } = this.seats
    if (place >= length) {
      const seat = this.seats[place - length]
      // Of one depth a worker holds no more than it has slots, whatever room it has (R31).
      return depth === 0 || (seat !== undefined && seat.roomFor(depth) > 0) ? seat : undefined
    }
    const better = Tree.better(room, place)
    return this.search(better, wanted) ?? this.search(better ^ 1, wanted)
  }

  private grow(): void {
    const { length } = this.seats
    // The lowest is taken first, so that of equals it is the one who came first.
    for (let index = 2 * length - 1; index >= length; index--) {
      this.free.push(index)
      this.seats[index] = undefined
    }
    this.room = Tree.grown(this.room)
    if (this.nested !== undefined) this.nested = Tree.grown(this.nested)
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
