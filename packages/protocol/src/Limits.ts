/**
 * How much one side takes from the other, and gives it to take.
 *
 * Whoever sends bytes decides what they claim to be, so everything that could grow without bound is
 * measured before room is made for it. The same numbers hold for what a side sends: a value that is
 * too long is refused where it is submitted or returned, and never ends a session. Give all sides of
 * a cluster the same limits.
 */
export interface Limits {
  /** How long an encoded input or result may be, in bytes. 67,108,864 (64 MiB) unless told otherwise. */
  readonly payloadBytesMax: number
  /** How deep lists and objects may lie in one another in a value. 256 unless told otherwise. */
  readonly valueDepthMax: number
  /** How long a frame may be, in bytes. Twice `payloadBytesMax` and 1 MiB unless told otherwise, and never less than once and 1 MiB. */
  readonly frameBytesMax: number
  /** How many messages a frame may have, and any other list in it items. 65,536 unless told otherwise. */
  readonly frameItemsMax: number
  /** How deep lists may lie in one another in a frame. From 4, which the messages need; 16 unless told otherwise. */
  readonly frameDepthMax: number
  /** How long a text in a frame may be, such as a name or a line, in bytes. From 4,096; 1,048,576 (1 MiB) unless told otherwise. Lines beyond a quarter of it are cut. */
  readonly textBytesMax: number
}

const mebi = 1_048_576

/** A frame with the longest payload holds its names as well. */
const besidePayloadBytes = mebi

/** Frame, messages, message, list within a message. */
const frameDepthMin = 4

/** Sessions and workers have names, and errors have reasons. */
const textBytesMin = 4_096

/**
 * Limits with what is not given as it is by default. Throws a `RangeError` for a number that is not
 * one, and for a frame too short for the longest payload.
 */
export const makeLimits = (given: Partial<Limits> = {}): Limits => {
  const { payloadBytesMax = 64 * mebi } = given
  const limits: Limits = {
    payloadBytesMax,
    valueDepthMax: given.valueDepthMax ?? 256,
    frameBytesMax: given.frameBytesMax ?? 2 * payloadBytesMax + besidePayloadBytes,
    frameItemsMax: given.frameItemsMax ?? 65_536,
    frameDepthMax: given.frameDepthMax ?? 16,
    textBytesMax: given.textBytesMax ?? mebi,
  }
  for (const [name, value] of Object.entries(limits)) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new RangeError(`${name} is ${value}; give a whole number from 1 up`)
  }
  if (limits.frameBytesMax < payloadBytesMax + besidePayloadBytes) {
    throw new RangeError(
      `frameBytesMax is ${limits.frameBytesMax}; give at least payloadBytesMax and ` +
        `${besidePayloadBytes} more: ${payloadBytesMax + besidePayloadBytes}`,
    )
  }
  for (const [name, least] of [
    ["frameDepthMax", frameDepthMin],
    ["textBytesMax", textBytesMin],
  ] as const) {
    if (limits[name] >= least) continue
    throw new RangeError(`${name} is ${limits[name]}; give at least ${least}`)
  }
  return limits
}

/** What holds where nobody said otherwise. */
export const limitsDefault: Limits = makeLimits()

/**
 * What a client or a worker takes from its scheduler. A payload that is too long is left to whoever
 * decodes it: it shall fail its task, and not end the session of all the others.
 */
export const asReceived = (limits: Limits): Limits => ({
  ...limits,
  payloadBytesMax: limits.frameBytesMax,
})
