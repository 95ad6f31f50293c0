/**
 * One numbered conversation with one peer, over a transport: messages become frames and back.
 *
 * All messages of one turn leave in one frame, because the frame is the cost and not the message
 * (`docs/performance.md`). Frames are numbered, so that a frame that comes twice is skipped and one
 * that is missing ends the session instead of passing unnoticed.
 */
import type { PeerId } from "./Ids.ts"
import { aloneBytesMin } from "./internal/frameWriter.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import type { Message } from "./Message.ts"
import { ProtocolError } from "./ProtocolError.ts"
import type { Defer, Transport } from "./Transport.ts"
import { decode, type Direction, encode } from "./Wire.ts"

/** More messages than this leave in several frames, so that no frame grows without bound. */
export const messagesPerFrameMax = 4096

/** With as many bytes of payloads and texts as this a frame is full, if it has more than one message. */
const frameBytesAimed = 1_048_576

export interface LinkOptions<Out> {
  /** May leave out messages that those after them in the same frame make futile. */
  readonly compact?: (messages: Array<Out>) => Array<Out>
  /** What is taken from the peer. The default ones unless told otherwise. */
  readonly limits?: Limits
}

/** The conversation with `peer`: numbering, batching, encoding. */
export class Link<Out extends Message, In extends Message> {
  private outgoing: Array<Out> = []
  private flushing = false
  private sent = 0
  private received = 0
  private ended = false
  private closing = false
  /** How many messages only a newer minor version knows have been skipped. */
  skipped = 0
  private readonly transport: Transport
  private readonly defer: Defer
  private readonly peer: PeerId
  private readonly direction: Direction<In>
  private readonly compact: ((messages: Array<Out>) => Array<Out>) | undefined
  private readonly limits: Limits

  constructor(
    transport: Transport,
    defer: Defer,
    peer: PeerId,
    direction: Direction<In>,
    { compact, limits = limitsDefault }: LinkOptions<Out> = {},
  ) {
    this.transport = transport
    this.defer = defer
    this.peer = peer
    this.direction = direction
    this.compact = compact
    this.limits = limits
  }

  /** Puts a message into this turn's frame. Does nothing once the link has ended. */
  send(message: Out): void {
    if (this.ended || this.closing) return
    this.outgoing.push(message)
    this.flushSoon()
  }

  /** The messages of a frame that has arrived, or the `ProtocolError` that ends the link. */
  receive(bytes: Uint8Array): ReadonlyArray<In> | ProtocolError {
    if (this.ended) return []
    try {
      const frame = decode(bytes, this.direction, this.limits)
      if (frame.sequence <= this.received) return []
      if (frame.sequence !== this.received + 1) {
        return new ProtocolError(
          "frame, sequence",
          `frame ${frame.sequence} came after frame ${this.received}: frames have been lost`,
        )
      }
      this.received = frame.sequence
      this.skipped += frame.skipped
      return frame.messages
    } catch (error) {
      if (error instanceof ProtocolError) return error
      throw error
    }
  }

  /** Hands over what an outbox had no room for. */
  writable(): void {
    if (this.outgoing.length > 0) this.flushSoon()
  }

  /** Hands over what was sent before, then ends the conversation. */
  close(): void {
    if (this.ended || this.closing) return
    this.closing = true
    this.flushSoon()
  }

  /** Ends the link at once: nothing more is sent or received. */
  end(): void {
    this.ended = true
    this.outgoing = []
  }

  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    this.defer(() => this.flush())
  }

  /** Where the frame that begins with the message at `from` ends. A long payload has a frame of its own. */
  private frameEnd(messages: ReadonlyArray<Out>, from: number): number {
    const { frameItemsMax, frameBytesMax } = this.limits
    const count = Math.min(messages.length - from, messagesPerFrameMax, frameItemsMax)
    // Half, because what a peer takes is what we take, and the estimate is one.
    const bytesMax = Math.min(frameBytesAimed, frameBytesMax / 2)
    let bytes = 0
    for (let i = from; i < from + count; i++) {
      const length = longPart(messages[i])
      bytes += length + shortPartBytes
      // It ends before this one, unless this one is its first.
      if (length >= aloneBytesMin || bytes > bytesMax) return Math.max(i, from + 1)
    }
    return from + count
  }

  private flush(): void {
    this.flushing = false
    if (this.ended) return
    if (this.compact !== undefined) this.outgoing = this.compact(this.outgoing)
    const { outgoing } = this
    let handedOver = 0
    while (handedOver < outgoing.length) {
      const batch = outgoing.slice(handedOver, this.frameEnd(outgoing, handedOver))
      if (!this.transport.send(this.peer, encode(batch, this.sent + 1, this.received))) break
      this.sent++
      handedOver += batch.length
    }
    this.outgoing = outgoing.slice(handedOver)
    if (this.outgoing.length > 0) return
    if (this.closing) {
      this.end()
      this.transport.disconnect(this.peer)
    }
  }
}

/** The length of what can be long in a message, in bytes at most. */
const longPart = (message: Message | undefined): number => {
  switch (message?._tag) {
    case "Task":
      return message.input.length + utf8BytesMax * message.name.length
    case "TaskResult":
      return message.payload.length
    case "TaskLog":
      return utf8BytesMax * message.line.length
    default:
      return 0
  }
}

/** What a character of a text takes at most. */
const utf8BytesMax = 3

/** More than what is not long in a message takes. */
const shortPartBytes = 64
