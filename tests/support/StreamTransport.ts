/**
 * A transport for tests whose peers are processes of their own: a hub that listens on a Unix socket,
 * and spokes that connect to it when they have something to say.
 *
 * Each connection is one conversation. The first frame of a spoke says its name.
 */
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"
import {
  bytesOf,
  FrameReader,
  headOf,
  textOf,
} from "../../packages/worker/src/executor/processFrames.ts"

const kinds = { name: 0, frame: 1 } as const

/** From so many bytes, in so many frames, that have not been sent, no frame is taken. */
const outboxBytesMax = 262_144
const outboxFramesMax = 16

const frameBytesMax = 2 ** 31

/** Things to do in order, which wait until they may be done. */
class Held {
  private waiting: Array<() => void> | undefined = []

  do(run: () => void): void {
    if (this.waiting === undefined) run()
    else this.waiting.push(run)
  }

  release(): void {
    for (let run = this.waiting?.shift(); run !== undefined; run = this.waiting?.shift()) run()
    this.waiting = undefined
  }
}

interface Hears {
  readonly named: (name: PeerId) => void
  readonly frame: (frame: Uint8Array) => void
  readonly gone: (reason: string) => void
  readonly writable: () => void
}

/** One connection, seen from one end. */
class Conversation {
  /** What has arrived waits until the conversation before is over. */
  readonly held = new Held()
  readonly isOver: Promise<unknown>
  private readonly socket: Socket
  private hasLeft = false
  private isFull = false
  private unsent = 0

  constructor(socket: Socket, hears: Hears) {
    this.socket = socket
    this.isOver = new Promise((resolve) => socket.once("close", resolve))
    let reason = "it has left"
    const reader = new FrameReader({
      bodyBytesMax: frameBytesMax,
      room: (bytes) => new Uint8Array(bytes),
      onFrame: ({ kind }, body) => {
        if (kind === kinds.name) hears.named(textOf(body))
        else this.tell(() => hears.frame(body))
      },
    })
    socket.on("data", (chunk: Uint8Array) => void reader.push(chunk))
    socket.on("error", ({ message }) => (reason = message))
    socket.on("drain", () => {
      if (!this.isFull) return
      this.isFull = false
      this.tell(() => hears.writable())
    })
    socket.on("close", () => this.tell(() => hears.gone(reason)))
  }

  /** `false`: too much has not been sent yet. */
  send(kind: number, bytes: Uint8Array): boolean {
    if (this.socket.writableLength >= outboxBytesMax && this.unsent >= outboxFramesMax) {
      this.isFull = true
      return false
    }
    this.socket.cork()
    this.socket.write(headOf({ kind, seq: 0, index: 0, value: 0 }, bytes.length))
    this.unsent++
    this.socket.write(bytes, () => this.unsent--)
    this.socket.uncork()
    return true
  }

  /** Hears nothing more; what was sent is still delivered. */
  leave(): void {
    this.hasLeft = true
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  private tell(run: () => void): void {
    this.held.do(() => {
      if (!this.hasLeft) run()
    })
  }
}

/** What hub and spokes have in common. */
abstract class StreamPeer implements Transport {
  readonly self: PeerId
  protected readonly conversations: Map<PeerId, Conversation> = new Map()
  protected isClosed = false
  private listener: TransportListener | undefined
  private readonly held = new Held()

  constructor(self: PeerId) {
    this.self = self
  }

  listen(listener: TransportListener): void {
    this.listener = listener
    setImmediate(() => this.held.release())
  }

  send(to: PeerId, frame: Uint8Array): boolean {
    if (this.isClosed) return true
    const conversation = this.conversations.get(to) ?? this.begin(to)
    if (conversation !== undefined) return conversation.send(kinds.frame, frame)
    setImmediate(() => this.tell((told) => told.gone(to, `nobody named "${to}" is there`)))
    return true
  }

  disconnect(peer: PeerId): void {
    this.conversations.get(peer)?.leave()
    this.conversations.delete(peer)
  }

  close(): void {
    for (const peer of [...this.conversations.keys()]) this.disconnect(peer)
    this.isClosed = true
  }

  /** Ends without a word, as the end of its process would end it. */
  crash(): void {
    this.isClosed = true
    for (const conversation of this.conversations.values()) conversation.destroy()
  }

  /** Breaks one connection. */
  cut(peer: PeerId): void {
    this.conversations.get(peer)?.destroy()
  }

  /** Begins a conversation, where that is ours to do. */
  protected abstract begin(to: PeerId): Conversation | undefined

  protected converse(socket: Socket, other: () => PeerId, named: Hears["named"]): Conversation {
    const conversation: Conversation = new Conversation(socket, {
      named,
      frame: (frame) => this.tell((told) => told.frame(other(), frame)),
      writable: () => this.tell((told) => told.writable(other())),
      gone: (reason) => {
        const peer = other()
        if (this.conversations.get(peer) !== conversation) return
        this.conversations.delete(peer)
        this.tell((told) => told.gone(peer, reason))
      },
    })
    return conversation
  }

  private tell(run: (told: TransportListener) => void): void {
    this.held.do(() => {
      if (!this.isClosed && this.listener !== undefined) run(this.listener)
    })
  }
}

/** The one in the middle. */
export class StreamHub extends StreamPeer {
  private readonly server: Server

  private constructor(self: PeerId) {
    super(self)
    this.server = createServer((socket) => this.accept(socket))
  }

  static async open(self: PeerId, path: string): Promise<StreamHub> {
    const hub = new StreamHub(self)
    hub.server.listen(path)
    await once(hub.server, "listening")
    return hub
  }

  override close(): void {
    super.close()
    this.server.close()
  }

  override crash(): void {
    super.crash()
    this.server.close()
  }

  protected override begin(): undefined {}

  private accept(socket: Socket): void {
    let name = ""
    const conversation = this.converse(
      socket,
      () => name,
      (given) => {
        name = given
        void this.adopt(name, conversation)
      },
    )
  }

  private async adopt(name: PeerId, conversation: Conversation): Promise<void> {
    // Who speaks again at once may be heard before the end of what it said before.
    await this.conversations.get(name)?.isOver
    if (this.isClosed) return conversation.destroy()
    this.conversations.set(name, conversation)
    conversation.held.release()
  }
}

export class StreamSpoke extends StreamPeer {
  private readonly hub: PeerId
  private readonly path: string

  /** Connects to the hub of that name at `path` when it first sends something. */
  constructor(self: PeerId, hub: PeerId, path: string) {
    super(self)
    this.hub = hub
    this.path = path
  }

  protected override begin(to: PeerId): Conversation | undefined {
    if (to !== this.hub) return undefined
    const conversation = this.converse(
      connect(this.path),
      () => to,
      () => {},
    )
    this.conversations.set(to, conversation)
    conversation.held.release()
    conversation.send(kinds.name, bytesOf(this.self))
    return conversation
  }
}
