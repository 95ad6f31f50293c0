/** How often something took how long, in buckets whose bounds double. */

/** The first bucket holds what takes up to a millisecond, each next one twice that; the last what takes longer than 2 ** 17 ms, some 131 s. */
const bucketsMax = 18

export class Histogram {
  count = 0
  sumMs = 0
  minMs: number = Infinity
  maxMs = 0
  private readonly buckets: Array<number> = Array.from({ length: bucketsMax + 1 }, () => 0)

  add(ms: number): void {
    this.count++
    this.sumMs += ms
    if (ms < this.minMs) this.minMs = ms
    if (ms > this.maxMs) this.maxMs = ms
    const bucket = ms <= 1 ? 0 : Math.min(bucketsMax, 32 - Math.clz32(Math.ceil(ms) - 1))
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1
  }

  /** The bound of each bucket in seconds, and how often it took up to that. The last bound is infinite. */
  cumulative(): ReadonlyArray<[number, number]> {
    let sum = 0
    return this.buckets.map((count, index) => {
      sum += count
      return [index === bucketsMax ? Infinity : 2 ** index / 1000, sum]
    })
  }
}
