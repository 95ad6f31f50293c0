/**
 * Values: what a task takes and gives, as bytes.
 *
 * Encoded once by the side that has the value, decoded once by the side that needs it; the
 * scheduler forwards the bytes without opening them. On top of msgpack travel `undefined`, -0,
 * bigint, Date, Map, Set, ArrayBuffer, every typed array, and Error with its cause and own fields.
 * What cannot arrive equal is refused by an error that names the path to it; but strings with lone
 * surrogates, which msgpack cannot carry, arrive mended.
 */
import { Decoder, Encoder, ExtData, ExtensionCodec } from "@msgpack/msgpack"
import { isUnsupported, told, UnsupportedValue } from "./internal/unsupported.ts"

export { UnsupportedValue } from "./internal/unsupported.ts"

/** Deeper than this, a value is taken to be cyclic. Below the 100 levels that the msgpack library allows. */
export const depthMax = 90

const extension = {
  undefined: 1,
  negativeZero: 2,
  bigint: 3,
  date: 4,
  map: 5,
  set: 6,
  error: 7,
  buffer: 8,
} as const

const arrayKinds = [
  ArrayBuffer,
  DataView,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const

const empty = new Uint8Array(0)
const text = new TextEncoder()
const untext = new TextDecoder()

/**
 * Encodes a value; `root` names it in the error, which is an `UnsupportedValue`.
 *
 * Runs no code of the value's own: no getter (but for one among the items of an array), no `toJSON`.
 */
export const encode = (value: unknown, root = "value"): Uint8Array => {
  if (value === undefined) return empty
  try {
    return encoder.encodeSharedRef(carried(value, root, 0)).slice()
  } catch (error) {
    // A detached buffer, a revoked proxy, an accessor in an array: reading runs into somebody's own.
    throw isUnsupported(error) ? error : new UnsupportedValue(root, "it could not be read")
  }
}

/** Decodes what `encode` made. Throws an `Error` when the bytes are not such a value. */
export const decode = (bytes: Uint8Array): unknown =>
  bytes.length === 0 ? undefined : decoder.decode(bytes)

/**
 * Encodes whatever a function threw, and never throws itself.
 *
 * What of it cannot be carried is replaced by a sentence that says so: losing a field of an error
 * is better than losing the error.
 */
export const encodeThrown = (thrown: unknown): Uint8Array => {
  try {
    return encode(thrown, "error")
  } catch (refusal) {
    return encode(new Error(`The task threw something that cannot be sent: ${told(refusal)}`))
  }
}

/**
 * Any value at all as a short text for people. Never throws, whatever the value does when it is
 * looked at.
 */
export const shown = (value: unknown): string => {
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`
    return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)
  } catch {
    return "something that cannot be shown"
  }
}

const pack = (value: unknown): Uint8Array => encoder.encode(value)

/** The value as msgpack can carry it: itself where nothing needs an extension. */
const carried = (value: unknown, path: string, depth: number): unknown => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value
    case "number":
      return Object.is(value, -0) ? new ExtData(extension.negativeZero, empty) : value
    case "undefined":
      return new ExtData(extension.undefined, empty)
    case "bigint":
      return new ExtData(extension.bigint, text.encode(value.toString()))
    case "object":
      if (value === null) return value
      if (depth > depthMax) {
        throw new UnsupportedValue(path, `nested more than ${depthMax} deep, or cyclic`)
      }
      return carriedObject(value, path, depth + 1)
    default:
      throw new UnsupportedValue(path, `a ${typeof value} cannot be sent`)
  }
}

const carriedObject = (value: object, path: string, depth: number): unknown => {
  if (Array.isArray(value)) return carriedArray(value, path, depth)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) {
    return carriedRecord(value, path, depth)
  }
  if (prototype === Uint8Array.prototype) return value
  if (value instanceof Error) return carriedError(value, path, depth)
  // By the built-in methods, not by the value's: those may be somebody's own.
  if (value instanceof Date) {
    return new ExtData(extension.date, pack(Date.prototype.getTime.call(value)))
  }
  if (value instanceof Map) {
    const entries = Array.from(Map.prototype.entries.call(value), ([key, item], index) => [
      carried(key, `${path}.keys()[${index}]`, depth),
      carried(item, `${path}.get(${keyText(key)})`, depth),
    ])
    return new ExtData(extension.map, pack(entries))
  }
  if (value instanceof Set) {
    const items = Array.from(Set.prototype.values.call(value), (item, index) =>
      carried(item, `${path}[${index}]`, depth),
    )
    return new ExtData(extension.set, pack(items))
  }
  if (value instanceof Uint8Array) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  const kind = arrayKinds.findIndex((type) => value instanceof type)
  if (kind >= 0) return carriedBuffer(value as ArrayBuffer | ArrayBufferView, kind)
  throw new UnsupportedValue(
    path,
    `an instance of ${nameOfClass(prototype)} cannot be sent; send a plain object with what it holds`,
  )
}

const carriedArray = (items: ReadonlyArray<unknown>, path: string, depth: number): unknown => {
  let copy: Array<unknown> | undefined
  for (let i = 0; i < items.length; i++) {
    if (!(i in items)) throw new UnsupportedValue(`${path}[${i}]`, "a hole cannot be sent")
    const item = items[i]
    const sent = carried(item, `${path}[${i}]`, depth)
    if (sent !== item) copy ??= items.slice()
    if (copy !== undefined) copy[i] = sent
  }
  return copy ?? items
}

const carriedRecord = (record: object, path: string, depth: number): unknown => {
  if (Object.getOwnPropertySymbols(record).length > 0) {
    throw new UnsupportedValue(path, "a property named by a symbol cannot be sent")
  }
  let changed = false
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(record)) {
    const at = `${path}.${key}`
    if (key === "__proto__")
      throw new UnsupportedValue(at, "a property of this name cannot be sent")
    const item = ownValue(record, key, at)
    copy[key] = carried(item, at, depth)
    changed ||= copy[key] !== item
  }
  return changed ? copy : record
}

/** The value of a data property. An accessor is refused unread: its code is the caller's, not ours to run. */
const ownValue = (record: object, key: string, path: string): unknown => {
  const property = Object.getOwnPropertyDescriptor(record, key)
  if (property?.get !== undefined || property?.set !== undefined) {
    throw new UnsupportedValue(path, "a getter or setter cannot be sent")
  }
  return property?.value
}

/** The errors being encoded, outermost first. One that holds itself would otherwise double at every level. */
const open: Array<Error> = []

const carriedError = (error: Error, path: string, depth: number): unknown => {
  if (open.includes(error)) throw new UnsupportedValue(path, "an error that holds itself")
  open.push(error)
  try {
    return carriedParts(error, path, depth)
  } finally {
    open.pop()
  }
}

const carriedParts = (error: Error, path: string, depth: number): unknown => {
  const or = (read: () => unknown): unknown => {
    try {
      return carried(read(), path, depth)
    } catch (refusal) {
      return `[not sent: ${told(refusal)}]`
    }
  }
  const fields: Record<string, unknown> = {}
  for (const key of Object.keys(error)) {
    if (key === "__proto__" || key === "cause" || key === "name") continue
    fields[key] = or(() => ownValue(error, key, path))
  }
  const parts = [or(() => error.name), or(() => error.message), or(() => error.stack), fields]
  if (Object.hasOwn(error, "cause")) parts.push(or(() => error.cause))
  return new ExtData(extension.error, pack(parts))
}

const carriedBuffer = (value: ArrayBuffer | ArrayBufferView, kind: number): ExtData => {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)
  const data = new Uint8Array(bytes.length + 1)
  data[0] = kind
  data.set(bytes, 1)
  return new ExtData(extension.buffer, data)
}

const keyText = (key: unknown): string =>
  typeof key === "string" ? JSON.stringify(key) : typeof key === "number" ? String(key) : "…"

const nameOfClass = (prototype: unknown): string =>
  typeof prototype === "object" && prototype !== null
    ? prototype.constructor?.name || "an unnamed class"
    : "an unnamed class"

const unpackError = (data: Uint8Array): Error => {
  const [name, message, stack, fields, ...cause] = decoder.decode(data) as ReadonlyArray<unknown>
  const error = new Error(String(message), cause.length > 0 ? { cause: cause[0] } : undefined)
  const hidden = { enumerable: false, configurable: true, writable: true }
  Object.defineProperty(error, "name", { ...hidden, value: String(name) })
  Object.defineProperty(error, "stack", { ...hidden, value: stack })
  return Object.assign(error, fields)
}

const unpackBuffer = (data: Uint8Array): ArrayBuffer | ArrayBufferView => {
  const type = arrayKinds[data[0] ?? -1]
  if (type === undefined) throw new Error(`unknown kind of buffer: ${data[0]}`)
  // A copy: the data lies in its frame unaligned.
  const buffer = data.slice(1).buffer
  if (type === ArrayBuffer) return buffer
  return new (type as new (buffer: ArrayBuffer) => ArrayBufferView)(buffer)
}

const extensionCodec = new ExtensionCodec()
const decoders: Readonly<Record<number, (data: Uint8Array) => unknown>> = {
  [extension.undefined]: () => undefined,
  [extension.negativeZero]: () => -0,
  [extension.bigint]: (data) => BigInt(untext.decode(data)),
  [extension.date]: (data) => new Date(decoder.decode(data) as number),
  [extension.map]: (data) => new Map(decoder.decode(data) as ReadonlyArray<[unknown, unknown]>),
  [extension.set]: (data) => new Set(decoder.decode(data) as ReadonlyArray<unknown>),
  [extension.error]: unpackError,
  [extension.buffer]: unpackBuffer,
}
// Values are turned into `ExtData` before the encoder sees them, so only decoding needs the codec:
// an encoder of the codec's is never asked about `undefined` or -0.
for (const [type, decode] of Object.entries(decoders)) {
  extensionCodec.register({ type: Number(type), encode: () => null, decode })
}

// Kept, because making one costs ten times what using it does.
const encoder = new Encoder()
const decoder = new Decoder({ extensionCodec })
