/**
 * Turns a value of the user's into what the library can carry, without running any code of the
 * value's own: texts, numbers, lists and maps into copies, everything else into extensions.
 *
 * A copy of everything, because it has been looked at and the library would look again: at what a
 * proxy, a class or somebody's iterator says the second time.
 */
import { ExtData } from "@msgpack/msgpack"
import { AlikeKeys, tooManyAlike } from "./alikeKeys.ts"
import { carriedError } from "./errorWriter.ts"
import { bufferTypes, extension } from "./extensions.ts"
import {
  carriedBigint,
  carriedDate,
  carriedNegativeZero,
  carriedUndefined,
  carriedUnits,
  isPlain,
  isPlainKey,
} from "./flatWriters.ts"
import {
  bytesOfBuffer,
  bytesOfView,
  hasGetter,
  isBuffer,
  isDate,
  regexpParts,
} from "./intrinsics.ts"
import { binaryHead, extensionHead, joined, lengthOf, Packer, type Pieces } from "./packer.ts"
import { roomyBytesMin, withRoom } from "./room.ts"
import { MapStep, nameOfClass, type Step, Walk } from "./steps.ts"
import { isOverflow, Overflow } from "./unsupported.ts"

export class ValueWriter extends Walk {
  /** Whether what of an error cannot be carried is replaced by a sentence instead of refused. */
  isLenient = false
  private readonly packer = new Packer()
  /** How many bytes may still be written, by what has been looked at so far, which takes as many at least. */
  private bytesLeft = 0

  /**
   * The bytes of a value, the caller's own; long ones have room for a frame around them.
   *
   * Throws an `UnsupportedValue`, an `Overflow`, or whatever reading the value runs into.
   */
  write(value: unknown, root: string, depthMax: number, bytesMax: number): Uint8Array {
    this.begin(root, depthMax)
    this.bytesLeft = bytesMax
    try {
      const pieces = this.packer.pack(this.carried(value))
      const length = lengthOf(pieces)
      if (length > bytesMax) throw new Overflow()
      return joined(pieces, length < roomyBytesMin ? new Uint8Array(length) : withRoom(length))
    } finally {
      this.end()
    }
  }

  /** What a step from the value that was entered last leads to, as the library can carry it. */
  within(step: Step, value: unknown): unknown {
    this.take(step)
    return this.carried(value)
  }

  /** What `carry` makes; or, where it throws, what `instead` makes of what was thrown. */
  attempt(carry: () => unknown, instead: (thrown: unknown) => unknown): unknown {
    const { depth, bytesLeft } = this
    try {
      return carry()
    } catch (error) {
      if (isOverflow(error)) throw error
      this.depth = depth
      this.bytesLeft = bytesLeft
      return instead(error)
    }
  }

  /** A text, also one that msgpack or the library would not carry as it is. */
  text(text: string): unknown {
    this.spend(text.length)
    return isPlain(text) ? text : carriedUnits(text)
  }

  /** An extension that holds a list of items, which have been carried already. */
  extension(type: number, items: ReadonlyArray<unknown>): ExtData {
    const [data, ...more] = this.packer.pack(items, true)
    // A long one is put in its place later, too, or each one around it would copy it.
    return more.length === 0 && data.length < roomyBytesMin
      ? new ExtData(type, data)
      : this.long(type, [data, ...more])
  }

  private long(type: number, pieces: Pieces): ExtData {
    return this.packer.placeOf([extensionHead(type, lengthOf(pieces)), ...pieces])
  }

  private carried(value: unknown): unknown {
    this.spend(1)
    switch (typeof value) {
      case "string":
        return this.text(value)
      case "number":
        return Object.is(value, -0) ? carriedNegativeZero : value
      case "boolean":
        return value
      case "undefined":
        return carriedUndefined
      case "bigint":
        return carriedBigint(value)
      case "object":
        return value === null ? value : this.object(value)
      default:
        return this.refuse(`a ${typeof value} cannot be sent`)
    }
  }

  private spend(bytes: number): void {
    this.bytesLeft -= bytes
    if (this.bytesLeft < 0) throw new Overflow()
  }

  private object(value: object): unknown {
    if (Array.isArray(value)) return this.array(value)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.record(value)
    if (prototype === Uint8Array.prototype) return this.binary(bytesOfView(value as Uint8Array))
    if (value instanceof Error) return carriedError(this, value)
    if (isDate(prototype)) return carriedDate(value as Date)
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

  private keysOf(object: object): ReadonlyArray<string> {
    if (Object.getOwnPropertySymbols(object).length > 0) {
      this.refuse("a property named by a symbol cannot be sent")
    }
    return Object.keys(object)
  }

