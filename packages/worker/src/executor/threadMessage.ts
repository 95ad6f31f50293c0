/**
 * What the main side and a thread say to each other.
 *
 * Tuples and numbers instead of objects: structured clone writes every property name of every
 * object into every message.
 */
import type { Limits, Message } from "@scaler-ts/protocol"
import type { MemberEnd } from "./poolMember.ts"

/** What a thread is started with: memory that both sides see, and limits for its values. */
export interface ThreadShare {
  readonly claims: SharedArrayBuffer
  readonly flow: SharedArrayBuffer
  readonly limits: Limits
}

/** From this length on, moving a buffer of its own costs less than copying it with its message. */
export const moveBytesMin = 4096

export const toThread = { run: 0, abort: 1, child: 2 } as const

/**
 * Attempts to run, in order. Five numbers each in `work`: sequence number, index of the task, number
 * of the attempt, 1 if somebody wants its output and 0 otherwise, and the length of its input, which
 * lies in `packed` behind the previous one's, or is the next of `large` if the length is `inLarge`.
 */
export type RunMessage = readonly [
  kind: typeof toThread.run,
  /** Tasks the thread has not been told of yet: URL of the module and name; each gets the next index. */
  newTasks: ReadonlyArray<string>,
  work: ReadonlyArray<number>,
  packed: Uint8Array<ArrayBuffer>,
  large: ReadonlyArray<Uint8Array>,
  /** The span that each attempt is, as a `traceparent`; left out from the first on behind which all have none. */
  traceparents: ReadonlyArray<string>,
]

export const numbersPerAttempt = 5
export const inLarge = -1

export type AbortMessage = readonly [kind: typeof toThread.abort, seq: number]

/** What has come about a child of the attempt, in a frame. */
export type ChildMessage = readonly [kind: typeof toThread.child, seq: number, frame: Uint8Array]

export type ToThread = RunMessage | AbortMessage | ChildMessage

export const fromThread = {
  up: 0,
  returned: 1,
  threw: 2,
  stopped: 3,
  progress: 4,
  log: 5,
  said: 6,
  waits: 7,
} as const

/** How an attempt ended: the encoded value or error, and how long the function ran. */
export type EndMessage = readonly [
  kind: typeof fromThread.returned | typeof fromThread.threw | typeof fromThread.stopped,
  seq: number,
  payload: Uint8Array,
  runMs: number,
]

/** What the kinds of ends are called. */
export const endKinds: Readonly<Record<EndMessage[0], MemberEnd["kind"]>> = {
  1: "returned",
  2: "threw",
  3: "stopped",
}

export type FromThread =
  | EndMessage
  | readonly [kind: typeof fromThread.up]
  /** There is progress to be taken from `ThreadFlow`. */
  | readonly [kind: typeof fromThread.progress, seq: number]
  | readonly [kind: typeof fromThread.log, seq: number, line: string, from: Message.OutputSource]
  /** A client within the attempt has said something about a child, in a frame. */
  | readonly [kind: typeof fromThread.said, seq: number, frame: Uint8Array]
  | readonly [kind: typeof fromThread.waits, seq: number, isWaiting: boolean]
