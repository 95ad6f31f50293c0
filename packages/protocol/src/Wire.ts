/**
 * The wire format: msgpack frames of many messages, positional, with the version in every frame.
 *
 * ```text
 * frame   = [major, minor, sequence, acknowledged, [message, …]]
 * message = [kind, field, …]
 * ```
 *
 * `sequence` numbers the frames of one direction of a session from 1; `acknowledged` is the last
 * number received from the other side.
 */
import { Fields, malformed } from "./internal/fields.ts"
import { FrameReader } from "./internal/frameReader.ts"
import { writeFrame } from "./internal/frameWriter.ts"
import { read, tagOfKind } from "./internal/layout.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import type {
  Message,
  OfSubmitter,
  SchedulerToClient,
  SchedulerToOperator,
  SchedulerToWorker,
  ToScheduler,
  ToSubmitter,
} from "./Message.ts"
import { ProtocolError } from "./ProtocolError.ts"
import { versionMajor, versionMinor } from "./version.ts"

export { attemptsMaxDefault } from "./internal/layout.ts"
export { versionMajor, versionMinor } from "./version.ts"

/** A frame with its messages decoded. */
export interface Frame<In extends Message> {
  readonly sequence: number
  readonly acknowledged: number
  readonly messages: ReadonlyArray<In>
  /** How many messages were of a kind that only a newer minor version knows. */
  readonly skipped: number
}

/** Which messages a side may hear. A message of the other direction is malformed there. */
export interface Direction<In extends Message> {
  readonly name: string
  readonly tags: { readonly [T in In["_tag"]]: true }
}

/** What a scheduler may hear. */
export const toScheduler: Direction<ToScheduler> = {
  name: "a scheduler",
  tags: {
    ClientHello: true,
    Task: true,
    TaskCancel: true,
    TaskLogTaken: true,
    TaskDetach: true,
    TaskAttach: true,
    Heartbeat: true,
    ClientDisconnect: true,
    ProtocolError: true,
    WorkerHello: true,
    TaskStarted: true,
    TaskResult: true,
    TaskCancelConfirm: true,
    TaskProgress: true,
    TaskLog: true,
    TaskStopping: true,
    TaskWaits: true,
    TaskResumes: true,
    Drain: true,
    WorkerGoodbye: true,
    OperatorHello: true,
    StatusAsked: true,
    TasksAsked: true,
    WatchAsked: true,
    OrderAsked: true,
  },
}

/** What a client may hear. */
export const toClient: Direction<SchedulerToClient> = {
  name: "a client",
  tags: {
    HelloEcho: true,
    TaskStarted: true,
    TaskResult: true,
    TaskCancelConfirm: true,
    TaskProgress: true,
    TaskLog: true,
    TaskCredit: true,
    TaskAttached: true,
    TaskAttachRefused: true,
    HeartbeatEcho: true,
    ClientDisconnectEcho: true,
    ProtocolError: true,
  },
}

/** What a worker may hear. */
export const toWorker: Direction<SchedulerToWorker> = {
  name: "a worker",
  tags: {
    HelloEcho: true,
    Task: true,
    TaskCancel: true,
    TaskLogTaken: true,
    TaskStarted: true,
    TaskResult: true,
    TaskCancelConfirm: true,
    TaskProgress: true,
    TaskLog: true,
    HeartbeatEcho: true,
    Drain: true,
    ProtocolError: true,
  },
}

/** What an operator may hear. */
export const toOperator: Direction<SchedulerToOperator> = {
  name: "an operator",
  tags: {
    HelloEcho: true,
    WorkerTold: true,
    WaitingTold: true,
    StatusTold: true,
    TaskTold: true,
    TasksTold: true,
    OrderTold: true,
    HeartbeatEcho: true,
    ProtocolError: true,
  },
}

/** What an attempt may say of its children. */
export const ofChildren: Direction<OfSubmitter> = {
  name: "the worker of a parent",
  tags: { Task: true, TaskCancel: true, TaskLogTaken: true },
}

