/** Msgpack, written into one buffer that grows: everything but long binaries and extensions. */

/** Thrown when more has been written than `begin` allowed. */
export class Overflow extends Error {}

/** Whether it is an `Overflow`. What a hostile value throws may throw when it is asked. */
export const isOverflow = (error: unknown): boolean => {
  try {
    return error instanceof Overflow
  } catch {
    return false
  }
}

/** A writer that has grown beyond this gives its buffer back. */
const keptBytesMax = 1_048_576

const startBytes = 8_192

/** Shorter texts are written by hand, which costs less than a call of the encoder. */
const shortTextMax = 48

const utf8 = new TextEncoder()

export class Output {
  protected bytes: Uint8Array<ArrayBuffer> = new Uint8Array(startBytes)
  protected view: DataView = new DataView(this.bytes.buffer)
  protected length = 0
  protected bytesMax: number = Infinity

  /** Forgets what was written; from here on more than `bytesMax` bytes throw an `Overflow`, at the end at the latest. */
  begin(bytesMax: number = Infinity): void {
    this.length = 0
    this.bytesMax = bytesMax
    if (this.bytes.length > keptBytesMax) this.useBuffer(new Uint8Array(startBytes))
  }

  /** How much has been written. */
  get size(): number {
    return this.length
  }

  /** What was written, as bytes of the caller's own. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  /** A part of what was written, as a view that holds until more is written. */
  part(from: number, to: number): Uint8Array {
    return this.bytes.subarray(from, to)
  }

  nil(): void {
    this.byte(0xc0)
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2)
  }

  number(value: number): void {
    if (value >= 0 && value < 0x80 && Number.isInteger(value) && !Object.is(value, -0)) {
      return this.byte(value)
    }
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return this.float(value)
    if (value >= 0) this.natural(value)
    else this.negative(value)
  }

  float(value: number): void {
    this.byte(0xcb)
    this.float64(value)
  }

  /** A text without lone surrogates; others would arrive as something else. */
  text(value: string): void {
    const { length } = value
    if (length <= shortTextMax && this.shortText(value)) return
    if (this.size + length > this.bytesMax) throw new Overflow()
    // As many bytes as characters is right for most texts; only the others are moved afterwards.
    const guessed = textHeadBytes(length)
    this.reserve(5 + length)
    let written = 0
    for (let rest = value; rest.length > 0;) {
      const step = utf8.encodeInto(rest, this.bytes.subarray(this.length + guessed + written))
      written += step.written
      rest = rest.slice(step.read)
      if (rest.length > 0) this.reserveBehind(guessed + written, 3 * rest.length)
    }
    const begin = this.length + guessed
    const moved = this.length + textHeadBytes(written)
    if (moved !== begin) this.bytes.copyWithin(moved, begin, begin + written)
    this.head(textMarks, written)
    this.length += written
  }

  binaryHead(length: number): void {
    this.head(binaryMarks, length)
  }

  listHead(items: number): void {
    this.head(listMarks, items)
  }

  mapHead(entries: number): void {
    this.head(mapMarks, entries)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  float64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.length, value)
    this.length += 8
  }

  int64(value: bigint): void {
    this.reserve(8)
    this.view.setBigInt64(this.length, value)
    this.length += 8
  }

  /** Bytes as they are, copied whatever their length. */
  copyOf(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  private natural(value: number): void {
    this.reserve(9)
    const at = this.length
    if (value < 0x100) {
      this.bytes[at] = 0xcc
      this.bytes[at + 1] = value
      this.length += 2
    } else if (value < 0x1_0000) {
      this.bytes[at] = 0xcd
      this.view.setUint16(at + 1, value)
      this.length += 3
    } else if (value < 0x1_0000_0000) {
      this.bytes[at] = 0xce
      this.view.setUint32(at + 1, value)
      this.length += 5
    } else {
      this.bytes[at] = 0xcf
      this.view.setUint32(at + 1, value / 0x1_0000_0000)
      this.view.setUint32(at + 5, value)
      this.length += 9
    }
  }

  private negative(value: number): void {
    this.reserve(9)
    const at = this.length
    if (value >= -0x20) {
      this.bytes[at] = value
      this.length += 1
    } else if (value >= -0x80) {
      this.bytes[at] = 0xd0
      this.bytes[at + 1] = value
      this.length += 2
    } else if (value >= -0x8000) {
      this.bytes[at] = 0xd1
      this.view.setInt16(at + 1, value)
      this.length += 3
    } else if (value >= -0x8000_0000) {
      this.bytes[at] = 0xd2
      this.view.setInt32(at + 1, value)
      this.length += 5
    } else {
      this.bytes[at] = 0xd3
      this.view.setInt32(at + 1, Math.floor(value / 0x1_0000_0000))
      this.view.setUint32(at + 5, value)
      this.length += 9
    }
  }

  /** `false`, and nothing written: there is more than ASCII in it. */
  private shortText(value: string): boolean {
    const { length } = value
    this.reserve(length + 2)
    let at = this.length
    if (length < 32) {
      this.bytes[at++] = 0xa0 | length
    } else {
      this.bytes[at++] = 0xd9
      this.bytes[at++] = length
    }
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code >= 0x80) return false
      this.bytes[at++] = code
    }
    this.length = at
    return true
  }

  protected head({ short, shortMax, long }: Marks, length: number): void {
    this.reserve(5)
    const at = this.length
    if (length < shortMax) {
      this.bytes[at] = short | length
      this.length += 1
    } else if (long[0] !== 0 && length < 0x100) {
      this.bytes[at] = long[0]
      this.bytes[at + 1] = length
      this.length += 2
    } else if (length < 0x1_0000) {
      this.bytes[at] = long[1]
      this.view.setUint16(at + 1, length)
      this.length += 3
    } else {
      this.bytes[at] = long[2]
      this.view.setUint32(at + 1, length)
      this.length += 5
    }
  }

  /** Makes room for as many bytes as are about to be written. */
  protected reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    // Looked at when the buffer grows and at the end, which keeps it out of everything between.
    if (this.size > this.bytesMax) throw new Overflow()
    const grown = new Uint8Array(Math.max(this.length + count, 2 * this.bytes.length))
    grown.set(this.bytes.subarray(0, this.length))
    this.useBuffer(grown)
  }

  /** Makes room for `count` bytes behind `written` ones that do not count yet. */
  private reserveBehind(written: number, count: number): void {
    this.length += written
    this.reserve(count + 5)
    this.length -= written
  }

  private useBuffer(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }
}

/** The first bytes of what has a length: with the length in it, or before a length of 1, 2 or 4 bytes. */
interface Marks {
  readonly short: number
  readonly shortMax: number
  /** 0 where there is no such form. */
  readonly long: readonly [number, number, number]
}

const textMarks: Marks = { short: 0xa0, shortMax: 0x20, long: [0xd9, 0xda, 0xdb] }
const binaryMarks: Marks = { short: 0, shortMax: 0, long: [0xc4, 0xc5, 0xc6] }
const listMarks: Marks = { short: 0x90, shortMax: 0x10, long: [0, 0xdc, 0xdd] }
const mapMarks: Marks = { short: 0x80, shortMax: 0x10, long: [0, 0xde, 0xdf] }
export const extensionMarks: Marks = { short: 0, shortMax: 0, long: [0xc7, 0xc8, 0xc9] }
const textHeadBytes = (length: number): number =>
  length < 0x20 ? 1 : length < 0x100 ? 2 : length < 0x1_0000 ? 3 : 5
