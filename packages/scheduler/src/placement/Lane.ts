/**
 * Who waits, and in which order they go.
 *
 * A lane holds the tasks that any worker can take either all of or none: one name, one set of needs, one depth of
 * nesting. Deeper lanes go first: what has begun is finished first, so that parents do not pile up. In a lane
 * the highest priority goes first. Among the clients of one priority the one whose turn is
 * longest ago does, whatever the lane of that turn, and of a client's tasks the one that came first.
 */
import type { Client, Entry } from "../entries.ts"
import type { Crew } from "./Crew.ts"
import { Heap, type Ranked } from "./Heap.ts"
import { Line } from "./Line.ts"
import type { Needs } from "./needs.ts"

/** The tasks of one client and one priority that wait, in all lanes. */
export class Share {
  readonly priority: number
  /** When it last had its turn: higher for later, and no two are equal. */
  turn: number
  readonly queues: Map<Lane, Queue> = new Map()

  constructor(priority: number, turn: number) {
    this.priority = priority
    this.turn = turn
  }

  /** It has had its turn, in whatever lane. */
  takeTurn(turn: number): void {
    this.turn = turn
    for (const queue of this.queues.values()) queue.band.sink(queue)
  }
}

/** The share of a client's tasks of a priority; a new one is behind all others, each of which has had fewer turns since it came. */
export const shareOf = ({ shares }: Client, priority: number, nextTurn: () => number): Share => {
  const known = shares.get(priority)
  if (known !== undefined) return known
  const share = new Share(priority, nextTurn())
  shares.set(priority, share)
  return share
}

/** The tasks of one client and one priority that wait in one lane. */
export class Queue extends Line<Entry> implements Ranked<Queue> {
  at = 0
  readonly share: Share
  readonly lane: Lane
  readonly band: Band
  /** The last of those at the front that have been placed before. */
  private lastBack: Entry | undefined

  constructor(share: Share, lane: Lane, band: Band) {
    super()
    this.share = share
    this.lane = lane
    this.band = band
  }

  goesBefore(other: Queue): boolean {
    return this.share.turn < other.share.turn
  }

  /** One who has been placed before is older than all who have not: they are placed in their order. */
  comeBack(entry: Entry): void {
    let before = this.lastBack
    while (before !== undefined && before.id > entry.id) before = before.before
    this.insert(entry, before)
    if (before === this.lastBack) this.lastBack = entry
  }

  override remove(entry: Entry): void {
    if (entry === this.lastBack) this.lastBack = entry.before
    super.remove(entry)
  }

  /** Whether its first goes before the first of another queue, in whatever lane. */
  isAheadOf(other: Queue): boolean {
    const { share, lane } = this
    if (lane.depth !== other.lane.depth) return lane.depth > other.lane.depth
    if (share.priority !== other.share.priority) return share.priority > other.share.priority
    if (share !== other.share) return this.goesBefore(other)
    return (this.first?.id ?? Infinity) < (other.first?.id ?? Infinity)
  }
}

/** The tasks of one priority in one lane: a queue per client. */
class Band extends Heap<Queue> implements Ranked<Band> {
  at = 0
  readonly priority: number

  constructor(priority: number) {
    super()
    this.priority = priority
  }

  goesBefore(other: Band): boolean {
    return this.priority > other.priority
  }
}

/** The tasks of one lane that wait at workers, beyond their slots; the one sent first is first. */
export class Surplus extends Line<Entry> {
  readonly lane: Lane

  constructor(lane: Lane) {
    super()
    this.lane = lane
  }
}

export class Lane {
  readonly surplus: Surplus = new Surplus(this)
  readonly name: string
  readonly needs: Needs
  /** How many tasks those of it are nested in. */
  readonly depth: number
  /** How many tasks wait in it. */
  size = 0
  /** Nobody can take its tasks until some worker has more room than now. */
  isBlocked = false
  /** Where it stands among those that are blocked, or among those that are not. */
  at = 0
  /** Gives up being found for tasks to come. */
  readonly forget: () => void
  /** The workers who may take its tasks, and as of when. */
  crews: ReadonlyArray<Crew> = []
  crewsOf = -1
  private readonly bands = new Map<number, Band>()
  private readonly heap = new Heap<Band>()

  constructor({ name, needs, depth }: Pick<Lane, "name" | "needs" | "depth">, forget: () => void) {
    this.name = name
    this.needs = needs
    this.depth = depth
    this.forget = forget
  }

  /** The queue whose first is next. */
  get head(): Queue | undefined {
    return this.heap.first?.first
  }

  queueOf(share: Share): Queue {
    return share.queues.get(this) ?? this.open(share)
  }

  /** Forgets a queue in which nobody waits any more. */
  close(queue: Queue): void {
    const { band, share } = queue
    share.queues.delete(this)
    band.remove(queue)
    if (band.first !== undefined) return
    this.bands.delete(band.priority)
    this.heap.remove(band)
  }

  private open(share: Share): Queue {
    let band = this.bands.get(share.priority)
    if (band === undefined) {
      band = new Band(share.priority)
      this.bands.set(share.priority, band)
      this.heap.push(band)
    }
    const queue = new Queue(share, this, band)
    share.queues.set(this, queue)
    band.push(queue)
    return queue
  }
}

export const enter = (lanes: Array<Lane>, lane: Lane): void => {
  lane.at = lanes.length
  lanes.push(lane)
}

export const leave = (lanes: Array<Lane>, lane: Lane): void => {
  const last = lanes.pop()
  if (last === undefined || last === lane) return
  lanes[lane.at] = last
  last.at = lane.at
}
