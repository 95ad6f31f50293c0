/** The threads of a pool: one in each slot, a warm spare, and what happens when one is gone. */
import { ThreadHandle, type ThreadListener, type ThreadSettings } from "./threadHandle.ts"

/** After so many threads in a row that died before they ran anything, starting more of them is useless. */
const failedStartsMax = 3

export class ThreadSeats {
  /** By slot; `undefined` where no thread could be started. */
  private readonly seats: Array<ThreadHandle | undefined>
  private readonly living = new Set<ThreadHandle>()
  private readonly settings: ThreadSettings
  private readonly listener: ThreadListener
  private spare: ThreadHandle | undefined
  private failedStarts = 0
  private isClosed = false

  constructor(slots: number, settings: ThreadSettings, listener: ThreadListener) {
    this.settings = settings
    this.listener = listener
    this.seats = Array.from({ length: slots }, () => this.launch())
  }

  /** Called when a thread's entry module has run. */
  cameUp(thread: ThreadHandle): void {
    thread.isUp = true
    this.keepSpare()
  }

  /**
   * Called when a thread is gone. Returns the one that takes over its slot: none if it was the
   * spare, if threads cannot be started, or if all is being ended.
   */
  replace(thread: ThreadHandle): ThreadHandle | undefined {
    this.living.delete(thread)
    if (thread.hasWorked) this.failedStarts = 0
    else if (!thread.isEnding) this.failedStarts++
    if (thread === this.spare) this.spare = undefined
    const slot = this.seats.indexOf(thread)
    if (slot < 0) return undefined
    const successor = this.isClosed || this.isFailing ? undefined : this.takeSpare()
    this.seats[slot] = successor
    this.keepSpare()
    return successor
  }

  /** Whether nothing could run an attempt. */
  get areEmpty(): boolean {
    return this.seats.every((thread) => thread === undefined)
  }

  /** Gives slots for which no thread could be started another try. Called for every new attempt. */
  revive(): void {
    if (!this.isFailing || this.isClosed) return
    for (let slot = 0; slot < this.seats.length; slot++) this.seats[slot] ??= this.launch()
  }

  /** The thread that has the least to do, if it has room for another attempt. */
  roomiest(): ThreadHandle | undefined {
    let best: ThreadHandle | undefined
    for (const thread of this.seats) {
      if (thread?.hasRoom() && (best === undefined || load(thread) < load(best))) best = thread
    }
    return best
  }

  /** Those that have more than the attempt they run, the one with the longest queue first. */
  longestFirst(): ReadonlyArray<ThreadHandle> {
    return this.present()
      .filter((thread) => thread.queue.size > 1)
      .toSorted((a, b) => b.queue.size - a.queue.size)
  }

  idle(): ReadonlyArray<ThreadHandle> {
    return this.present().filter((thread) => thread.queue.size === 0)
  }

  /** Those with more than the attempt they run, if they run it since the pool had finished that many. */
  stuckSince(finished: number): ReadonlyArray<ThreadHandle> {
    return this.longestFirst().filter((thread) => thread.finishedBefore <= finished)
  }

  /** Ends every thread. Their listener hears of each; afterwards `areGone`. */
  close(): void {
    this.isClosed = true
    for (const thread of this.living) thread.terminate()
  }

  /** Waits no more for those that have not exited. Returns how many these are. */
  leave(): number {
    for (const thread of this.living) thread.leave()
    return this.living.size
  }

  get areGone(): boolean {
    return this.living.size === 0
  }

  private get isFailing(): boolean {
    return this.failedStarts >= failedStartsMax
  }

  private takeSpare(): ThreadHandle {
    const spare = this.spare ?? this.launch()
    this.spare = undefined
    return spare
  }

  // Not before the slots have theirs: on few cores the spare would delay the first task.
  private keepSpare(): void {
    if (this.isClosed || this.spare !== undefined || this.isFailing) return
    const allUp = this.seats.every((thread) => thread?.isUp === true)
    if (allUp) this.spare = this.launch()
  }

  private present(): ReadonlyArray<ThreadHandle> {
    return this.seats.filter((thread) => thread !== undefined)
  }

  private launch(): ThreadHandle {
    const thread = new ThreadHandle(this.settings, this.listener)
    this.living.add(thread)
    return thread
  }
}

// Between two that have nothing to do, the one that is up.
const load = (thread: ThreadHandle): number => thread.queue.size + (thread.isUp ? 0 : 0.5)
