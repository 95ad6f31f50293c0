/** Attempts that wait for a slot: the deepest nested first, and of those nested alike the oldest. */
import type { Places } from "@scaler-ts/protocol"
import type { Attempt } from "../Executor.ts"

export class AttemptLines {
  private readonly byDepth: Array<Array<Attempt>> = []

  push(attempt: Attempt): void {
    const line = (this.byDepth[attempt.depth] ??= [])
    line.push(attempt)
  }

  /** Takes out the first that may have a slot. */
  next(places: Places): Attempt | undefined {
    for (let depth = this.byDepth.length - 1; depth >= 0; depth--) {
      const line = this.byDepth[depth]
      if (line !== undefined && line.length > 0 && places.hasRoomFor(depth)) return line.shift()
    }
    return undefined
  }

  /** Takes an attempt out. `false`: it does not wait. */
  remove(key: number): boolean {
    for (const line of this.byDepth) {
      const place = line?.findIndex((attempt) => attempt.key === key) ?? -1
      if (place < 0) continue
      line?.splice(place, 1)
      return true
    }
    return false
  }

  clear(): void {
    this.byDepth.length = 0
  }
}
