/**
 * Which task goes to which worker next.
 *
 * What a task costs here does not grow with the tasks that wait or with their clients, and with the
 * workers only as the height of a tree does. It grows with the number of lanes: different things that are
 * asked for at the same time, each a name with its needs.
 *
 * - A task that nobody can take holds up no other: its lane is passed over (R29).
 * - Nobody can take what waits in a blocked lane. A worker that gains room unblocks the lanes that it can serve. So
 *   nobody is left waiting who could be placed.
 * - A worker with a free slot and nothing to take gets what waits elsewhere beyond the slots (`Balance.ts`).
 * - Nested tasks go before all others, the deepest first, and only to a slot that is free or lent (R31).
 * - **G6** What an attempt takes of a worker is given back once, by `giveBack`.
 */
import type { Message } from "@scaler-ts/protocol"
import {
  type Client,
  type Entry,
  hasBeenPlaced,
  hasNotStarted,
  holderOf,
  type Worker,
} from "../entries.ts"
import { Balance } from "./Balance.ts"
import { Crew, narrowestFirst } from "./Crew.ts"
import { enter, Lane, leave, Queue, shareOf } from "./Lane.ts"
import { needsOf } from "./needs.ts"
import { freeSlot, Seat } from "./Seat.ts"
import { type Waiting, waitingIn } from "./waiting.ts"

type Lending = Message.TaskWaits | Message.TaskResumes

/** Lanes in which nobody waits are kept up to this many: the same things are asked for again and again. */
const lanesMax = 1_000

export class Placement {
  private readonly crews = new Map<string, Crew>()
  /** The narrowest first. */
  private ordered: ReadonlyArray<Crew> = []
  /** How often that has changed. */
  private edition = 0
  /** Lanes without needs and not nested by their name, which costs less to find than the others. */
  private readonly plain = new Map<string, Lane>()
  private readonly special = new Map<string, Lane>()
  /** The lanes in which somebody waits: those that are blocked, and those that may not be. */
  private readonly blocked: Array<Lane> = []
  private readonly open: Array<Lane> = []
  private readonly gained: Array<Seat> = []
  private readonly balance = new Balance((lane, seat) => this.canServe(seat, lane))
  private turns = 0
  private readonly nextTurn = (): number => ++this.turns

  /** A worker is there. */
  admit(worker: Worker, { tasks, capabilities }: Message.WorkerHello): void {
    const key = JSON.stringify([
      [...new Set(tasks)].toSorted(),
      Object.keys(capabilities).toSorted(),
    ])
    let crew = this.crews.get(key)
    if (crew === undefined) {
      crew = new Crew(key, tasks, Object.keys(capabilities))
      this.crews.set(key, crew)
      this.reorder()
    }
    worker.seat = new Seat(worker, crew, capabilities)
    crew.add(worker.seat)
    this.gain(worker.seat)
  }

  /** A worker is gone. */
  dismiss(worker: Worker): void {
    const { seat } = worker
    if (seat === undefined) return
    worker.seat = undefined
    this.balance.excuse(worker)
    // Or who is placed anew would keep alive what was lost with it.
    for (const entry of worker.entries.values()) entry.holder = undefined
    seat.crew.remove(seat)
    if (seat.crew.size > 0) return
    this.crews.delete(seat.crew.key)
    this.reorder()
  }

  /** A worker drains, is away, or is back. */
  changed(worker: Worker): void {
    const { seat } = worker
    if (seat === undefined) return
    seat.crew.update(seat)
    this.gain(seat)
    if (worker.away || worker.draining) {
      this.balance.excuse(worker)
      // Its answers may take long, and others could give up something as well.
      for (const entry of worker.entries.values()) this.recallOver(entry)
      return
    }
    for (const entry of worker.entries.values()) {
      if (hasNotStarted(entry)) this.spare(entry, this.laneOf(entry))
    }
    // Others may have been idle for as long as it was away.
    for (const crew of this.ordered) for (const other of crew.members()) this.gain(other)
  }

  /** A task waits. One that comes back from a worker has the place that it had. Does nothing for one that waits already. */
  push(entry: Entry): void {
    if (entry.line !== undefined) return
    const lane = this.laneOf(entry)
    const queue = lane.queueOf(shareOf(entry.client, entry.task.priority, this.nextTurn))
    if (hasBeenPlaced(entry)) queue.comeBack(entry)
    else queue.push(entry)
    if (lane.size++ === 0) enter(this.open, lane)
  }

  /** A task waits no more. Does nothing for one that does not wait. */
  remove(entry: Entry): void {
    const queue = entry.line
    if (!(queue instanceof Queue)) return
    const { lane, share } = queue
    queue.remove(entry)
    if (--lane.size === 0) this.clear(lane)
    if (queue.first !== undefined) return
    lane.close(queue)
    if (share.queues.size === 0) entry.client.shares.delete(share.priority)
  }

  /** The queued tasks that a client submitted wait for no worker; or they wait again. */
  setHeldUp(client: Client, isHeldUpNow: boolean): void {
    for (const entry of client.tasks.values()) {
      if (entry.client !== client || entry.state._tag !== "queued") continue
      if (isHeldUpNow) this.remove(entry)
      else this.push(entry)
    }
  }

  /** An attempt of a task is given to a worker. */
  take(entry: Entry, worker: Worker): void {
    const queue = entry.line
    this.remove(entry)
    entry.waits = false
    worker.places.take(entry.depth) // G6
    worker.held = worker.places.takenFor(0)
    entry.holder = worker
    worker.seat?.take(needsOf(entry.task.capabilities))
    if (!(queue instanceof Queue)) return
    queue.share.takeTurn(this.nextTurn())
    if (worker.held > worker.slots) this.spare(entry, queue.lane)
  }

