/**
 * One numbered conversation with one peer, over a transport: messages become frames and back.
 *
 * All messages of one turn leave in one frame, because the frame is the cost and not the message
 * (`docs/performance.md`); only where they are many the first of them leave early. Frames are numbered,
 * so that a frame that comes twice is skipped and one that is missing does not pass unnoticed. A link
 * that resumes outlives its connection: it keeps what has not been acknowledged, and sends it again in
 * the next one.
 */
import type { PeerId } from "./Ids.ts"
import { FramesLost } from "./FramesLost.ts"
import { bytesAtMost } from "./internal/bytesOf.ts"
import { isEmpty, isHello, neverSent, unknownSession } from "./internal/heard.ts"
import { Unacknowledged } from "./internal/Unacknowledged.ts"
import { Waiting } from "./internal/Waiting.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import type { LinkOptions } from "./LinkOptions.ts"
import type { Message } from "./Message.ts"
import { ProtocolError } from "./ProtocolError.ts"
import type { Defer, Transport } from "./Transport.ts"
import { decode, type Direction, encode, type Frame } from "./Wire.ts"

/** After as many frames, or as many bytes, without a word of our own we only say that they have come. */
const unansweredFramesMax = 64
const unansweredBytesMax = 1_048_576

/**
 * So many tasks, results or cancels leave before their turn is over: then the peer is at work on them
 * while we make the next, instead of after us. Fewer would cost more in frames than they win (`docs/performance.md`).
 */
export const earlyMessages = 256

/** The conversation with `peer`: numbering, batching, encoding, and what has to be said again. */
export class Link<Out extends Message, In extends Message> {
  private readonly waiting: Waiting<Out>
  /** Whether the outbox has refused a frame, and not said since that it takes them again. */
  private isStuck = false
  private owesHello = false
  private flushing = false
  private sent = 0
  /** The last frame that was handed to the transport in this connection. */
  private handed = 0
  private received = 0
  /** What has come since we last told the peer how much has. */
  private readonly unanswered = { frames: 0, bytes: 0 }
  private owesAnswer = false
  private connected = true
  private ended = false
  private closing = false
  private lingers = false
  private hello: Out | undefined
  private readonly kept = new Unacknowledged<Out>()
  /** How many messages only a newer minor version knows have been skipped. */
  skipped = 0
  private readonly transport: Transport
  private readonly defer: Defer
  private readonly peer: PeerId
  private readonly direction: Direction<In>
  private readonly limits: Limits
  private readonly options: LinkOptions<Out, In>

  constructor(
    transport: Transport,
    defer: Defer,
    peer: PeerId,
    direction: Direction<In>,
    options: LinkOptions<Out, In> = {},
  ) {
    this.transport = transport
    this.defer = defer
    this.peer = peer
    this.direction = direction
    this.limits = options.limits ?? limitsDefault
    this.options = options
    this.waiting = new Waiting(options.resumes === true || options.isMeasured === true)
  }

  /** Whether anything was ever received: before, there is no conversation to resume. */
  get isAnswered(): boolean {
    return this.received > 0
  }

  /** Whether it only waits for the peer to have heard its last word. */
  get isLingering(): boolean {
    return this.closing && !this.ended
  }

  /** Grows with every frame that is received, and with every one of ours that was. */
  get progress(): number {
    return this.received + this.kept.acknowledged
  }

  /** How many bytes, roughly, the peer has not been handed, or has not said that it has got. */
  get backlog(): number {
    return this.waiting.bytes + this.kept.bytes
  }

  /** Puts a message into this turn's frame. Does nothing once the link has ended. */
  send(message: Out): void {
    if (this.ended || this.closing) return
    this.hello ??= message
    this.waiting.add(message)
    if (this.connected) {
      if (this.waiting.work >= earlyMessages) this.sayEarly()
      this.flushSoon()
    }
    this.checkBound()
  }

  /** Sends a message only to be heard: not where something waits already. */
  sendIfIdle(message: Out): void {
    if (this.waiting.isEmpty && this.handed === this.sent) this.send(message)
  }

  /** The messages of a frame that has arrived, or the `ProtocolError` that ends the link, or this connection of it. */
  receive(bytes: Uint8Array): ReadonlyArray<In> | ProtocolError {
    if (this.ended) return []
    let frame: Frame<In>
    try {
      frame = decode(bytes, this.direction, this.limits)
    } catch (error) {
      if (error instanceof ProtocolError) return error
      throw error
    }
    const { sequence, acknowledged, messages } = frame
    if (acknowledged > this.sent && isHello(messages[0])) return unknownSession
    // What follows no hello of a new connection is left of the one that is gone, and counts for nothing.
    const awaitsHello = !this.connected && this.options.cameBack !== undefined
    if (awaitsHello && !(sequence === 1 && isHello(messages[0]))) return []
    if (this.options.resumes === true) {
      if (acknowledged > this.sent) return neverSent(acknowledged, this.sent)
      this.release(acknowledged)
    }
    // A frame that only acknowledges has the number of the one before it.
    const isNew = sequence === this.received + 1 && !isEmpty(frame)
    if (sequence > this.received && !isNew) return new FramesLost(sequence, this.received)
    if (!isNew) return this.heardBefore(frame, bytes)
    this.received = sequence
    this.skipped += frame.skipped
    this.answerSoon(bytesAtMost(bytes.length, messages.length))
    return messages
  }

