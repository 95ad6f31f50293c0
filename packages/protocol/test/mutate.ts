/** Bytes made worse at random, and what was done to read them. */
import { Scan } from "../src/internal/scan.ts"

/** Numbers from 0 up to below `below`, from a seed (the generator "mulberry32"). */
export type Next = (below: number) => number

export const nextFrom = (seed: number): Next => {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * below)
  }
}

export const pick = <A>(items: ReadonlyArray<A>, next: Next): A => {
  const item = items[next(items.length)]
  if (item === undefined) throw new Error("there is nothing to pick from")
  return item
}

/** What claims a length of up to 4 GiB: texts, binaries, lists, maps, extensions. */
const claims = [0xc6, 0xc9, 0xdb, 0xdd, 0xdf, 0xdc, 0xde, 0xc5, 0xda]

type Change = (bytes: Uint8Array, next: Next, others: ReadonlyArray<Uint8Array>) => Uint8Array

const changed = (bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array => {
  const copy = bytes.slice()
  if (copy.length > 0) change(copy)
  return copy
}

const flip = (bytes: Uint8Array, at: number, bit: number): void => {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
}

const changes: ReadonlyArray<Change> = [
  (bytes, next) => bytes.slice(0, next(bytes.length + 1)),
  (bytes, next) => changed(bytes, (copy) => flip(copy, next(copy.length), next(8))),
  (bytes, next) => changed(bytes, (copy) => (copy[next(copy.length)] = next(256))),
  (bytes, next) => changed(bytes, (copy) => (copy[next(copy.length)] = 0xc0 + next(32))),
  (bytes, next) => {
    const at = next(bytes.length + 1)
    const claim = [pick(claims, next), 0xff, 0xff, next(256), next(256)]
    return Uint8Array.from([...bytes.subarray(0, at), ...claim, ...bytes.subarray(at)])
  },
  (bytes, next) => {
    const at = next(bytes.length + 1)
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + next(4))])
  },
  (bytes, next, others) => {
    const other = pick(others, next)
    const [at, from] = [next(bytes.length + 1), next(other.length + 1)]
    return Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(from)])
  },
  (bytes, next) => {
    const [from, to] = [next(bytes.length + 1), next(bytes.length + 1)]
    return Uint8Array.from([...bytes.subarray(0, to), ...bytes.subarray(from)])
  },
]

/** One of the samples, changed in up to four ways; or nothing but noise. */
export const worse = (samples: ReadonlyArray<Uint8Array>, next: Next): Uint8Array => {
  if (next(5) === 0) return Uint8Array.from({ length: next(48) }, () => next(256))
  let bytes = pick(samples, next)
  for (let left = 1 + next(4); left > 0; left--) bytes = pick(changes, next)(bytes, next, samples)
  return bytes
}

/** Counts the values it finds. The library is given only what has been scanned, so this is the work for both. */
export class CountingScan extends Scan {
  values = 0
  protected override value(): void {
    this.values++
    super.value()
  }
}

/** What nothing that is read may change: what every object and every array has. */
export const pollution = (): ReadonlyArray<PropertyKey> =>
  [Object.prototype, Array.prototype, Function.prototype, Error.prototype, Map.prototype].flatMap(
    (prototype) => Reflect.ownKeys(prototype),
  )
