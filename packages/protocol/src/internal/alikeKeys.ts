/**
 * Keys that would make a Map or a Set slow.
 *
 * Engines tell bigints apart by their lowest 64 bits at first, and those that are alike there one by
 * one: a million of them, which fit into a small payload, would take hours to put into a Map.
 */

const alikeMax = 1_000

export const tooManyAlike: string = `more than ${alikeMax} bigint keys that share their lowest 64 bits; use texts instead`

/** Counts the keys of one Map or Set. */
export class AlikeKeys {
  private counts: Map<bigint, number> | undefined

  /** Whether with this key there are more alike than can be dealt with. */
  areTooMany(key: unknown): boolean {
    if (typeof key !== "bigint") return false
    const low = BigInt.asIntN(64, key)
    if (low === key) return false
    this.counts ??= new Map()
    const count = (this.counts.get(low) ?? 0) + 1
    this.counts.set(low, count)
    return count > alikeMax
  }
}
