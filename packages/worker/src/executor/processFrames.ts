/**
 * What the main side and a process say to each other: frames on two pipes, one for each direction.
 *
 * A frame is a head of fixed length and a body, which is bytes as they are. The body is read into a
 * buffer of its own, and that is the one copy that either side makes of a payload.
 */

/** From the main side. `task`: `index` will stand for the module and name in the body. `runListened`: a `run` whose output is wanted. `child`: what has come about a child of the attempt. `trace`: the body is the `traceparent` of the next attempt. */
export const toProcess = { task: 0, run: 1, abort: 2, runListened: 3, child: 4, trace: 5 } as const

/**
 * From a process. `begun`: it does something for an attempt from here on. `died`: the body says of what
 * uncaught error it is about to die. `turn`: JavaScript goes on in the other of its two streams. `said`: something
 * about a child, in a frame. `waits`: it waits for children from here on, or does no more.
 */
export const fromProcess = {
  up: 0,
  returned: 1,
  threw: 2,
  stopped: 3,
  progress: 4,
  log: 5,
  died: 6,
  begun: 7,
  turn: 8,
  said: 9,
  waits: 10,
} as const

/** Added to the kind of a frame from a process that has its place among what is printed (`processMark.ts`). */
export const meets = 0x80

/** What stands before the body. Which of it means something depends on the kind. */
export interface Head {
  readonly kind: number
  readonly seq: number
  /**
   * Of a task; of what a line is from; with an end, how much memory the process uses, in MiB, if that is
   * wanted.
   */
  readonly index: number
  /** The number of the attempt, the fraction of a progress, 1 for one that begins to wait and 0 for one that goes on, or how long a function ran, in milliseconds. */
  readonly value: number
}

/** What a line is from, by its index. */
export const sources = ["log", "stdout", "stderr"] as const

/** Length of the body, kind, sequence number, index, value. */
const headBytes = 21

export const headOf = ({ kind, seq, index, value }: Head, bodyBytes: number): Uint8Array => {
  const head = new Uint8Array(headBytes)
  const view = new DataView(head.buffer)
  view.setUint32(0, bodyBytes)
  view.setUint8(4, kind)
  view.setUint32(5, seq)
  view.setUint32(9, index)
  view.setFloat64(13, value)
  return head
}

export interface FrameReaderSettings {
  /** A longer body is none of ours. */
  readonly bodyBytesMax: number
  /** Makes room for a body. */
  readonly room: (bytes: number) => Uint8Array
  readonly onFrame: (head: Head, body: Uint8Array) => void
}

/** Puts frames together from whatever pieces they arrive in. */
export class FrameReader {
  private readonly settings: FrameReaderSettings
  private readonly headRoom = new Uint8Array(headBytes)
  private head: Head | undefined
  private room: Uint8Array = this.headRoom
  /** How much of `room` has been filled. */
  private filled = 0

  constructor(settings: FrameReaderSettings) {
    this.settings = settings
  }

  /** Takes what has arrived. `false`: it is no frame, and nothing that follows can be understood. */
  push(chunk: Uint8Array): boolean {
    let at = 0
    while (at < chunk.length) {
      const part = chunk.subarray(at, at + this.room.length - this.filled)
      this.room.set(part, this.filled)
      this.filled += part.length
      at += part.length
      if (this.filled === this.room.length && !this.turn()) return false
    }
    return true
  }

  /** What was awaited is there. */
  private turn(): boolean {
    const { bodyBytesMax, room, onFrame } = this.settings
    this.filled = 0
    let { head } = this
    let body = this.room
    if (head === undefined) {
      const view = new DataView(this.headRoom.buffer)
      const bytes = view.getUint32(0)
      if (bytes > bodyBytesMax) return false
      const [kind, seq, index] = [view.getUint8(4), view.getUint32(5), view.getUint32(9)]
      head = { kind, seq, index, value: view.getFloat64(13) }
      if (bytes > 0) {
        this.head = head
        this.room = room(bytes)
        return true
      }
      body = nothing
    }
    this.head = undefined
    this.room = this.headRoom
    onFrame(head, body)
    return true
  }
}

const nothing = new Uint8Array(0)

const utf8 = new TextEncoder()
const text = new TextDecoder()

export const bytesOf = (line: string): Uint8Array => utf8.encode(line)
export const textOf = (body: Uint8Array): string => text.decode(body)

/** The body that tells of a task: where its module's name ends, both names. */
export const taskBody = (module: string, name: string): Uint8Array => {
  const [first, second] = [bytesOf(module), bytesOf(name)]
  const body = new Uint8Array(4 + first.length + second.length)
  new DataView(body.buffer).setUint32(0, first.length)
  body.set(first, 4)
  body.set(second, 4 + first.length)
  return body
}

/** Module and name of a task. */
export const taskOf = (body: Uint8Array): readonly [module: string, name: string] => {
  const split = 4 + new DataView(body.buffer, body.byteOffset).getUint32(0)
  return [textOf(body.subarray(4, split)), textOf(body.subarray(split))]
}
