/** Makes the extensions that hold no values. */
import { ExtData } from "@msgpack/msgpack"
import { extension } from "./extensions.ts"
import { bytesOfView, timeOf } from "./intrinsics.ts"

const none = new Uint8Array(0)

export const carriedUndefined: ExtData = new ExtData(extension.undefined, none)
export const carriedNegativeZero: ExtData = new ExtData(extension.negativeZero, none)

const scratch = new DataView(new ArrayBuffer(8))
const scratchBytes = new Uint8Array(scratch.buffer)

export const carriedDate = (date: Date): ExtData => {
  scratch.setFloat64(0, timeOf(date))
  return new ExtData(extension.date, scratchBytes.slice())
}

export const carriedBigint = (value: bigint): ExtData =>
  new ExtData(extension.bigint, bytesOfBigint(value))

const bytesOfBigint = (value: bigint): Uint8Array => {
  if (BigInt.asIntN(64, value) === value) {
    scratch.setBigInt64(0, value)
    return scratchBytes.slice()
  }
  // In base 16, because writing and reading any other takes time that grows with the square of the length.
  const digits = (value < 0n ? -value : value).toString(16)
  const codes = ascii.encode(digits.length % 2 === 0 ? digits : `0${digits}`)
  const bytes = new Uint8Array(1 + codes.length / 2)
  bytes[0] = value < 0n ? 1 : 0
  for (let i = 1; i < bytes.length; i++) {
    bytes[i] = (nibble(codes[2 * i - 2] ?? 0) << 4) | nibble(codes[2 * i - 1] ?? 0)
  }
  return bytes
}

const ascii = new TextEncoder()

/** The value of a hexadecimal digit, given as the code of its character. */
const nibble = (code: number): number => (code <= 0x39 ? code - 0x30 : code - 0x57)

/** Whether msgpack can carry a text: no surrogate stands alone, and no byte order mark is taken away. */
export const isPlain = (text: string): boolean =>
  text.isWellFormed() && text.charCodeAt(0) !== 0xfeff

/** The library does not read this key, because elsewhere it means more than a name. */
export const isPlainKey = (key: string): boolean => isPlain(key) && key !== "__proto__"

/** Any text, as the 16-bit units it is made of. */
export const carriedUnits = (text: string): ExtData => {
  const units = new DataView(new ArrayBuffer(2 * text.length))
  for (let i = 0; i < text.length; i++) units.setUint16(2 * i, text.charCodeAt(i), true)
  return new ExtData(extension.text, bytesOfView(units))
}
