/**
 * What values have that msgpack has not: the numbers of their extensions, in which the layout of
 * `docs/wire.md` is kept. A number that has been given out never gets another meaning.
 */

export const extension = {
  undefined: 1,
  bigint: 2,
  date: 3,
  regexp: 4,
  map: 5,
  set: 6,
  error: 7,
  buffer: 8,
  text: 9,
  array: 10,
  negativeZero: 11,
  record: 12,
} as const

type Buffer = ArrayBuffer | ArrayBufferView
type BufferType = new (buffer: ArrayBuffer) => Buffer

/** Not every runtime has it yet. */
const float16: BufferType | undefined = Reflect.get(globalThis, "Float16Array")

/** What an extension `buffer` can be, by its first byte. `Uint8Array` is a binary of msgpack's own. */
export const bufferTypes: ReadonlyArray<readonly [name: string, type: BufferType | undefined]> = [
  ["ArrayBuffer", ArrayBuffer],
  ["DataView", DataView],
  ["Int8Array", Int8Array],
  ["Uint8ClampedArray", Uint8ClampedArray],
  ["Int16Array", Int16Array],
  ["Uint16Array", Uint16Array],
  ["Int32Array", Int32Array],
  ["Uint32Array", Uint32Array],
  ["Float32Array", Float32Array],
  ["Float64Array", Float64Array],
  ["BigInt64Array", BigInt64Array],
  ["BigUint64Array", BigUint64Array],
  ["Float16Array", float16],
]

/** What an extension `error` can be, by its number: the nearest of these that an error descends from. */
export const errorNames = [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "DOMException",
] as const

/** What of an error is not among its own fields. */
export const errorParts: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"])

export const errorPrototypes: ReadonlyArray<object> = errorNames.map(
  (name) => globalThis[name].prototype,
)

/** A new error of that class; without a message, one that has none of its own. */
export const makeError = (
  type: (typeof errorNames)[number],
  message: string | null,
  name: string,
): Error => {
  switch (type) {
    case "DOMException":
      return new DOMException(message ?? "", name)
    case "AggregateError":
      return new AggregateError([], message ?? undefined)
    default:
      return new globalThis[type](message ?? undefined)
  }
}
