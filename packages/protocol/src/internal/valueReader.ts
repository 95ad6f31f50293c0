/** Reads what `ValueWriter` writes, from bytes that may come from anybody. */
import { ExtData } from "@msgpack/msgpack"
import { AlikeKeys, tooManyAlike } from "./alikeKeys.ts"
import { errorNames, errorParts, extension, makeError } from "./extensions.ts"
import { copyOf, flatReaders } from "./flatReaders.ts"
import { Malformed, Scan, unlimited } from "./scan.ts"
import { Unpacker } from "./unpacker.ts"

type Items = Array<unknown>

/**
 * One value at a time: the bytes are scanned, the library reads them, and its lists and maps become
 * what is returned. What an extension holds is scanned and read when it is its turn, so everything is
 * looked at once.
 */
export class ValueReader {
  private readonly scan: Scan
  private readonly unpacker = new Unpacker()
  private depthMax = 0
  /** Where in its buffer what is read begins. */
  private begin = 0
  /** How many properties have been seen of those that the maps read last are said to have. */
  private properties = 0

  constructor(scan: Scan = new Scan()) {
    this.scan = scan
  }

  /** The one value that the bytes are. Throws an `Error` for anything else. */
  read(bytes: Uint8Array, depthMax: number): unknown {
    if (depthMax !== this.depthMax) this.scan.under({ ...unlimited, depthMax })
    this.depthMax = depthMax
    this.begin = bytes.byteOffset
    return this.value(bytes, 0)
  }

  /** What bytes are that lie so deep in lists and maps. */
  private value(bytes: Uint8Array, depth: number): unknown {
    const { scan } = this
    scan.one(bytes, depth, bytes.byteOffset - this.begin)
    const { entries, hasExtras } = scan
    const value = this.unpacker.read(bytes)
    if ((entries === 0 && !hasExtras) || typeof value !== "object" || value === null) return value
    const outer = this.properties
    this.properties = 0
    const settled = this.settled(value, depth)
    if (this.properties !== entries) this.fail(bytes, "an object with the same key twice")
    this.properties = outer
    return settled
  }

  /** The items of the list that an extension holds, which lies so deep in lists and maps. */
  private items(data: Uint8Array, depth: number): Items {
    const items = this.value(data, depth)
    return Array.isArray(items) ? items : this.fail(data, "something else where a list should be")
  }

  private fail(data: Uint8Array, reason: string): never {
    throw new Malformed(`byte ${data.byteOffset - this.begin}: ${reason}`)
  }

  private settleItems(items: Items, depth: number): void {
    for (let i = 0; i < items.length; i++) {
      const item = items[i]
      if (typeof item === "object" && item !== null) items[i] = this.settled(item, depth)
    }
  }

  private settled(value: object, depth: number): unknown {
    if (Array.isArray(value)) {
      this.settleItems(value, depth + 1)
      return value
    }
    if (value instanceof ExtData) return this.extension(value.type, value.data as Uint8Array, depth)
    if (value instanceof Uint8Array) return copyOf(value)
    const record = value as Record<string, unknown>
    const keys = Object.keys(record)
    this.properties += keys.length
    for (const key of keys) {
      const item = record[key]
      if (typeof item === "object" && item !== null) record[key] = this.settled(item, depth + 1)
    }
    return value
  }

  private extension(type: number, data: Uint8Array, depth: number): unknown {
    switch (type) {
      case extension.regexp:
        return this.regexp(data, depth)
      case extension.map:
        return this.map(data, depth)
      case extension.set:
        return this.set(data, depth)
      case extension.error:
        return this.error(data, depth)
      case extension.array:
        return this.sparse(data, depth)
      case extension.record:
        return this.record(data, depth)
      default:
        return this.flat(type, data)
    }
  }

  private flat(type: number, data: Uint8Array): unknown {
    const read = flatReaders[type]
    if (read === undefined) return this.fail(data, `there is no extension ${type}`)
    try {
      return read(data)
    } catch (error) {
      return this.fail(data, (error as Error).message)
    }
  }

  private regexp(data: Uint8Array, depth: number): RegExp {
    // A regular expression holds no values, so its list is no level of its own.
    const [source, flags, ...more] = this.items(data, depth - 1)
    if (typeof source !== "string" || typeof flags !== "string") {
      return this.fail(data, "something else where a text should be")
    }
    if (more.length > 0) this.fail(data, "more than a regular expression")
    try {
      return new RegExp(source, flags)
    } catch (cause) {
      return this.fail(data, `a regular expression that is none: ${(cause as Error).message}`)
    }
  }

