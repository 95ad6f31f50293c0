/** How detached tasks ended, kept for whoever attaches to them: bounded by number, bytes and time. */
import { type Message, NumberTable } from "@scaler-ts/protocol"

/** How a task ended, as its clients were told, and the name its function is registered under. */
export interface KeptEnd {
  readonly name: string
  readonly end: Message.TaskResult | Message.TaskCancelConfirm
}

export interface KeptMax {
  readonly ends: number
  readonly bytes: number
  readonly ms: number
}

interface Kept extends KeptEnd {
  readonly id: string
  /** The how manieth it is that was kept. */
  readonly place: number
  readonly bytes: number
  /** When it was kept, by the clock of whoever keeps it. */
  readonly sinceMs: number
}

/** What an end counts beside its payload: about what it takes in memory. */
const endBytes = 512

/** The oldest goes first, once there are too many, too many bytes, or it is too old. */
export class KeptEnds {
  private readonly byId = new Map<string, Kept>()
  // Apart, because a map that drops its oldest key costs more with every key dropped before.
  private readonly byPlace = new NumberTable<Kept>()
  private oldest = 1
  private newest = 0
  private sum = 0
  private readonly max: KeptMax

  constructor(max: KeptMax) {
    this.max = max
  }

  get size(): number {
    return this.byId.size
  }

  get bytes(): number {
    return this.sum
  }

  /** Keeps an end, with a payload of its own. One that is larger than all that may be kept is not. */
  add(id: string, { name, end }: KeptEnd, nowMs: number): void {
    const payload = end._tag === "TaskResult" ? end.payload.length : 0
    const bytes = endBytes + payload
    this.drop(this.byId.get(id))
    if (bytes > this.max.bytes) return
    const own = end._tag === "TaskResult" ? { ...end, payload: end.payload.slice() } : end
    const kept = { id, place: ++this.newest, name, end: own, bytes, sinceMs: nowMs }
    this.byId.set(id, kept)
    this.byPlace.set(kept.place, kept)
    this.sum += bytes
    this.evict(nowMs)
  }

  get(id: string, nowMs: number): KeptEnd | undefined {
    this.evict(nowMs)
    return this.byId.get(id)
  }

  /** Forgets what there is no room or no time for. Costs nothing when that is nothing. */
  evict(nowMs: number): void {
    for (; this.oldest <= this.newest; this.oldest++) {
      const kept = this.byPlace.get(this.oldest)
      if (kept !== undefined && this.mayStay(kept, nowMs)) return
      this.drop(kept)
    }
  }

  private mayStay({ sinceMs }: Kept, nowMs: number): boolean {
    const { ends, bytes, ms } = this.max
    return this.byId.size <= ends && this.sum <= bytes && nowMs - sinceMs < ms
  }

  private drop(kept: Kept | undefined): void {
    if (kept === undefined) return
    this.byId.delete(kept.id)
    this.byPlace.delete(kept.place)
    this.sum -= kept.bytes
  }
}