  /** Hands over what an outbox had no room for. */
  writable(): void {
    this.isStuck = false
    if (this.owesHello) return this.helloAgain()
    if (!this.waiting.isEmpty || this.handed < this.sent || this.owesAnswer) this.flushSoon()
  }

  /** The connection is gone. What is sent from now on waits for the next one. */
  suspend(): void {
    this.connected = false
    this.checkBound()
  }

  /** Says hello again in a new connection, with what had been received in the one before. */
  helloAgain(): void {
    if (this.hello === undefined) return
    this.owesHello = !this.transport.send(this.peer, encode([this.hello], 1, this.received))
  }

  /**
   * The peer is there again, and has said what it had received: the rest is sent again. `answer`: it
   * waits to hear what we have received, whether there is anything else to say or not.
   */
  resume({ answer }: { readonly answer: boolean }): void {
    this.connected = true
    this.isStuck = this.owesHello = false
    this.handed = this.kept.acknowledged
    if (answer) this.owesAnswer = true
    this.flushSoon()
  }

  /**
   * Hands over what was sent before, then ends the conversation: at once, if there is no connection.
   * `acknowledged`: not before the peer has said that it has come, where the link keeps it until then.
   */
  close({ acknowledged = false }: { readonly acknowledged?: boolean } = {}): void {
    if (this.ended || this.closing) return
    if (!this.connected) return this.end()
    this.closing = true
    this.lingers = acknowledged
    if (this.options.resumes === true && this.unanswered.frames > 0) this.owesAnswer = true
    this.flushSoon()
  }

  /** Ends the link at once: nothing more is sent or received. */
  end(): void {
    this.ended = true
    this.waiting.clear()
    this.kept.clear()
  }

  private get keptBytesMax(): number {
    return 2 * this.limits.frameBytesMax
  }

  /** A peer that is away, or that never acknowledges, may not make us keep more and more. */
  private checkBound(): void {
    if (this.options.resumes !== true || this.ended) return
    const mayWait = this.connected && (!this.isFull || this.options.isPatient === true)
    const kept = this.connected ? 0 : this.kept.bytes
    if (mayWait || this.waiting.bytes + kept <= this.keptBytesMax) return
    this.end()
    const { overflowed } = this.options
    if (overflowed !== undefined) this.defer(overflowed)
  }

  private release(acknowledged: number): void {
    const isFull = this.isFull
    this.kept.release(acknowledged)
    if (isFull || this.closing) this.flushSoon()
  }

  private get isFull(): boolean {
    return this.kept.isFull(this.keptBytesMax)
  }

  private heardBefore({ sequence, messages }: Frame<In>, bytes: Uint8Array): ReadonlyArray<In> {
    const [first] = messages
    if (sequence === 1 && first !== undefined && isHello(first)) {
      this.options.cameBack?.(first, bytes)
      return []
    }
    // Who does not know our session any more begins to count anew, and says no more than this.
    return messages.filter(({ _tag }) => _tag === "ProtocolError")
  }

  private answerSoon(bytes: number): void {
    const { unanswered } = this
    unanswered.frames++
    unanswered.bytes += bytes
    // Long before the peer, who has the same limits, would have to wait for it.
    const bytesMax = Math.min(unansweredBytesMax, this.keptBytesMax / 4)
    if (unanswered.frames < unansweredFramesMax && unanswered.bytes < bytesMax) return
    this.owesAnswer = true
    this.flushSoon()
  }

  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    this.defer(() => this.flush())
  }

  private flush(): void {
    this.flushing = false
    if (this.ended || !this.connected || this.isStuck) return
    this.sayAgain()
    this.sayNew(Infinity)
    if (this.owesAnswer && this.sent > 0) this.hand([], this.sent)
    const isDone = this.waiting.isEmpty && !(this.lingers && this.kept.size > 0)
    if (!this.closing || !isDone || this.isStuck) return
    this.end()
    this.transport.disconnect(this.peer)
  }

  /** Sends what was sent in the connection before and has not been acknowledged. */
  private sayAgain(): void {
    while (this.handed < this.sent) {
      if (!this.hand(this.kept.get(this.handed + 1), this.handed + 1)) return
      this.handed++
    }
  }

  /** Sends a frame of what has gathered before the turn is over, unless something else goes first. */
  private sayEarly(): void {
    // Within its turn nobody has had a chance to acknowledge: a long one may not use up the room for that.
    if (this.kept.isHalfFull(this.keptBytesMax) || this.handed < this.sent) return
    this.sayNew(1)
  }

  /** Sends what has not been sent yet, as far as the peer keeps up: in so many frames at most. */
  private sayNew(framesMax: number): void {
    if (this.isStuck || this.isFull) return
    const { compact, resumes } = this.options
    if (compact !== undefined) this.waiting.compact(compact)
    const last = this.sent + framesMax
    this.waiting.handOver(this.limits, (messages, bytes) => {
      if (this.sent === last || this.isFull || !this.hand(messages, this.sent + 1)) return false
      this.sent++
      this.handed++
      if (resumes === true) this.kept.add(messages, bytes)
      return true
    })
  }

  private hand(messages: ReadonlyArray<Out>, number: number): boolean {
    this.isStuck ||= !this.transport.send(this.peer, encode(messages, number, this.received))
    if (this.isStuck) return false
    this.owesAnswer = false
    this.unanswered.frames = this.unanswered.bytes = 0
    return true
  }
}
