/** Writes a value of the user's, without running any code of the value's own. */
import { AlikeKeys, tooManyAlike } from "./alikeKeys.ts"
import { writeError } from "./errorWriter.ts"
import { bufferTypes, extension } from "./extensions.ts"
import { bytesOfBuffer, bytesOfView, hasGetter, isDate, regexpParts, timeOf } from "./intrinsics.ts"
import { MapStep, nameOfClass, shownStep, type Step } from "./steps.ts"
import { cyclic, UnsupportedValue } from "./unsupported.ts"
import { isOverflow } from "./output.ts"
import { Writer } from "./writer.ts"

export class ValueWriter {
  readonly out: Writer = new Writer()
  /** Whether what of an error cannot be carried is replaced by a sentence instead of refused. */
  isLenient = false
  private root = "value"
  private depthMax = 0
  private depth = 0
  /** The values being written, outermost first, and the step within each that is under way. */
  private readonly open: Array<object> = []
  private readonly steps: Array<Step> = []

  /** Writes a value into `out`; throws an `UnsupportedValue`, or whatever reading the value runs into. */
  write(value: unknown, root: string, depthMax: number): void {
    this.root = root
    this.depthMax = depthMax
    this.depth = 0
    try {
      this.value(value)
    } finally {
      // Kept, they would keep what has been written.
      if (this.open.length > 0) this.open.length = this.steps.length = 0
    }
  }

  /** Throws an error that names the value under way, or what a step from the one entered last leads to. */
  refuse(reason: string, step?: Step): never {
    const steps = this.steps.slice(0, step === undefined ? this.depth : this.depth - 1)
    if (step !== undefined) steps.push(step)
    throw new UnsupportedValue(this.root + steps.map(shownStep).join(""), reason)
  }

  /** Whether a value is being written already, so that it would be written into itself. */
  isOpen(value: object): boolean {
    const at = this.open.indexOf(value)
    return at >= 0 && at < this.depth
  }

  /** Goes into a value; `leave` comes back. */
  enter(value: object): void {
    if (this.depth >= this.depthMax) this.refuseTooDeep(value)
    this.open[this.depth++] = value
  }

  leave(): void {
    this.depth--
  }

  /** Only here is it worth the time to find out whether it would ever end. */
  private refuseTooDeep(value: object): never {
    const path = [...this.open.slice(0, this.depth), value]
    const again = path.findIndex((one, at) => path.indexOf(one) < at)
    if (again < 0) this.refuse(`nested more than ${this.depthMax} deep`)
    // Named where it comes for the second time, and not by as many steps as were taken since.
    this.depth = again
    this.refuse(cyclic)
  }

  /** Writes what a step from the value that was entered last leads to. */
  within(step: Step, value: unknown): void {
    this.steps[this.depth - 1] = step
    this.value(value)
  }

  /** What `write` has written before it throws is taken back; what it throws is returned. */
  attempt(write: () => void): unknown {
    const mark = this.out.mark()
    const { depth } = this
    try {
      write()
      return undefined
    } catch (error) {
      if (isOverflow(error)) throw error
      this.out.backTo(mark)
      this.depth = depth
      return error
    }
  }

