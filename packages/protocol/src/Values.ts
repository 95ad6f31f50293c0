/**
 * Values: what a task takes and gives, as bytes.
 *
 * Encoded once by the side that has the value, decoded once by the side that needs it; the
 * scheduler forwards the bytes without opening them. A value arrives equal, as from
 * `structuredClone`, or is refused by an error that names the path to what cannot be sent.
 * `docs/wire.md` has what can be, and the bytes.
 */
import { adoptRoom, roomyBytesMin, withRoom } from "./internal/room.ts"
import { isOverflow, isUnsupported, told, UnsupportedValue } from "./internal/unsupported.ts"
import { ValueReader } from "./internal/valueReader.ts"
import { ValueWriter } from "./internal/valueWriter.ts"
import { type Limits, limitsDefault } from "./Limits.ts"

export { shown } from "./internal/shown.ts"
export { UnsupportedValue } from "./internal/unsupported.ts"

/** What of the limits concerns values. */
export type ValueLimits = Pick<Limits, "payloadBytesMax" | "valueDepthMax">

/** Bytes that are no value: at which byte, and why. */
export class UndecodableValue extends Error {
  readonly _tag = "UndecodableValue"
  constructor(reason: string) {
    super(reason)
    this.name = "UndecodableValue"
  }
}

const nothing = new Uint8Array(0)

/**
 * Encodes a value; `root` names it in the error, which is an `UnsupportedValue`.
 *
 * Runs no code of the value's own: no getter, no `toJSON`, no iterator. Only a proxy cannot be told
 * from what it stands for. The bytes are the caller's own; long ones have room for the frame that
 * `Wire.encode` builds around them, and binaries have been copied into them once.
 */
export const encode = (
  value: unknown,
  root = "value",
  limits: ValueLimits = limitsDefault,
): Uint8Array => encodeWith(value, root, limits, false)

/**
 * Encodes whatever a function threw, and never throws itself.
 *
 * What of it cannot be carried is replaced by a sentence that says so: losing a field of an error
 * is better than losing the error.
 */
export const encodeThrown = (thrown: unknown, limits: ValueLimits = limitsDefault): Uint8Array => {
  try {
    return encodeWith(thrown, "error", limits, true)
  } catch (refusal) {
    return encode(new Error(`The task threw something that cannot be sent: ${told(refusal)}`))
  }
}

/**
 * Decodes what `encode` made, of any version that this one knows.
 *
 * Throws an `UndecodableValue` for anything else, and for more than the limits allow. What that
 * costs is in proportion to the number of bytes, whatever they claim. Every binary of the value has
 * been copied once, into a buffer of its own.
 */
export const decode = (bytes: Uint8Array, limits: ValueLimits = limitsDefault): unknown => {
  if (bytes.length === 0) return undefined
  const { payloadBytesMax, valueDepthMax } = limits
  if (bytes.length > payloadBytesMax) {
    throw new UndecodableValue(
      `${bytes.length} bytes, and ${payloadBytesMax} are allowed (payloadBytesMax)`,
    )
  }
  try {
    return reader.read(bytes, valueDepthMax)
  } catch (error) {
    // Some limits are the engine's: of its stack, and of how much a Map can hold.
    const { message } = error as Error
    const isEngines = error instanceof RangeError
    throw new UndecodableValue(isEngines ? `too much for this runtime: ${message}` : message)
  }
}

/**
 * Takes over bytes that `encode` made in another thread and that were moved here whole, so that a
 * frame can be built around them here too. Their buffer must be nobody else's any more.
 */
export const adopt = (bytes: Uint8Array): void => adoptRoom(bytes)

/**
 * Room for a payload of that length to be received into. When all of it has been written a frame can be
 * built around it where it lies.
 */
export const roomFor = (length: number): Uint8Array<ArrayBuffer> =>
  length < roomyBytesMin ? new Uint8Array(length) : withRoom(length)

const encodeWith = (
  value: unknown,
  root: string,
  { payloadBytesMax, valueDepthMax }: ValueLimits,
  isLenient: boolean,
): Uint8Array => {
  if (value === undefined) return nothing
  const writer = idleWriter ?? new ValueWriter()
  idleWriter = undefined
  try {
    writer.isLenient = isLenient
    return writer.write(value, root, valueDepthMax, payloadBytesMax)
  } catch (error) {
    if (isOverflow(error)) {
      throw new UnsupportedValue(
        root,
        `longer than ${payloadBytesMax} bytes; send it in parts, or give every side a larger payloadBytesMax`,
      )
    }
    // A detached buffer, a revoked proxy, something that only claims to be a Map.
    throw isUnsupported(error) ? error : new UnsupportedValue(root, "it could not be read")
  } finally {
    idleWriter = writer
  }
}

// Kept, because making one costs ten times what using it does. The writer is taken while in use: a
// proxy may run somebody's code in the middle of it, and that may encode, too.
let idleWriter: ValueWriter | undefined
const reader = new ValueReader()
