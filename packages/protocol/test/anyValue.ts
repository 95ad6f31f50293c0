/** Values of every kind that can be sent, in one another, for tests that try at random. */
import * as fc from "fast-check"

const numbers = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    -(2 ** 63),
    2 ** 64,
    127,
    128,
    -32,
    -33,
  ),
)

const bigints = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.bigInt({ min: -(2n ** 1000n), max: 2n ** 1000n }),
  fc.constantFrom(0n, 2n ** 63n, -(2n ** 63n), 2n ** 63n - 1n, -(2n ** 63n) - 1n, 255n, 256n),
)

/** Texts of any 16-bit units at all, lone surrogates among them. */
const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)), // oxfmt-ignore
  fc.constantFrom("", "\ufeffbom", "\0", "x".repeat(47), "ü".repeat(48), "x".repeat(300)),
)

const keys = fc.oneof(
  texts,
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "length",
    "0",
    "7",
    "-1",
  ),
)

const dates = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(new Date(NaN), new Date(-1)),
)

const regexps = fc
  .tuple(
    fc.constantFrom("a", "", "[/\\]\\n]", "(?<year>\\d{4})", "\\u{1F388}|ü", "\ud800"),
    fc.subarray(["d", "g", "i", "m", "s", "y"]),
    fc.constantFrom("", "u", "v"),
    fc.nat(9),
  )
  .map(([source, flags, unicode, lastIndex]) => {
    const isMended = unicode !== "" && source.includes("\\]")
    const regexp = new RegExp(isMended ? "a" : source, flags.join("") + unicode)
    return Object.assign(regexp, { lastIndex })
  })

type ViewType = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView

/** With the size of an element. Not every runtime has the last. */
const viewTypes: ReadonlyArray<readonly [size: number, type: ViewType | undefined]> = [
  [1, DataView],
  [1, Int8Array],
  [1, Uint8Array],
  [1, Uint8ClampedArray],
  [2, Int16Array],
  [2, Uint16Array],
  [4, Int32Array],
  [4, Uint32Array],
  [4, Float32Array],
  [8, Float64Array],
  [8, BigInt64Array],
  [8, BigUint64Array],
  [2, Reflect.get(globalThis, "Float16Array")],
]

/** Views of a part of a buffer, and the buffer itself. */
const buffers = fc
  .tuple(
    fc.uint8Array({ minLength: 32, maxLength: 64 }),
    fc.constantFrom(...viewTypes),
    fc.nat(1),
    fc.nat(2),
  )
  .map(([bytes, [size, type = DataView], offset, length]) => {
    return new type(bytes.slice().buffer, size * offset, length)
  })
const wholeBuffers = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice().buffer)
const longBytes = fc
  .tuple(fc.nat(255), fc.integer({ min: 4_000, max: 9_000 }))
  .map(([byte, length]) => new Uint8Array(length).fill(byte))

const errorTypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]

/** Objects whose keys come in an order of their own, `__proto__` among them. */
const record = (entries: ReadonlyArray<readonly [string, unknown]>, isBare: boolean): object => {
  const made: object = isBare ? Object.create(null) : {}
  for (const [key, value] of entries) define(made, key, value)
  return made
}

const define = (object: object, key: string, value: unknown): void => {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

/** An array of this length with some of its items, and with what else was put on it. */
const sparse = (
  length: number,
  items: ReadonlyArray<readonly [number, unknown]>,
  named: ReadonlyArray<readonly [string, unknown]>,
): ReadonlyArray<unknown> => {
  const made: Array<unknown> = []
  made.length = length
  for (const [index, value] of items) if (index < length) made[index] = value
  for (const [key, value] of named)
    if (key !== "length" && !/^\d+$/.test(key)) define(made, key, value)
  return made
}

/** `withFields`: errors with fields of their own, which `structuredClone` loses. */
export const anyValue = (withFields: boolean): fc.Arbitrary<unknown> => {
  const { value } = fc.letrec<{ readonly value: unknown; readonly [name: string]: unknown }>(
    (tie) => ({
      leaf: fc.oneof(
        fc.constantFrom(undefined, null, true, false),
        numbers,
        bigints,
        texts,
        dates,
        regexps,
        buffers,
        wholeBuffers,
        { arbitrary: longBytes, weight: 1 },
      ),
      list: fc.array(tie("value"), { maxLength: 5 }),
      sparse: fc
        .tuple(
          fc.oneof(fc.nat(12), fc.constantFrom(1_000, 70_000, 0xffff_ffff)),
          fc.array(fc.tuple(fc.nat(12), tie("value")), { maxLength: 3 }),
          fc.array(fc.tuple(keys, tie("value")), { maxLength: 2 }),
        )
        .map(([length, items, named]) => sparse(length, items, named)),
      record: fc
        .tuple(fc.array(fc.tuple(keys, tie("value")), { maxLength: 5 }), fc.boolean())
        .map(([entries, isBare]) => record(entries, isBare)),
      map: fc
        .array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 })
        .map((all) => new Map(all)),
      set: fc.array(tie("value"), { maxLength: 4 }).map((all) => new Set(all)),
      error: fc
        .tuple(
          fc.constantFrom(...errorTypes),
          texts,
          fc.option(tie("value")),
          fc.array(fc.tuple(keys, tie("value")), { maxLength: withFields ? 2 : 0 }),
        ) // oxfmt-ignore
        .map(([type, message, cause, fields]) => {
          const error = cause === null ? new type(message) : new type(message, { cause })
          for (const [key, value] of fields) define(error, key, value)
          return error
        }),
      value: fc.oneof(
        { maxDepth: 4, depthSize: "small", withCrossShrink: true },
        { arbitrary: tie("leaf"), weight: 6 },
        { arbitrary: tie("list"), weight: 2 },
        { arbitrary: tie("sparse"), weight: 1 },
        { arbitrary: tie("record"), weight: 3 },
        { arbitrary: tie("map"), weight: 1 },
        { arbitrary: tie("set"), weight: 1 },
        { arbitrary: tie("error"), weight: 1 },
      ),
    }),
  )
  return value
}
