/** Reads the positional fields of one message, and says which one is not what it should be. */
import { ProtocolError } from "../ProtocolError.ts"

// By its prototype: msgpack's timestamps and extensions are objects, too.
const isPlainMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const kindOf = (value: unknown): string =>
  value === undefined
    ? "nothing"
    : value === null
      ? "nil"
      : Array.isArray(value)
        ? "an array"
        : value instanceof Uint8Array
          ? "bytes"
          : typeof value === "number"
            ? String(value)
            : typeof value === "object"
              ? isPlainMap(value)
                ? "a map"
                : "an extension"
              : `a ${typeof value}`

/** The error for a value at `where` that is not `wanted`. */
export const malformed = (where: string, wanted: string, got: unknown): ProtocolError =>
  new ProtocolError(where, `expected ${wanted}, got ${kindOf(got)}`)

export const noQuantities: Readonly<Record<string, number>> = Object.freeze({})

/** A cursor over the fields of message after message; one is enough for a whole frame. */
export class Fields {
  private message = ""
  private index = 0
  private values: ReadonlyArray<unknown> = []

  /** Moves on to the message that is number `index` of its frame. */
  at(index: number, message: string, values: ReadonlyArray<unknown>): this {
    this.index = index
    this.message = message
    this.values = values
    return this
  }

  private fromZero(position: number, field: string, wanted: string): number {
    const value = this.values[position]
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value
    throw this.wrong(field, wanted, value)
  }

  private wrong(field: string, wanted: string, got: unknown): ProtocolError {
    return malformed(`message ${this.index} (${this.message}), field ${field}`, wanted, got)
  }

  /** Whether the field at `position` is the last. */
  endAfter(position: number): boolean {
    return this.values.length === position + 1
  }

  natural(position: number, field: string): number {
    const value = this.values[position]
    if (typeof value === "number" && value >= 0 && Number.isSafeInteger(value)) return value
    throw this.wrong(field, "a whole number from 0 up", value)
  }

  number(position: number, field: string): number {
    const value = this.values[position]
    if (typeof value === "number" && Number.isFinite(value)) return value
    throw this.wrong(field, "a finite number", value)
  }

  quantity(position: number, field: string): number {
    return this.fromZero(position, field, "a quantity from 0 up")
  }

  duration(position: number, field: string): number {
    return this.fromZero(position, field, "milliseconds, from 0 up")
  }

  durationOrNil(position: number, field: string): number | undefined {
    return this.values[position] === null ? undefined : this.duration(position, field)
  }

  boolean(position: number, field: string): boolean {
    const value = this.values[position]
    if (typeof value === "boolean") return value
    throw this.wrong(field, "true or false", value)
  }

  text(position: number, field: string): string {
    const value = this.values[position]
    if (typeof value === "string") return value
    throw this.wrong(field, "text", value)
  }

  bytes(position: number, field: string): Uint8Array {
    const value = this.values[position]
    if (value instanceof Uint8Array) return value
    throw this.wrong(field, "bytes", value)
  }

  texts(position: number, field: string): ReadonlyArray<string> {
    const value = this.values[position]
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value
    throw this.wrong(field, "a list of texts", value)
  }

  quantities(position: number, field: string): Readonly<Record<string, number>> {
    const value = this.values[position]
    if (value === null) return noQuantities
    if (!isPlainMap(value)) throw this.wrong(field, "a map of quantities", value)
    for (const name in value) {
      const quantity = value[name]
      if (typeof quantity !== "number" || !(quantity >= 0)) {
        throw this.wrong(`${field}.${name}`, "a quantity from 0 up", quantity)
      }
    }
    return value as Readonly<Record<string, number>>
  }

  oneOf<const Name extends string>(
    position: number,
    field: string,
    names: ReadonlyArray<Name>,
  ): Name {
    const value = this.values[position]
    const name = typeof value === "number" ? names[value] : undefined
    if (name !== undefined) return name
    throw this.wrong(field, `a number from 0 to ${names.length - 1}`, value)
  }
}
