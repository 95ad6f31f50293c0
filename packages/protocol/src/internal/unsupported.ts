/** Why a value cannot be carried. */

/** A value that cannot be carried: where it is within the whole, and why. */
export class UnsupportedValue extends Error {
  readonly _tag = "UnsupportedValue"
  /** Such as `input.pages[3].render`. */
  readonly path: string
  readonly reason: string
  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.name = "UnsupportedValue"
    this.path = path
    this.reason = reason
  }
}

/** The reason for a value that would be written into itself. */
export const cyclic = "cyclic: it lies within itself"

/** Why something was refused. What a hostile value throws may throw again when it is looked at. */
export const told = (refusal: unknown): string =>
  isUnsupported(refusal) ? refusal.reason : "it could not be read"

/** Whether it is an `UnsupportedValue`. What a hostile value throws may throw when it is asked. */
export const isUnsupported = (error: unknown): error is UnsupportedValue => {
  try {
    return error instanceof UnsupportedValue
  } catch {
    return false
  }
}

/** Thrown for a value that takes more bytes than are allowed. */
export class Overflow extends Error {}

/** Whether it is an `Overflow`. What a hostile value throws may throw when it is asked. */
export const isOverflow = (error: unknown): boolean => {
  try {
    return error instanceof Overflow
  } catch {
    return false
  }
}
