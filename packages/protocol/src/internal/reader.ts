/**
 * Reads msgpack that may come from anybody.
 *
 * Nothing is made room for because bytes claim it: a text, binary or extension has to lie within what
 * is there, and all lists together cannot claim more items than there are bytes, for each takes one.
 * So the work and the memory that bytes cost are in proportion to their number.
 */

/** Thrown for bytes that are not what they should be. */
export class Malformed extends Error {}

export interface ReaderLimits {
  readonly depthMax: number
  /** Items of one list, entries of one map. */
  readonly itemsMax: number
  readonly textBytesMax: number
  readonly binaryBytesMax: number
}

/** Shorter texts are read by hand, which costs less than a call of the decoder. */
const shortTextMax = 32

/** As many keys are remembered, whoever sends how many. */
const knownKeysMax = 256

// A byte order mark at the beginning of a text is a part of it.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const none = new Uint8Array(0)

export abstract class Reader {
  protected bytes: Uint8Array = none
  protected view: DataView = new DataView(none.buffer)
  protected at = 0
  protected depth = 0
  private itemsLeft = 0
  private readonly knownKeys: Array<string | undefined> = Array(knownKeysMax)
  protected limits: ReaderLimits

  constructor(limits: ReaderLimits) {
    this.limits = limits
  }

  /** The one value that the bytes are. Throws a `Malformed` when they are not exactly one. */
  read(bytes: Uint8Array): unknown {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
    this.depth = 0
    this.itemsLeft = bytes.length
    try {
      const value = this.value()
      if (this.at < bytes.length) this.fail(`${bytes.length - this.at} bytes too many`)
      return value
    } finally {
      // Kept, it would keep what it has read.
      this.bytes = none
    }
  }

  /** What an extension of this type is, whose data lie from `at` to `end`. Has to read up to `end`. */
  protected abstract extension(type: number, end: number): unknown

  /** A binary that lies from `from` to `to`. */
  protected abstract binary(from: number, to: number): unknown

  /** What a map's key is, read by `value`. */
  protected abstract key(key: unknown): string

  protected fail(reason: string): never {
    throw new Malformed(`byte ${Math.min(this.at, this.bytes.length)}: ${reason}`)
  }

  protected value(): unknown {
    const mark = this.bytes[this.at++]
    if (mark === undefined) return this.fail("it ends where a value should be")
    if (mark < 0x80) return mark
    if (mark < 0x90) return this.map(mark & 0x0f)
    if (mark < 0xa0) return this.list(mark & 0x0f)
    if (mark < 0xc0) return this.text(mark & 0x1f)
    if (mark >= 0xe0) return mark - 0x100
    if (mark === 0xcb) return this.view.getFloat64(this.take(8))
    return this.marked(mark)
  }

