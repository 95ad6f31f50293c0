/** What encoding and decoding a value of each kind costs, beside others that do the like. */
import { Values } from "@scaler-ts/protocol"
import { Packr } from "msgpackr"
import { performance } from "node:perf_hooks"
import { deserialize, serialize } from "node:v8"
import { type Figure, Measured, type Take } from "../Figure.ts"
import { interleave, type Samples, samplesOf } from "../harness.ts"

const numbers = Array.from({ length: 1_000 }, (_, n) => n * 1.5)
const page = (n: number) => ({
  id: n,
  title: `page ${n}`,
  dpi: 300,
  color: n % 2 === 0,
  tags: ["a"],
})
const failure = (): Error =>
  Object.assign(new TypeError("no such page", { cause: new RangeError("too large") }), { code: 7 })

/** A value of each kind, and how often it is taken for one figure. */
const kinds: Readonly<Record<string, readonly [value: unknown, times: number]>> = {
  "a number": [1, 20_000],
  "a small object": [page(7), 10_000],
  "1,000 objects": [Array.from({ length: 1_000 }, (_, n) => page(n)), 10],
  "1,000 numbers": [numbers, 200],
  "text, 10,000 of ASCII": ["scaler-ts ".repeat(1_000), 1_000],
  "text, 10,000 others": ["größer 漢字 ".repeat(1_000), 200],
  "a bigint of 1,000 bits": [2n ** 1_000n - 1n, 5_000],
  "100 dates": [numbers.slice(0, 100).map((n) => new Date(n * 1e9)), 500],
  "a Map of 1,000": [new Map(numbers.map((n) => [`key ${n}`, n])), 50],
  "a Set of 1,000": [new Set(numbers), 100],
  "an Error with a cause": [failure(), 1_000],
  "100 regular expressions": [numbers.slice(0, 100).map((n) => new RegExp(`a{${n}}`, "g")), 100],
  "an array of 1,000 holes": [holes(), 2_000],
  "a Float64Array of 100,000": [new Float64Array(100_000).fill(0.5), 50],
  "bytes, 1 MiB": [new Uint8Array(1_048_576).fill(7), 50],
}

function holes(): ReadonlyArray<unknown> {
  const items: Array<unknown> = [1]
  items.length = 1_000
  return items
}

/** What of msgpackr carries the same kinds. It keeps references apart and its records as plain maps. */
const packr = new Packr({ moreTypes: true, useRecords: false, useBigIntExtension: true })

export const takeValues: Take = async ({ rounds }) => {
  const figures: Array<Figure> = []
  for (const [kind, [value, times]] of Object.entries(kinds)) {
    const [ours, v8, theirs] = [Values.encode(value), serialize(value), packr.pack(value)]
    const each = (run: () => unknown) => (): Promise<number> => Promise.resolve(perRun(run, times))
    const taken = await interleave(rounds, {
      encode: each(() => Values.encode(value)),
      serialize: each(() => serialize(value)),
      pack: each(() => packr.pack(value)),
      decode: each(() => Values.decode(ours)),
      deserialize: each(() => deserialize(v8)),
      unpack: each(() => packr.unpack(theirs)),
      clone: each(() => structuredClone(value)),
    })
    const encode = new Measured(`${kind}, encode`, "µs", taken.encode)
    const decode = new Measured(`${kind}, decode`, "µs", taken.decode)
    const both = new Measured(`${kind}, both`, "µs", sum(taken.encode, taken.decode))
    figures.push(
      encode.alone(),
      encode.beside("v8.serialize", taken.serialize),
      encode.beside("msgpackr", taken.pack),
      decode.alone(),
      decode.beside("v8.deserialize", taken.deserialize),
      decode.beside("msgpackr", taken.unpack),
      both.alone(),
      both.beside("structuredClone", taken.clone),
    )
  }
  return figures
}

/** Microseconds for one of many runs in a row. */
const perRun = (run: () => unknown, times: number): number => {
  const begin = performance.now()
  for (let i = 0; i < times; i++) run()
  return ((performance.now() - begin) * 1000) / times
}

const sum = (one: Samples, other: Samples): Samples =>
  samplesOf(one.values.map((value, round) => value + (other.values[round] ?? Number.NaN)))
