/** What a client is told again about tasks that ended by a confirm, for as long as there is room. */
import type { SchedulerTask, TaskNumber } from "@scaler-ts/protocol"

/**
 * Remembers at least the newest `max` confirms and at most twice as many.
 *
 * Two generations instead of one map that drops its oldest key: that would cost more with every
 * key dropped before.
 */
export class Tombstones {
  private young = new Map<TaskNumber, SchedulerTask.Confirm>()
  private old = new Map<TaskNumber, SchedulerTask.Confirm>()
  private readonly max: number

  constructor(max: number) {
    this.max = max
  }

  get size(): number {
    return this.young.size + this.old.size
  }

  add(task: TaskNumber, confirm: SchedulerTask.Confirm): void {
    if (this.young.size >= this.max) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(task, confirm)
  }

  clear(): void {
    this.young = new Map()
    this.old = new Map()
  }

  get(task: TaskNumber): SchedulerTask.Confirm | undefined {
    return this.young.get(task) ?? this.old.get(task)
  }
}
