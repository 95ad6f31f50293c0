/**
 * Which tasks wait because code of an attempt before may still run somewhere.
 *
 * A scheduler that has just started does not know who runs what its clients send again. Its workers are
 * on their way, and each says what it still has of before. So what is sent again waits for them for a
 * while, and then for as long as one that has come back still holds something of that name.
 */
import { type Entry, isHeldUp, type Outlet } from "./entries.ts"
import { Line } from "./placement/Line.ts"
import { type Needs, needsOf } from "./placement/needs.ts"
import type { Placement } from "./placement/Placement.ts"
import type { Waiting } from "./placement/waiting.ts"

/** Tasks of one name that need the same. */
interface Kept {
  readonly name: string
  readonly needs: Needs
  readonly tasks: number
}

export class Recovery {
  /** Who stands in it stands in no line for a worker. */
  private readonly kept = new Line<Entry>()
  /** What each worker that has come back still holds, by its name. */
  private readonly holds = new Map<string, ReadonlySet<string>>()
  /** How many there are of each name and needs: whoever asks is not to wait while all are counted. */
  private readonly counts = new Map<string, Kept>()
  private readonly endsAtMs: number
  private isWaitedFor = false
  private isOver = false
  private readonly outlet: Pick<Outlet, "nowMs" | "after">
  private readonly placement: Pick<Placement, "push">

  /** `recoverMs`: how long, from now on, workers may take to come back. */
  constructor(
    outlet: Pick<Outlet, "nowMs" | "after">,
    placement: Pick<Placement, "push">,
    recoverMs: number,
  ) {
    this.outlet = outlet
    this.placement = placement
    this.endsAtMs = outlet.nowMs() + recoverMs
  }

  /** A task is queued: it waits for a worker, or here. */
  queue(entry: Entry): void {
    if (this.mayRun(entry)) this.keep(entry)
    else if (!isHeldUp(entry.client)) this.placement.push(entry)
  }

  /** A task waits no more. Does nothing for one that does not wait here. */
  drop(entry: Entry): void {
    if (entry.line === this.kept) this.release(entry)
  }

  /** What waits here. */
  waiting(): ReadonlyArray<Waiting> {
    const why = { _tag: "Recovering" } as const
    return Array.from(this.counts.values(), ({ name, needs, tasks }) => ({
      name,
      capabilities: Object.fromEntries(needs),
      tasks,
      why,
    }))
  }

  /** A worker has come back, and still holds something of tasks of these names. */
  workerHolds(worker: string, names: ReadonlyArray<string> = []): void {
    if (names.length > 0) this.holds.set(worker, new Set(names))
  }

  /** A worker is gone, and whatever it held with it. */
  workerGone(worker: string): void {
    if (this.holds.delete(worker)) this.look()
  }

  private keep(entry: Entry): void {
    this.kept.push(entry)
    this.count(entry, 1)
    if (this.isWaitedFor || this.isOver) return
    this.isWaitedFor = true
    // Only for those who wait for it: most schedulers are sent nothing again.
    this.outlet.after(this.endsAtMs - this.outlet.nowMs(), () => {
      this.isOver = true
      this.look()
    })
  }

  /** Whether code of an attempt before may still run. */
  private mayRun({ task }: Entry): boolean {
    // Only what is sent again can have been run by anybody before.
    if (task.attempt === 0) return false
    if (!this.isWaitedFor) this.isOver = this.outlet.nowMs() >= this.endsAtMs
    return !this.isOver || [...this.holds.values()].some((names) => names.has(task.name))
  }

  private release(entry: Entry): void {
    this.kept.remove(entry)
    this.count(entry, -1)
  }

  private count({ task: { capabilities, name } }: Entry, more: 1 | -1): void {
    const needs = needsOf(capabilities)
    const key = JSON.stringify([name, needs])
    const tasks = (this.counts.get(key)?.tasks ?? 0) + more
    if (tasks > 0) this.counts.set(key, { name, needs, tasks })
    else this.counts.delete(key)
  }

  private look(): void {
    for (let entry = this.kept.first; entry !== undefined;) {
      const { after } = entry
      if (!this.mayRun(entry)) {
        this.release(entry)
        this.queue(entry)
      }
      entry = after
    }
  }
}
