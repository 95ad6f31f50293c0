/** Reads the extensions that hold no values, from data that may come from anybody. */
import { bufferTypes, extension } from "./extensions.ts"
import { dateOf, timeOf } from "./intrinsics.ts"
import { Malformed } from "./scan.ts"

const bigint = (data: Uint8Array): bigint => {
  if (data.length === 8) return viewOf(data).getBigInt64(0)
  const [sign, first] = data
  if (data.length < 9 || first === 0 || (sign !== 0 && sign !== 1)) {
    throw new Malformed("a bigint that is not written as bigints are")
  }
  const magnitude = parseHex(data.subarray(1))
  return sign === 1 ? -magnitude : magnitude
}

const date = (data: Uint8Array): Date => {
  if (data.length !== 8) throw new Malformed(`a date of ${data.length} bytes instead of 8`)
  const time = viewOf(data).getFloat64(0)
  const read = dateOf(time)
  if (!Object.is(timeOf(read), time)) throw new Malformed("a date that no date can be")
  return read
}

const buffer = (data: Uint8Array): ArrayBuffer | ArrayBufferView => {
  const [kind] = data
  if (kind === undefined) throw new Malformed("a buffer that ends where its kind should be")
  const known = bufferTypes[kind]
  if (known === undefined) throw new Malformed(`there is no buffer of kind ${kind}`)
  const [name, type] = known
  if (type === undefined) throw new Malformed(`this runtime has no ${name}`)
  const size = "BYTES_PER_ELEMENT" in type ? Number(type.BYTES_PER_ELEMENT) : 1
  const length = data.length - 1
  if (length % size !== 0) throw new Malformed(`${length} bytes are no ${name}`)
  const bytes = copyOf(data.subarray(1)).buffer
  return type === bufferTypes[0]?.[1] ? bytes : new type(bytes)
}

/** A text that msgpack or the library would not carry, as the 16-bit units it is made of. */
const text = (data: Uint8Array): string => {
  if (data.length % 2 !== 0) throw new Malformed("half a unit of a text")
  const view = viewOf(data)
  let read = ""
  for (let at = 0; at < data.length;) {
    const units: Array<number> = []
    for (; at < data.length && units.length < unitsAtOnce; at += 2) {
      units.push(view.getUint16(at, true))
    }
    read += String.fromCharCode(...units)
  }
  return read
}

const unitsAtOnce = 4096

/** A value without data. */
const only =
  <A>(value: A) =>
  (data: Uint8Array): A => {
    if (data.length > 0) throw new Malformed("an extension that does not end where it should")
    return value
  }

/** By the type of the extension. What they throw says why data are none of it. */
export const flatReaders: Readonly<Record<number, (data: Uint8Array) => unknown>> = {
  [extension.undefined]: only(undefined),
  [extension.negativeZero]: only(-0),
  [extension.bigint]: bigint,
  [extension.date]: date,
  [extension.buffer]: buffer,
  [extension.text]: text,
}

/**
 * The one copy of a binary on this side: bytes of the value's own, and not a view of what others were
 * sent. There it is not aligned, either.
 */
export const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  return copy
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

const ascii = new TextDecoder()

/** A number from its bytes. By base 16, which takes time in proportion to the length; nothing else does. */
const parseHex = (magnitude: Uint8Array): bigint => {
  const digits = new Uint8Array(2 * magnitude.length)
  for (let i = 0; i < magnitude.length; i++) {
    const byte = magnitude[i] ?? 0
    digits[2 * i] = hexDigit(byte >> 4)
    digits[2 * i + 1] = hexDigit(byte & 0x0f)
  }
  return BigInt(`0x${ascii.decode(digits)}`)
}

const hexDigit = (nibble: number): number => nibble + (nibble < 10 ? 0x30 : 0x57)
