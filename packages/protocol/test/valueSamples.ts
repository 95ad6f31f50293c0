/** One value of every kind, for the golden bytes. They never change: a new kind adds new ones. */

const buffer = Uint8Array.from({ length: 16 }, (_, i) => i).buffer

const failure = (): Error => {
  const error = new RangeError("too large", { cause: new TypeError("größer") })
  Object.assign(error, { limit: 5n, list: [1] })
  for (const one of [error, error.cause as Error])
    Object.defineProperty(one, "stack", hidden("at x"))
  Object.defineProperty(error, "name", hidden("TooLarge"))
  return error
}

const hidden = (value: string) => ({ value, configurable: true, writable: true, enumerable: false })

const withHoles = (): ReadonlyArray<unknown> => {
  const items: Array<unknown> = [1]
  items.length = 70_000
  items[300] = "x"
  return Object.assign(items, { name: true })
}

const record = (key: string): object =>
  Object.defineProperty({ a: 1 }, key, { value: 2, configurable: true, writable: true, enumerable: true }) // oxfmt-ignore

export const valueSamples: Readonly<Record<string, unknown>> = {
  simple: [null, true, false, undefined],
  number: [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32, 2 ** 53 - 1, -1, -32, -33, -128, -129, -32_769, -(2 ** 31) - 1, -(2 ** 53) + 1, 0.5, -0, NaN, Infinity, -Infinity, 1e300], // oxfmt-ignore
  text: ["", "größer 漢字 🎈", "x".repeat(40), "\ufeff", "half \ud83c"],
  bigint: [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 64n), 2n ** 100n],
  date: [new Date(0), new Date(-1), new Date(8.64e15), new Date(NaN)],
  regexp: [/a/, /[/\]\n]+|ü/dgimsuy, new RegExp("\\p{L}", "v")],
  list: [[], [[1], [2, [3]]], Array.from({ length: 20 }, (_, i) => i)],
  sparse: [withHoles()],
  record: [{}, { a: 1, b: { c: undefined } }, record("__proto__"), record("\ud800")],
  map: [new Map(), new Map<unknown, unknown>([["a", 1], [new Map([[1, 2]]), -0], [undefined, null]])], // oxfmt-ignore
  set: [new Set(), new Set<unknown>([1, "1", [1]])],
  bytes: [new Uint8Array(0), new Uint8Array(buffer, 3, 4), new Uint8Array(300).fill(7)],
  buffer: [
    buffer,
    new DataView(buffer, 1, 3),
    new Int8Array(buffer, 0, 2),
    new Uint8ClampedArray(buffer, 0, 2),
    new Int16Array(buffer, 2, 1),
    new Uint16Array(buffer, 2, 1),
    new Int32Array(buffer, 4, 1),
    new Uint32Array(buffer, 4, 1),
    new Float32Array([1.5]),
    new Float64Array([-0, 1.5]),
    new BigInt64Array([-1n]),
    new BigUint64Array([1n]),
  ],
  error: [failure()],
}
