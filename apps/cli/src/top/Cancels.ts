/**
 * What becomes of cancels: from the moves of all tasks, and from the answers to those asked for here.
 *
 * Keeps a bounded amount, however much happens and however long one watches.
 */
import type { CancelReceipt, TaskEvent } from "@scaler-ts/operator"

/** A task that is meant by a cancel. */
export interface Target {
  readonly id: string
  readonly name: string
}

/** A task that a cancel has not stopped, as far as anybody knows. */
export interface StillRunning extends Target {
  readonly worker: string
  readonly why: "refused" | "unconfirmed"
  readonly sinceMs: number
}

export interface CancelFigures {
  /** How many cancels were seen to end in a worker's confirm; of the last 1,000 the rest is said. In the queue a cancel takes no time. */
  readonly confirmed: number
  /** From the cancel to the confirm that the code is not running any more. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
  /** Longest first. */
  readonly stillRunning: ReadonlyArray<StillRunning>
}

/** What the percentiles are of. */
const heldMax = 1_000

/** Of more tasks that are being cancelled at once, some are not measured. */
const cancellingMax = 10_000

/** Nobody reads a longer list; those that are in it longest go first. */
const stillRunningMax = 1_000

export class Cancels {
  private confirmed = 0
  /** How long the last confirms took. A ring: where the next goes follows from how many there were. */
  private readonly held: Array<number> = []
  private readonly cancelling = new Set<string>()
  private readonly running = new Map<string, StillRunning>()

  /** A task has moved, or moves are missing. */
  moved(event: TaskEvent, nowMs: number): void {
    if (event._tag === "LeftOut") {
      // Those that were being cancelled may have ended since: nobody will tell.
      if (event.cut) this.cancelling.clear()
      return
    }
    const { id, name, state, worker } = event
    if (state === "cancelling") {
      if (this.cancelling.size < cancellingMax) this.cancelling.add(id)
      this.running.delete(id)
      return
    }
    const wasCancelling = this.cancelling.delete(id)
    if (state === "ended") {
      this.running.delete(id)
      if (wasCancelling && event.end === "cancelled") this.confirm(event.heldMs)
    } else if (wasCancelling) {
      this.keep({ id, name, worker, why: "refused", sinceMs: nowMs })
    }
  }

  /** A cancel that was asked for here has its receipt. */
  answered(target: Target, receipt: CancelReceipt, nowMs: number): void {
    const worker = "worker" in receipt ? receipt.worker : ""
    if (receipt._tag === "Refused") {
      this.keep({ ...target, worker, why: "refused", sinceMs: nowMs })
    } else if (receipt._tag === "Unconfirmed") {
      this.keep({ ...target, worker, why: "unconfirmed", sinceMs: nowMs })
    } else {
      this.running.delete(target.id)
    }
  }

  /** These were all the tasks that there are, when that was asked. */
  alive(ids: ReadonlySet<string>, askedAtMs: number): void {
    for (const { id, sinceMs } of this.running.values()) {
      if (sinceMs < askedAtMs && !ids.has(id)) this.running.delete(id)
    }
  }

  figures(): CancelFigures {
    const sorted = this.held.toSorted((a, b) => a - b)
    return {
      confirmed: this.confirmed,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      stillRunning: [...this.running.values()],
    }
  }

  private confirm(heldMs: number): void {
    this.held[this.confirmed % heldMax] = heldMs
    this.confirmed++
  }

  private keep(task: StillRunning): void {
    const { sinceMs } = this.running.get(task.id) ?? task
    this.running.set(task.id, { ...task, sinceMs })
    if (this.running.size <= stillRunningMax) return
    for (const oldest of this.running.keys()) {
      this.running.delete(oldest)
      return
    }
  }
}

/** The smallest value that so great a share of all is not above. */
const percentile = (sorted: ReadonlyArray<number>, share: number): number | undefined =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