  private record(record: object): unknown {
    const keys = this.keysOf(record)
    this.enter(record)
    let carried: unknown
    if (keys.every(isPlainKey)) {
      const copy: Record<string, unknown> = {}
      for (const key of keys) {
        this.spend(key.length + 1)
        copy[key] = this.property(record, key)
      }
      carried = copy
    } else {
      const items = keys.flatMap((key) => [this.text(key), this.property(record, key)])
      carried = this.extension(extension.record, items)
    }
    this.leave()
    return carried
  }

  /** An own property of the value that was entered last. An accessor is refused unread. */
  property(of: object, key: string, step: Step = key): unknown {
    this.take(step)
    const property = Object.getOwnPropertyDescriptor(of, key)
    if (property?.get !== undefined || property?.set !== undefined) {
      this.refuse("a getter or setter cannot be sent")
    }
    return this.carried(property?.value)
  }

  private array(items: ReadonlyArray<unknown>): unknown {
    const keys = this.keysOf(items)
    const { length } = items
    this.enter(items)
    let carried: unknown
    // Indices come first and in order, so this says that every item is there and nothing else is.
    if (keys.length === length && (length === 0 || keys[length - 1] === String(length - 1))) {
      const copy: Array<unknown> = []
      for (let i = 0; i < length; i++) copy.push(this.item(items, i))
      carried = copy
    } else {
      carried = this.sparse(items, keys)
    }
    this.leave()
    return carried
  }

  private item(items: ReadonlyArray<unknown>, index: number): unknown {
    if (!hasGetter(items, index)) {
      const item = items[index]
      // An accessor that can only be set looks like one that was never set.
      if (item !== undefined) return this.within(index, item)
    }
    return this.property(items, String(index), index)
  }

  /** An array with holes, or with properties beside its items: its length, then what there is. */
  private sparse(items: ReadonlyArray<unknown>, keys: ReadonlyArray<string>): ExtData {
    const parts: Array<unknown> = [items.length]
    for (const key of keys) {
      const index = Number(key) >>> 0
      const isIndex = index < items.length && String(index) === key
      parts.push(isIndex ? index : this.text(key))
      parts.push(this.property(items, key, isIndex ? index : key))
    }
    return this.extension(extension.array, parts)
  }

  private map(map: ReadonlyMap<unknown, unknown>): ExtData {
    // A copy by the class's own method, because it may be a proxy's turn to run between two entries.
    const entries: ReadonlyArray<[unknown, unknown]> = [...Map.prototype.entries.call(map)]
    this.enter(map)
    const parts: Array<unknown> = []
    const alike = new AlikeKeys()
    const step = new MapStep()
    for (const [key, item] of entries) {
      if (alike.areTooMany(key)) this.refuse(tooManyAlike, step.toKey(key))
      parts.push(this.within(step.toKey(key), key))
      parts.push(this.within(step.toItem(), item))
    }
    this.leave()
    return this.extension(extension.map, parts)
  }

  private set(set: ReadonlySet<unknown>): ExtData {
    const items = [...Set.prototype.values.call(set)]
    this.enter(set)
    const alike = new AlikeKeys()
    const parts = items.map((item, i) => {
      if (alike.areTooMany(item)) this.refuse(tooManyAlike, i)
      return this.within(i, item)
    })
    this.leave()
    return this.extension(extension.set, parts)
  }

  private regexp(regexp: RegExp): ExtData {
    const [source, flags] = regexpParts(regexp)
    return this.extension(extension.regexp, [this.text(source), flags])
  }

  private binary(bytes: Uint8Array): unknown {
    this.spend(bytes.length)
    if (bytes.length < roomyBytesMin) return bytes
    return this.packer.placeOf([binaryHead(bytes.length), bytes])
  }

  private buffer(value: object, prototype: unknown): unknown {
    // Node's `Buffer` is all over the place, and differs from its parent in methods only.
    if (value instanceof Uint8Array && isBuffer(prototype)) return this.binary(bytesOfView(value))
    const kind = bufferTypes.findIndex(([, type]) => type?.prototype === prototype)
    if (kind < 0) {
      this.refuse(
        `an instance of ${nameOfClass(prototype)} cannot be sent; send a plain object with what it holds`,
      )
    }
    const bytes = ArrayBuffer.isView(value)
      ? bytesOfView(value)
      : bytesOfBuffer(value as ArrayBuffer)
    this.spend(bytes.length)
    const pieces: Pieces = [Uint8Array.of(kind), bytes]
    return bytes.length < roomyBytesMin
      ? new ExtData(extension.buffer, joined(pieces))
      : this.long(extension.buffer, pieces)
  }
}