  private marked(mark: number): unknown {
    switch (mark) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.binaryOf(this.length(mark - 0xc4))
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extensionOf(this.length(mark - 0xc7))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extensionOf(1 << (mark - 0xd4))
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
        return this.number(mark)
    }
  }

  private number(mark: number): number {
    const { view } = this
    switch (mark) {
      case 0xca:
        return view.getFloat32(this.take(4))
      case 0xcc:
        return view.getUint8(this.take(1))
      case 0xcd:
        return view.getUint16(this.take(2))
      case 0xce:
        return view.getUint32(this.take(4))
      case 0xcf: {
        const at = this.take(8)
        return view.getUint32(at) * 0x1_0000_0000 + view.getUint32(at + 4)
      }
      case 0xd0:
        return view.getInt8(this.take(1))
      case 0xd1:
        return view.getInt16(this.take(2))
      case 0xd2:
        return view.getInt32(this.take(4))
      case 0xd3: {
        const at = this.take(8)
        return view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4)
      }
      default:
        return this.fail(`no value begins with 0x${mark.toString(16)}`)
    }
  }

  /** A length of 1, 2 or 4 bytes. */
  private length(size: number): number {
    if (size === 0) return this.view.getUint8(this.take(1))
    return size === 1 ? this.view.getUint16(this.take(2)) : this.view.getUint32(this.take(4))
  }

  /** Where the next so many bytes begin, which are passed over. */
  protected take(count: number): number {
    const { at } = this
    if (count > this.bytes.length - at) {
      this.fail(`${count} bytes are said to follow, ${this.bytes.length - at} do`)
    }
    this.at += count
    return at
  }

  private text(length: number): string {
    if (length > this.limits.textBytesMax) {
      this.fail(`a text of ${length} bytes, and ${this.limits.textBytesMax} are allowed`)
    }
    const from = this.take(length)
    if (length < shortTextMax) {
      let text = ""
      for (let i = from; i < this.at; i++) {
        const code = this.bytes[i] ?? 0
        if (code >= 0x80) return this.longText(from)
        text += String.fromCharCode(code)
      }
      return text
    }
    return this.longText(from)
  }

  private longText(from: number): string {
    try {
      return utf8.decode(this.bytes.subarray(from, this.at))
    } catch {
      return this.fail("a text that is not UTF-8")
    }
  }

  private binaryOf(length: number): unknown {
    if (length > this.limits.binaryBytesMax) {
      this.fail(`${length} bytes in one, and ${this.limits.binaryBytesMax} are allowed`)
    }
    const from = this.take(length)
    return this.binary(from, this.at)
  }

  private extensionOf(length: number): unknown {
    const type = this.view.getInt8(this.take(1))
    const end = this.take(length) + length
    this.at = end - length
    const value = this.extension(type, end)
    if (this.at !== end) this.fail(`an extension ${type} that does not end where it should`)
    return value
  }

  /** Counts items that are claimed, of so many bytes at least. Called before room is made for them. */
  private claim(count: number, bytesEach: number): void {
    if (count > this.limits.itemsMax) {
      this.fail(`a list of ${count} items, and ${this.limits.itemsMax} are allowed`)
    }
    this.itemsLeft -= count * bytesEach
    if (this.itemsLeft < 0) this.fail(`more items are said to follow than there are bytes`)
  }

  /** Goes one level deeper; `leave` comes back. */
  protected enter(): void {
    if (++this.depth > this.limits.depthMax) {
      this.fail(`nested more than ${this.limits.depthMax} deep`)
    }
  }

  protected leave(): void {
    this.depth--
  }

  private list(length: number): Array<unknown> {
    this.claim(length, 1)
    this.enter()
    const items: Array<unknown> = []
    for (let i = 0; i < length; i++) items.push(this.value())
    this.leave()
    return items
  }

  private map(length: number): Record<string, unknown> {
    this.claim(length, 2)
    this.enter()
    const record: Record<string, unknown> = {}
    for (let i = 0; i < length; i++) {
      const key = this.knownKey() ?? this.key(this.value())
      this.setOwn(record, key, this.value())
    }
    this.leave()
    return record
  }

  /** The key that comes next, if it is short and one that was read lately: objects share most of theirs. */
  private knownKey(): string | undefined {
    const { bytes, at } = this
    const length = (bytes[at] ?? 0) ^ 0xa0
    if (length >= shortTextMax || length === 0) return undefined
    const place =
      (length * 31 + (bytes[at + 1] ?? 0) * 7 + (bytes[at + length] ?? 0)) % knownKeysMax
    const known = this.knownKeys[place]
    if (known !== undefined && known.length === length) {
      let i = 0
      while (i < length && known.charCodeAt(i) === bytes[at + 1 + i]) i++
      if (i === length) {
        this.at = at + 1 + length
        return known
      }
    }
    const key = this.key(this.value())
    // As many characters as bytes are ASCII, whose codes are its bytes.
    if (key.length === length) this.knownKeys[place] = key
    return key
  }

  /** Gives an object a property that it does not have, whatever its name means elsewhere. */
  protected setOwn(object: object, key: string, value: unknown): void {
    // Not in it and not in what it inherits from: a plain assignment sets nothing else.
    if (!(key in object)) {
      ;(object as Record<string, unknown>)[key] = value
      return
    }
    if (Object.hasOwn(object, key)) this.fail(`the key ${JSON.stringify(key.slice(0, 100))} twice`)
    Object.defineProperty(object, key, { value, ...ordinary })
  }
}

const ordinary = { enumerable: true, configurable: true, writable: true }