  /** A text, also one with lone surrogates. */
  text(text: string): void {
    if (text.isWellFormed()) return this.out.text(text)
    const units = new Uint8Array(2 * text.length)
    const view = new DataView(units.buffer)
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true)
    this.data(extension.text, units)
  }

  private value(value: unknown): void {
    const { out } = this
    switch (typeof value) {
      case "string":
        return this.text(value)
      case "number":
        return out.number(value)
      case "boolean":
        return out.boolean(value)
      case "undefined":
        return out.extensionHead(extension.undefined, 0)
      case "bigint":
        return this.bigint(value)
      case "object":
        return value === null ? out.nil() : this.object(value)
      default:
        return this.refuse(`a ${typeof value} cannot be sent`)
    }
  }

  private object(value: object): void {
    if (Array.isArray(value)) return this.array(value)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.record(value)
    if (prototype === Uint8Array.prototype) return this.out.binary(bytesOfView(value as Uint8Array))
    if (value instanceof Error) return writeError(this, value)
    if (isDate(prototype)) {
      this.out.extensionHead(extension.date, 8)
      return this.out.float64(timeOf(value as Date))
    }
    switch (prototype) {
      case Map.prototype:
        return this.map(value as Map<unknown, unknown>)
      case Set.prototype:
        return this.set(value as Set<unknown>)
      case RegExp.prototype:
        return this.regexp(value as RegExp)
      default:
        return this.buffer(value, prototype)
    }
  }

  private record(record: object): void {
    if (Object.getOwnPropertySymbols(record).length > 0) {
      this.refuse("a property named by a symbol cannot be sent")
    }
    const keys = Object.keys(record)
    this.enter(record)
    this.out.mapHead(keys.length)
    for (const key of keys) {
      this.text(key)
      this.property(record, key)
    }
    this.leave()
  }

  /** Writes an own property of the value that was entered last. An accessor is refused unread. */
  property(of: object, key: string, step: Step = key): void {
    this.steps[this.depth - 1] = step
    const property = Object.getOwnPropertyDescriptor(of, key)
    if (property?.get !== undefined || property?.set !== undefined) {
      this.refuse("a getter or setter cannot be sent")
    }
    this.value(property?.value)
  }

  private array(items: ReadonlyArray<unknown>): void {
    if (Object.getOwnPropertySymbols(items).length > 0) {
      this.refuse("a property named by a symbol cannot be sent")
    }
    const keys = Object.keys(items)
    const { length } = items
    this.enter(items)
    // Indices come first and in order, so this says that every item is there and nothing else is.
    if (keys.length === length && (length === 0 || keys[length - 1] === String(length - 1))) {
      this.out.listHead(length)
      for (let i = 0; i < length; i++) this.item(items, i)
    } else {
      this.sparse(items, keys)
    }
    this.leave()
  }

  private item(items: ReadonlyArray<unknown>, index: number): void {
    if (!hasGetter(items, index)) {
      const item = items[index]
      // An accessor that can only be set looks like one that was never set.
      if (item !== undefined) return this.within(index, item)
    }
    this.property(items, String(index), index)
  }

  /** An array with holes, or with properties beside its items: its length, then what there is. */
  private sparse(items: ReadonlyArray<unknown>, keys: ReadonlyArray<string>): void {
    const mark = this.out.extensionBegin(extension.array)
    this.out.number(items.length)
    for (const key of keys) {
      const index = Number(key) >>> 0
      const isIndex = index < items.length && String(index) === key
      if (isIndex) this.out.number(index)
      else this.text(key)
      this.property(items, key, isIndex ? index : key)
    }
    this.out.extensionEnd(mark)
  }

  private map(map: ReadonlyMap<unknown, unknown>): void {
    // A copy by the class's own method, because it may be a proxy's turn to run between two entries.
    const entries: ReadonlyArray<[unknown, unknown]> = [...Map.prototype.entries.call(map)]
    this.enter(map)
    const mark = this.out.extensionBegin(extension.map)
    const alike = new AlikeKeys()
    const step = new MapStep()
    for (const [key, item] of entries) {
      if (alike.areTooMany(key)) this.refuse(tooManyAlike, step.toKey(key))
      this.within(step.toKey(key), key)
      this.within(step.toItem(), item)
    }
    this.out.extensionEnd(mark)
    this.leave()
  }

  private set(set: ReadonlySet<unknown>): void {
    const items = [...Set.prototype.values.call(set)]
    this.enter(set)
    const mark = this.out.extensionBegin(extension.set)
    const alike = new AlikeKeys()
    for (let i = 0; i < items.length; i++) {
      if (alike.areTooMany(items[i])) this.refuse(tooManyAlike, i)
      this.within(i, items[i])
    }
    this.out.extensionEnd(mark)
    this.leave()
  }

  private regexp(regexp: RegExp): void {
    const [source, flags] = regexpParts(regexp)
    const mark = this.out.extensionBegin(extension.regexp)
    this.text(source)
    this.out.text(flags)
    this.out.extensionEnd(mark)
  }

  private buffer(value: object, prototype: unknown): void {
    // Node's `Buffer` is all over the place, and differs from its parent in methods only.
    if (value instanceof Uint8Array && isBuffer(prototype)) {
      return this.out.binary(bytesOfView(value))
    }
    const kind = bufferTypes.findIndex(([, type]) => type?.prototype === prototype)
    if (kind < 0) {
      this.refuse(
        `an instance of ${nameOfClass(prototype)} cannot be sent; send a plain object with what it holds`,
      )
    }
    const bytes = ArrayBuffer.isView(value)
      ? bytesOfView(value)
      : bytesOfBuffer(value as ArrayBuffer)
    this.out.extensionHead(extension.buffer, bytes.length + 1)
    this.out.byte(kind)
    this.out.raw(bytes)
  }

  private bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.out.extensionHead(extension.bigint, 8)
      return this.out.int64(value)
    }
    // In base 16, because writing and reading any other takes time that grows with the square of the length.
    const digits = (value < 0n ? -value : value).toString(16)
    const codes = ascii.encode(digits.length % 2 === 0 ? digits : `0${digits}`)
    const bytes = new Uint8Array(1 + codes.length / 2)
    bytes[0] = value < 0n ? 1 : 0
    for (let i = 1; i < bytes.length; i++) {
      bytes[i] = (nibble(codes[2 * i - 2] ?? 0) << 4) | nibble(codes[2 * i - 1] ?? 0)
    }
    this.data(extension.bigint, bytes)
  }

  private data(type: number, bytes: Uint8Array): void {
    this.out.extensionHead(type, bytes.length)
    this.out.raw(bytes)
  }
}

const ascii = new TextEncoder()

/** The value of a hexadecimal digit, given as the code of its character. */
const nibble = (code: number): number => (code <= 0x39 ? code - 0x30 : code - 0x57)

const bufferPrototype: unknown = (
  globalThis as { readonly Buffer?: { readonly prototype: unknown } }
).Buffer?.prototype
const isBuffer = (prototype: unknown): boolean => prototype === bufferPrototype
