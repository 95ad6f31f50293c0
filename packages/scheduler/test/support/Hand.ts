/** A transport driven by hand, and peers that speak to the scheduler through it with real frames. */
import {
  FramesLost,
  Link,
  type Message,
  type PeerId,
  ProtocolError,
  type Transport,
  type TransportListener,
  Wire,
} from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import { type Sent, sentence } from "./Rig.ts"

/** Lets the scheduler's deferred sends leave. */
export const turns: Effect.Effect<void> = Effect.replicateEffect(Effect.yieldNow, 8, {
  discard: true,
})

/** The scheduler's side: what it sends reaches the hand-driven peers at once. */
export class HandTransport implements Transport {
  readonly self = "scheduler"
  readonly peers = new Map<PeerId, HandPeer>()
  listener: TransportListener | undefined

  listen(listener: TransportListener): void {
    this.listener = listener
  }

  send(to: PeerId, frame: Uint8Array): boolean {
    return this.peers.get(to)?.take(frame) ?? true
  }

  disconnect(peer: PeerId): void {
    this.peers.get(peer)?.seeGone()
  }

  close(): void {}
}

const both: Wire.Direction<Sent> = {
  name: "a peer",
  tags: { ...Wire.toClient.tags, ...Wire.toWorker.tags, ...Wire.toOperator.tags },
}

export class HandPeer {
  /** What the peer heard, in order: sentences, the reason after `ProtocolError`, and `gone`. */
  readonly heard: Array<string> = []
  /** Whether the outbox to this peer is full. */
  full = false
  private here = true
  private readonly frames: Array<Uint8Array> = []
  private readonly id: PeerId
  private readonly transport: HandTransport
  private readonly link: Link<Message.ToScheduler, Sent>

  constructor(transport: HandTransport, id: PeerId) {
    this.transport = transport
    this.id = id
    const outlet: Transport = {
      self: id,
      listen: () => {},
      send: (_, frame) => this.sendRaw(frame),
      disconnect: () => {},
      close: () => {},
    }
    this.link = new Link<Message.ToScheduler, Sent>(outlet, (run) => run(), "scheduler", both)
    transport.peers.set(id, this)
  }

  say(...messages: ReadonlyArray<Message.ToScheduler>): this {
    for (const message of messages) this.link.send(message)
    return this
  }

  sendRaw(frame: Uint8Array): boolean {
    if (this.here) this.transport.listener?.frame(this.id, frame)
    return true
  }

  /** The connection breaks. */
  vanish(): void {
    if (!this.here) return
    this.here = false
    this.transport.peers.delete(this.id)
    this.transport.listener?.gone(this.id, "its socket closed")
  }

  /** The outbox to this peer takes frames again. */
  drained(): void {
    this.full = false
    this.transport.listener?.writable(this.id)
  }

  news(): ReadonlyArray<string> {
    return this.heard.splice(0)
  }

  /** The messages of all frames since this was last asked. */
  messages(): ReadonlyArray<Sent> {
    return this.frames.splice(0).flatMap((bytes) => Wire.decode(bytes, both).messages)
  }

  /** Number, what it acknowledges and what is said in each frame since this was last asked. */
  raw(): ReadonlyArray<readonly [number, number, ReadonlyArray<string>]> {
    return this.frames.splice(0).map((bytes) => {
      const { sequence, acknowledged, messages } = Wire.decode(bytes, both)
      return [sequence, acknowledged, messages.map(sentence)]
    })
  }

  take(frame: Uint8Array): boolean {
    if (this.full) return false
    this.frames.push(frame)
    const messages = this.link.receive(frame)
    if (messages instanceof FramesLost) return true // It goes on in a session of which only the frames are read.
    if (messages instanceof ProtocolError) throw messages
    for (const message of messages) {
      if (message._tag === "TaskCredit") continue // Tests of credit look at the frames.
      const reason = message._tag === "ProtocolError" ? `: ${message.reason}` : ""
      this.heard.push(sentence(message) + reason)
    }
    return true
  }

  seeGone(): void {
    this.here = false
    this.heard.push("gone")
  }
}

/** A client that has said hello. */
export const clientOn = (transport: HandTransport, id: PeerId): HandPeer =>
  new HandPeer(transport, id).say({ _tag: "ClientHello", session: `session of ${id}` })

/** A worker that has said hello, named like its peer unless told otherwise. */
export const workerOn = (transport: HandTransport, id: PeerId, name: string = id): HandPeer =>
  new HandPeer(transport, id).say({
    _tag: "WorkerHello",
    session: id,
    worker: name,
    slots: 1,
    prefetch: 0,
    capabilities: {},
    tasks: ["sqrt"],
  })