  /** An attempt of a task has ended at a worker. */
  giveBack(entry: Entry, worker: Worker): void {
    this.balance.remove(entry)
    worker.places.free(entry.depth, entry.waits) // G6
    worker.held = worker.places.takenFor(0)
    entry.holder = undefined
    worker.seat?.giveBack(needsOf(entry.task.capabilities))
    if (worker.seat !== undefined) this.gain(worker.seat)
  }

  /** An attempt waits for its children, or goes on. `false`: it is not the current one, or did so before (G9). */
  lend(entry: Entry, name: string, { _tag, attempt }: Lending): boolean {
    const waits = _tag === "TaskWaits"
    const worker = entry.holder
    if (worker === undefined || entry.waits === waits) return false
    if (worker.name !== name || holderOf(entry.state, attempt) !== name) return false
    entry.waits = waits
    worker.places.waiting += waits ? 1 : -1
    worker.held = worker.places.takenFor(0)
    worker.seat?.crew.update(worker.seat)
    if (worker.seat !== undefined) this.gain(worker.seat)
    return true
  }

  /** A recall has been answered, or is not waited for any more. */
  recallOver(entry: Entry): void {
    const seat = this.balance.recallOver(entry)
    if (seat !== undefined) this.gain(seat)
  }

  /**
   * Gives tasks to workers until there is no task that any of them could take. `recall` is told what is to
   * be taken back for those that have a free slot still.
   */
  placeAll(dispatch: (entry: Entry, worker: Worker) => void, recall: (entry: Entry) => void): void {
    this.unblock()
    for (;;) {
      const queue = this.next()
      if (queue === undefined) return this.balance.recallFor(recall)
      const seat = this.seatFor(queue.lane)
      if (seat === undefined) this.block(queue.lane)
      else if (queue.first !== undefined) dispatch(queue.first, seat.worker)
    }
  }

  /** What waits, and why. */
  waiting(workers: Iterable<Worker>): ReadonlyArray<Waiting> {
    return waitingIn([...this.open, ...this.blocked], [...workers])
  }

  /** Opens the lanes that somebody who has gained room can serve. */
  private unblock(): void {
    for (let seat = this.gained.pop(); seat !== undefined; seat = this.gained.pop()) {
      seat.hasGained = false
      if (seat.room === 0 && seat.nestedRoom === 0) continue
      this.balance.consider(seat)
      // Backwards, because who leaves is replaced by the last.
      for (let at = this.blocked.length - 1; at >= 0; at--) {
        const lane = this.blocked[at]
        if (lane === undefined || !this.canServe(seat, lane)) continue
        leave(this.blocked, lane)
        enter(this.open, lane)
        lane.isBlocked = false
      }
    }
  }

  private block(lane: Lane): void {
    leave(this.open, lane)
    enter(this.blocked, lane)
    lane.isBlocked = true
  }

  /** Whose first goes next, among those that may be placed. */
  private next(): Queue | undefined {
    let best: Queue | undefined
    for (const { head } of this.open) {
      if (head !== undefined && (best === undefined || head.isAheadOf(best))) best = head
    }
    return best
  }

  /**
   * The worker for the next of a lane: with a free slot, of the narrowest crew that has one; if no slot is free
   * anywhere for it, the one with the most room beyond its slots.
   */
  private seatFor(lane: Lane): Seat | undefined {
    const crews = this.crewsFor(lane)
    for (const crew of crews) {
      const seat = crew.find(lane, freeSlot)
      if (seat !== undefined) return seat
    }
    let best: Seat | undefined
    for (const crew of crews) {
      const seat = crew.find(lane, best === undefined ? 1 : best.roomFor(lane.depth) + 1)
      if (seat !== undefined) best = seat
    }
    return best
  }

  private canServe(seat: Seat, lane: Lane): boolean {
    return (
      seat.roomFor(lane.depth) > 0 &&
      this.crewsFor(lane).includes(seat.crew) &&
      seat.meets(lane.needs)
    )
  }

  private crewsFor(lane: Lane): ReadonlyArray<Crew> {
    if (lane.crewsOf !== this.edition) {
      lane.crews = this.ordered.filter((crew) => crew.suits(lane.name, lane.needs))
      lane.crewsOf = this.edition
    }
    return lane.crews
  }

  private reorder(): void {
    this.edition++
    this.ordered = [...this.crews.values()].toSorted(narrowestFirst)
  }

  private gain(seat: Seat): void {
    if (seat.hasGained) return
    seat.hasGained = true
    this.gained.push(seat)
  }

  /** It may be taken back, if it does not start. Who is nested has a slot, or will have: it is never sent in advance. */
  private spare(entry: Entry, lane: Lane): void {
    if (entry.depth === 0) this.balance.push(entry, lane)
  }

  private laneOf({ task, depth }: Entry): Lane {
    const { name, capabilities } = task
    const needs = needsOf(capabilities)
    const isPlain = needs.length === 0 && depth === 0
    const lanes = isPlain ? this.plain : this.special
    const key = isPlain ? name : JSON.stringify([name, needs, depth])
    const known = lanes.get(key)
    if (known !== undefined) return known
    const lane = new Lane({ name, needs, depth }, () => lanes.delete(key))
    lanes.set(key, lane)
    return lane
  }

  /** Nobody waits in a lane any more. */
  private clear(lane: Lane): void {
    leave(lane.isBlocked ? this.blocked : this.open, lane)
    lane.isBlocked = false
    if (this.plain.size + this.special.size > lanesMax) lane.forget()
  }
}
