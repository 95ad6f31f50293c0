/** Tells now and then what a worker uses of its machine. */
import type { Message } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { Usage } from "./Executor.ts"

/** How long one measures before it is told for the first time, and from then on, in milliseconds. */
const firstMs = 1_000
const everyMs = 5_000

/** What the processes had used at a time. */
interface Reading {
  readonly atMs: number
  readonly usages: ReadonlyArray<Usage>
}

/** What was used between two readings. What a process that is gone had used since the first nobody knows. */
export const loadBetween = (before: Reading, now: Reading): Message.WorkerLoad => {
  const known = new Map(before.usages.map(({ id, cpuMs }) => [id, cpuMs]))
  let cpuMs = 0
  let memoryBytes = 0
  for (const usage of now.usages) {
    const beganMs = known.get(usage.id) ?? 0
    // A number that comes back is another process, which has used all of that since.
    cpuMs += usage.cpuMs < beganMs ? usage.cpuMs : usage.cpuMs - beganMs
    memoryBytes += usage.memoryBytes
  }
  const overMs = now.atMs - before.atMs
  return { cpu: overMs > 0 ? cpuMs / overMs : 0, memoryBytes }
}

export class Load {
  private before: Reading | undefined
  private stopTimer: (() => void) | undefined
  /** Whether anything was heard since it was told: what nobody takes would pile up. */
  private isHeard = true
  private readonly loop: Pick<Loop.Loop, "afterInBackground" | "nowMs">
  private readonly tell: (load: Message.WorkerLoad) => void

  constructor(loop: Load["loop"], tell: (load: Message.WorkerLoad) => void) {
    this.loop = loop
    this.tell = tell
  }

  /** Begins to measure, if that is possible. */
  start(usage: (() => ReadonlyArray<Usage>) | undefined): void {
    if (usage === undefined) return
    this.before = this.read(usage)
    this.later(firstMs, usage)
  }

  heard(): void {
    this.isHeard = true
  }

  stop(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
  }

  private later(delayMs: number, usage: () => ReadonlyArray<Usage>): void {
    this.stopTimer = this.loop.afterInBackground(delayMs, () => {
      this.look(usage)
      this.later(everyMs, usage)
    })
  }

  private look(usage: () => ReadonlyArray<Usage>): void {
    const now = this.read(usage)
    const { before } = this
    this.before = now
    if (before === undefined || !this.isHeard) return
    this.isHeard = false
    this.tell(loadBetween(before, now))
  }

  private read(usage: () => ReadonlyArray<Usage>): Reading {
    return { atMs: this.loop.nowMs(), usages: usage() }
  }
}
