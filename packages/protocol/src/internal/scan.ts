/**
 * Looks at msgpack that may come from anybody, before the library reads it.
 *
 * The library makes room for whatever a list claims to have, nests without end and takes any bytes
 * for a text. So nothing is given to it unseen: a text, binary or extension has to lie within what
 * is there, and all lists together cannot claim more items than there are bytes, for each takes one.
 * A scan makes room for nothing, and its work is in proportion to the number of bytes.
 */

/** Thrown for bytes that are not what they should be. */
export class Malformed extends Error {}

export interface ScanLimits {
  readonly depthMax: number
  /** Items of one list, entries of one map. */
  readonly itemsMax: number
  readonly textBytesMax: number
  readonly binaryBytesMax: number
}

/** Shorter texts are looked at by hand, which costs less than a call of the decoder. */
const shortTextMax = 48

const utf8 = new TextDecoder("utf-8", { fatal: true })

const none = new Uint8Array(0)

/** Nothing but the number of bytes limits what is scanned. */
export const unlimited: ScanLimits = {
  depthMax: Infinity,
  itemsMax: Infinity,
  textBytesMax: Infinity,
  binaryBytesMax: Infinity,
}

/** How many bytes follow the marks from 0xca to 0xd3, which are those of numbers. */
const numberBytes = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8]

export class Scan {
  /** How many entries all maps of what was scanned last have. */
  entries = 0
  /** Whether there was a binary or an extension in it. */
  hasExtras = false
  private limits: ScanLimits = unlimited
  private bytes: Uint8Array = none
  private offset = 0
  private at = 0
  private depth = 0
  private itemsLeft = 0

  /** Scans under these limits from here on. */
  under(limits: ScanLimits): void {
    this.limits = limits
  }

  /**
   * Throws a `Malformed` when the bytes are not exactly one value. They may be a part of others, `depth`
   * deep in lists and maps and `offset` bytes behind the first.
   */
  one(bytes: Uint8Array, depth = 0, offset = 0): void {
    this.bytes = bytes
    this.offset = offset
    this.at = 0
    this.depth = depth
    this.itemsLeft = bytes.length
    this.entries = 0
    this.hasExtras = false
    try {
      this.value()
      if (this.at < bytes.length) this.fail(`${bytes.length - this.at} bytes too many`)
    } finally {
      // Kept, they would keep what has been scanned.
      this.bytes = none
    }
  }

  private fail(reason: string): never {
    throw new Malformed(`byte ${this.offset + Math.min(this.at, this.bytes.length)}: ${reason}`)
  }

  protected value(): void {
    const mark = this.bytes[this.at++]
    if (mark === undefined) return this.fail("it ends where a value should be")
    if (mark < 0x80 || mark >= 0xe0) return
    if (mark < 0x90) return this.map(mark & 0x0f)
    if (mark < 0xa0) return this.list(mark & 0x0f)
    if (mark < 0xc0) return this.text(mark & 0x1f)
    if (mark >= 0xca && mark <= 0xd3) return this.skip(numberBytes[mark - 0xca] ?? 0)
    this.marked(mark)
  }

  private marked(mark: number): void {
    switch (mark) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.binary(this.length(mark - 0xc4))
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.length(mark - 0xc7))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (mark - 0xd4))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.length(mark - 0xd9))
      case 0xdc:
      case 0xdd:
        return this.list(this.length(mark - 0xdb))
      case 0xde:
      case 0xdf:
        return this.map(this.length(mark - 0xdd))
      default:
        return this.fail(`no value begins with 0x${mark.toString(16)}`)
    }
  }

  /** A length of 1, 2 or 4 bytes. */
  private length(size: number): number {
    let length = 0
    const from = this.at
    this.skip(1 << size)
    for (let at = from; at < this.at; at++) length = length * 0x100 + (this.bytes[at] ?? 0)
    return length
  }

  private skip(count: number): void {
    const left = this.bytes.length - this.at
    if (count > left) this.fail(`${count} bytes are said to follow, ${left} do`)
    this.at += count
  }

  private text(length: number): void {
    if (length > this.limits.textBytesMax) {
      this.fail(`a text of ${length} bytes, and ${this.limits.textBytesMax} are allowed`)
    }
    const from = this.at
    this.skip(length)
    if (length > shortTextMax) return this.longText(from)
    for (let i = from; i < this.at; i++) {
      if ((this.bytes[i] ?? 0) >= 0x80) return this.longText(from)
    }
  }

  private longText(from: number): void {
    try {
      utf8.decode(this.bytes.subarray(from, this.at))
    } catch {
      this.fail("a text that is not UTF-8")
    }
  }

  private binary(length: number): void {
    if (length > this.limits.binaryBytesMax) {
      this.fail(`${length} bytes in one, and ${this.limits.binaryBytesMax} are allowed`)
    }
    this.hasExtras = true
    this.skip(length)
  }

  private extension(length: number): void {
    this.hasExtras = true
    this.skip(1)
    this.skip(length)
  }

  private list(length: number): void {
    this.enter(length, 1)
    for (let i = 0; i < length; i++) this.value()
    this.depth--
  }

  private map(length: number): void {
    this.enter(length, 2)
    this.entries += length
    for (let i = 0; i < length; i++) {
      const mark = this.bytes[this.at] ?? 0xa0
      if ((mark < 0xa0 || mark >= 0xc0) && (mark < 0xd9 || mark > 0xdb)) {
        this.fail("a key that is no text")
      }
      this.value()
      this.value()
    }
    this.depth--
  }

  /** Goes one level deeper, to so many items of so many bytes each at least. */
  private enter(items: number, bytesEach: number): void {
    const { itemsMax, depthMax } = this.limits
    if (items > itemsMax) this.fail(`a list of ${items} items, and ${itemsMax} are allowed`)
    this.itemsLeft -= items * bytesEach
    if (this.itemsLeft < 0) this.fail("more items are said to follow than there are bytes")
    if (++this.depth > depthMax) this.fail(`nested more than ${depthMax} deep`)
  }
}
