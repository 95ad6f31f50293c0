/** Reads what `ValueWriter` writes, from bytes that may come from anybody. */
import { AlikeKeys, tooManyAlike } from "./alikeKeys.ts"
import { bufferTypes, errorNames, extension, makeError } from "./extensions.ts"
import { dateOf, timeOf } from "./intrinsics.ts"
import { Reader, type ReaderLimits } from "./reader.ts"

export class ValueReader extends Reader {
  /** Reads under these limits from here on. */
  under(limits: ReaderLimits): this {
    this.limits = limits
    return this
  }

  protected override binary(from: number, to: number): Uint8Array {
    // The one copy on this side: bytes of the value's own, and not a view of what others were sent.
    return this.bytes.slice(from, to)
  }

  protected override key(key: unknown): string {
    return typeof key === "string" ? key : this.fail("a property's name that is no text")
  }

  protected override extension(type: number, end: number): unknown {
    switch (type) {
      case extension.undefined:
        return undefined
      case extension.bigint:
        return this.bigint(end)
      case extension.date:
        return this.date()
      case extension.regexp:
        return this.regexp(end)
      case extension.map:
        return this.entries(end)
      case extension.set:
        return this.set(end)
      case extension.error:
        return this.error(end)
      case extension.buffer:
        return this.buffer(end)
      case extension.text:
        return this.units(end)
      case extension.array:
        return this.sparse(end)
      default:
        return this.fail(`there is no extension ${type}`)
    }
  }

  private bigint(end: number): bigint {
    const length = end - this.at
    if (length === 8) return this.view.getBigInt64(this.take(8))
    const sign = this.bytes[this.at]
    if (length < 9 || this.bytes[this.at + 1] === 0 || (sign !== 0 && sign !== 1)) {
      this.fail("a bigint that is not written as bigints are")
    }
    const magnitude = parseHex(this.bytes.subarray(this.at + 1, end))
    this.at = end
    return sign === 1 ? -magnitude : magnitude
  }

  private date(): Date {
    const time = this.view.getFloat64(this.take(8))
    const date = dateOf(time)
    if (!Object.is(timeOf(date), time)) this.fail("a date that no date can be")
    return date
  }

  private regexp(end: number): RegExp {
    const source = this.textWithin(end)
    const flags = this.textWithin(end)
    try {
      return new RegExp(source, flags)
    } catch (cause) {
      return this.fail(`a regular expression that is none: ${(cause as Error).message}`)
    }
  }

  private textWithin(end: number): string {
    const text = this.at < end ? this.value() : undefined
    return typeof text === "string" ? text : this.fail("something else where a text should be")
  }

  private entries(end: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    this.enter()
    const alike = new AlikeKeys()
    while (this.at < end) {
      const key = this.value()
      if (map.has(key)) this.fail("a Map with the same key twice")
      if (alike.areTooMany(key)) this.fail(tooManyAlike)
      map.set(key, this.value())
    }
    this.leave()
    return map
  }

  private set(end: number): Set<unknown> {
    const set = new Set<unknown>()
    this.enter()
    const alike = new AlikeKeys()
    while (this.at < end) {
      const item = this.value()
      if (set.has(item)) this.fail("a Set with the same item twice")
      if (alike.areTooMany(item)) this.fail(tooManyAlike)
      set.add(item)
    }
    this.leave()
    return set
  }

  private error(end: number): Error {
    this.enter()
    const kind = this.value()
    const name = this.textOrNil()
    const message = this.textOrNil()
    const stack = this.textOrNil()
    const usual = typeof kind === "number" ? errorNames[kind] : undefined
    if (usual === undefined) return this.fail("an error of a class that nobody knows")
    const error = makeError(usual, message, name ?? usual)
    const isDom = usual === "DOMException"
    if (name !== null && !isDom) setHidden(error, "name", name)
    setHidden(error, "stack", stack ?? `${name ?? usual}: ${message ?? ""}`)
    const hasCause = this.value()
    if (hasCause === true) setHidden(error, "cause", this.value())
    else if (hasCause !== false) this.fail("an error that does not say if it has a cause")
    while (this.at < end) this.field(error, usual)
    this.leave()
    return error
  }

  private field(error: Error, usual: string): void {
    const key = this.key(this.value())
    const value = this.value()
    if (usual === "AggregateError" && key === "errors") return setHidden(error, key, value)
    if (hiddenParts.has(key)) this.fail(`an error with a field named ${key}`)
    this.setOwn(error, key, value)
  }

  private textOrNil(): string | null {
    const text = this.value()
    return typeof text === "string" || text === null
      ? text
      : this.fail("something else where a text of an error should be")
  }

  private buffer(end: number): ArrayBuffer | ArrayBufferView {
    const kind = this.view.getUint8(this.take(1))
    const known = bufferTypes[kind]
    if (known === undefined) return this.fail(`there is no buffer of kind ${kind}`)
    const [name, type] = known
    if (type === undefined) return this.fail(`this runtime has no ${name}`)
    const from = this.take(end - this.at)
    const size = "BYTES_PER_ELEMENT" in type ? Number(type.BYTES_PER_ELEMENT) : 1
    if ((end - from) % size !== 0) this.fail(`${end - from} bytes are no ${name}`)
    // The one copy on this side. Where the bytes lie they are not aligned, and others' lie beside them.
    const { buffer } = this.bytes.slice(from, end)
    return type === bufferTypes[0]?.[1] ? buffer : new type(buffer)
  }

  /** A text with lone surrogates, as the 16-bit units it is made of. */
  private units(end: number): string {
    if ((end - this.at) % 2 !== 0) this.fail("half a unit of a text")
    let text = ""
    while (this.at < end) {
      const units: Array<number> = []
      for (; this.at < end && units.length < unitsAtOnce; this.at += 2) {
        units.push(this.view.getUint16(this.at, true))
      }
      text += String.fromCharCode(...units)
    }
    return text
  }

  private sparse(end: number): Array<unknown> {
    const length = this.value()
    if (typeof length !== "number" || !(length >= 0 && length <= lengthMax && length % 1 === 0)) {
      return this.fail("an array without a length")
    }
    const items: Array<unknown> = []
    // Far more holes than items: from this length on an engine makes room for what is there only,
    // and it stays at that when the array becomes shorter.
    if (length > end - this.at) items.length = lengthMax
    items.length = length
    this.enter()
    while (this.at < end) {
      const key = this.value()
      const value = this.value()
      if (typeof key === "number") this.setItem(items, key, value)
      else this.setNamed(items, this.key(key), value)
    }
    this.leave()
    return items
  }

  private setItem(items: Array<unknown>, index: number, value: unknown): void {
    if (!(index >= 0 && index < items.length && index % 1 === 0)) {
      this.fail("an item that lies outside of its array")
    }
    if (Object.hasOwn(items, index)) this.fail(`the item ${index} twice`)
    items[index] = value
  }

  private setNamed(items: Array<unknown>, key: string, value: unknown): void {
    const index = Number(key) >>> 0
    if (index < lengthMax && String(index) === key) this.fail("an item's number as a text")
    this.setOwn(items, key, value)
  }
}

const hiddenParts: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"])

const unitsAtOnce = 4096

/** As long as an array can be. */
const lengthMax = 0xffff_ffff

const setHidden = (error: Error, key: string, value: unknown): void => {
  Object.defineProperty(error, key, {
    value,
    enumerable: false,
    configurable: true,
    writable: true,
  })
}

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