/** What an attempt may hear of its children. */
export const toChildren: Direction<ToSubmitter> = {
  name: "a parent",
  tags: {
    TaskStarted: true,
    TaskResult: true,
    TaskCancelConfirm: true,
    TaskProgress: true,
    TaskLog: true,
  },
}

// Kept, because making one costs ten times what using it does. Neither can be re-entered: they call no user code.
const reader = new FrameReader()
const fields = new Fields()

/**
 * Encodes messages as one frame. The bytes are the caller's own.
 *
 * A long payload that is alone in its frame is not copied where `Values.encode` made it: the frame
 * is built around it, in the same buffer. Encoded again, it is copied.
 */
export const encode = (
  messages: ReadonlyArray<Message>,
  sequence: number,
  acknowledged: number,
): Uint8Array => writeFrame([versionMajor, versionMinor, sequence, acknowledged], messages)

/**
 * Decodes a frame. Payloads are views of it, so they live as long as it does.
 *
 * Throws a `ProtocolError` that says what and where, whatever the bytes are. What that costs is in
 * proportion to their number, whatever they claim.
 */
export const decode = <In extends Message>(
  bytes: Uint8Array,
  direction: Direction<In>,
  limits: Limits = limitsDefault,
): Frame<In> => {
  const [, minor, sequence, acknowledged, list] = envelope(bytes, limits)
  const messages: Array<In> = []
  let skipped = 0
  for (let index = 0; index < list.length; index++) {
    const message = decodeMessage(list[index], index, direction, minor)
    if (message === undefined) skipped++
    else messages.push(message)
  }
  return { sequence, acknowledged, messages, skipped }
}

const versionMismatch = (major: number, minor: number): ProtocolError =>
  new ProtocolError(
    "frame, version",
    `the peer speaks protocol version ${major}.${minor}, this side ${versionMajor}.${versionMinor}; ` +
      "install the same major version of scaler-ts on both",
  )

type Envelope = readonly [number, number, number, number, ReadonlyArray<unknown>]

const envelopeFields = ["major version", "minor version", "sequence", "acknowledged"] as const

const envelope = (bytes: Uint8Array, limits: Limits): Envelope => {
  if (bytes.length > limits.frameBytesMax) {
    throw new ProtocolError(
      "frame",
      `${bytes.length} bytes, and ${limits.frameBytesMax} are allowed (frameBytesMax)`,
    )
  }
  let frame: unknown
  try {
    frame = reader.read(bytes, limits)
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new ProtocolError("frame", `not one msgpack value: ${what}`, { cause })
  }
  if (!Array.isArray(frame)) throw malformed("frame", "an array", frame)
  for (let i = 0; i < envelopeFields.length; i++) {
    if (!Number.isSafeInteger(frame[i]) || frame[i] < 0) {
      throw malformed(`frame, ${envelopeFields[i]}`, "a whole number from 0 up", frame[i])
    }
    // The version comes before the rest: another major version may put anything there.
    if (i === 1 && frame[0] !== versionMajor) throw versionMismatch(frame[0], frame[1])
  }
  if (frame[2] === 0) throw malformed("frame, sequence", "a whole number from 1 up", 0)
  if (!Array.isArray(frame[4])) throw malformed("frame, messages", "an array", frame[4])
  return frame as unknown as Envelope
}

const decodeMessage = <In extends Message>(
  values: unknown,
  index: number,
  direction: Direction<In>,
  minor: number,
): In | undefined => {
  if (!Array.isArray(values)) throw malformed(`message ${index}`, "an array", values)
  const kind: unknown = values[0]
  const tag = typeof kind === "number" ? tagOfKind[kind] : undefined
  if (tag === undefined) {
    if (minor > versionMinor && Number.isSafeInteger(kind)) return undefined
    throw malformed(`message ${index}, kind`, "a known kind", kind)
  }
  if (!Object.hasOwn(direction.tags, tag)) {
    throw new ProtocolError(`message ${index} (${tag})`, `not for ${direction.name}`)
  }
  return read(tag, fields.at(index, tag, values)) as In // The direction has just allowed the tag.
}