  private map(data: Uint8Array, depth: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    const alike = new AlikeKeys()
    for (const [key, value] of this.pairs(data, this.items(data, depth), 0)) {
      if (map.has(key)) this.fail(data, "a Map with the same key twice")
      if (alike.areTooMany(key)) this.fail(data, tooManyAlike)
      map.set(key, value)
    }
    return map
  }

  private set(data: Uint8Array, depth: number): Set<unknown> {
    const set = new Set<unknown>()
    const alike = new AlikeKeys()
    for (const item of this.items(data, depth)) {
      if (set.has(item)) this.fail(data, "a Set with the same item twice")
      if (alike.areTooMany(item)) this.fail(data, tooManyAlike)
      set.add(item)
    }
    return set
  }

  private error(data: Uint8Array, depth: number): Error {
    const parts = this.items(data, depth)
    const [kind, name, message, stack, hasCause] = parts
    if (parts.length < 5) this.fail(data, "an error that ends where a value should be")
    const usual = typeof kind === "number" ? errorNames[kind] : undefined
    if (usual === undefined) return this.fail(data, "an error of a class that nobody knows")
    if (!isTextOrNil(name) || !isTextOrNil(message) || !isTextOrNil(stack)) {
      return this.fail(data, "something else where a text of an error should be")
    }
    if (typeof hasCause !== "boolean" || (hasCause && parts.length < 6)) {
      this.fail(data, "an error that does not say if it has a cause")
    }
    const error = makeError(usual, message, name ?? usual)
    if (name !== null && usual !== "DOMException") setHidden(error, "name", name)
    setHidden(error, "stack", stack ?? `${name ?? usual}: ${message ?? ""}`)
    if (hasCause) setHidden(error, "cause", parts[5])
    const isAggregate = usual === "AggregateError"
    for (const [key, value] of this.pairs(data, parts, hasCause ? 6 : 5)) {
      if (isAggregate && key === "errors") setHidden(error, "errors", value)
      else this.setOwn(error, data, key, value)
    }
    return error
  }

  private record(data: Uint8Array, depth: number): object {
    const parts = this.items(data, depth)
    const record = {}
    for (const [key, value] of this.pairs(data, parts, 0)) this.setOwn(record, data, key, value)
    return record
  }

  private sparse(data: Uint8Array, depth: number): Items {
    const parts = this.items(data, depth)
    const [length] = parts
    if (typeof length !== "number" || !(length >= 0 && length <= lengthMax && length % 1 === 0)) {
      return this.fail(data, "an array without a length")
    }
    const items: Items = []
    // Far more holes than items: from this length on an engine makes room for what is there only,
    // and it stays at that when the array becomes shorter.
    if (length > data.length) items.length = lengthMax
    items.length = length
    for (const [key, value] of this.pairs(data, parts, 1)) {
      if (typeof key === "number") {
        if (!(key >= 0 && key < length && key % 1 === 0)) {
          this.fail(data, "an item that lies outside of its array")
        }
        if (Object.hasOwn(items, key)) this.fail(data, `the item ${key} twice`)
        items[key] = value
      } else {
        if (isIndex(key)) this.fail(data, "an item's number as a text")
        this.setOwn(items, data, key, value)
      }
    }
    return items
  }

  /** What stands from `from` on: a key, its value, a key, its value. */
  private *pairs(data: Uint8Array, parts: Items, from: number): Generator<[unknown, unknown]> {
    if ((parts.length - from) % 2 !== 0) this.fail(data, "a key without a value")
    for (let i = from; i < parts.length; i += 2) yield [parts[i], parts[i + 1]]
  }

  /** Gives an object a property that it does not have, whatever its name means elsewhere. */
  private setOwn(object: object, data: Uint8Array, key: unknown, value: unknown): void {
    if (typeof key !== "string") return this.fail(data, "a key that is no text")
    if (object instanceof Error && errorParts.has(key)) {
      return this.fail(data, `an error with a field named ${key}`)
    }
    if (Object.hasOwn(object, key)) {
      return this.fail(data, `the key ${JSON.stringify(key.slice(0, 100))} twice`)
    }
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}

const isTextOrNil = (part: unknown): part is string | null =>
  typeof part === "string" || part === null

/** As long as an array can be. */
const lengthMax = 0xffff_ffff

/** Whether an array takes a key for the number of an item. */
const isIndex = (key: unknown): boolean =>
  typeof key === "string" && Number(key) >>> 0 < lengthMax && String(Number(key) >>> 0) === key

const setHidden = (error: Error, key: string, value: unknown): void => {
  Object.defineProperty(error, key, {
    value,
    enumerable: false,
    configurable: true,
    writable: true,
  })
}
