/**
 * A network inside one process: every peer that joins can send frames to every other.
 *
 * Frames cross as the encoded bytes they are, so nothing is shared between peers that a socket
 * would not carry. Everything in flight lies in one queue, in the order it was sent.
 */
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import { Checked, Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface MemoryNetworkOptions {
  /** How many frames may be in flight from one peer to another before `send` refuses more. From 1; 1024 unless told otherwise. */
  readonly outboxFramesMax?: number
}

export interface MemoryNetwork {
  /** Joins under a name that is free at the moment. Throws an `Error` when it is taken. */
  readonly join: (name: PeerId) => Transport
  /** Cuts the connection between two peers: what is in flight either way is lost, and each sees the other gone. */
  readonly cut: (one: PeerId, other: PeerId) => void
}

/** A network for the life of the scope. When it closes, everybody who joined is disconnected. */
export const make = (
  options: MemoryNetworkOptions = {},
): Effect.Effect<MemoryNetwork, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { outboxFramesMax = 1024 } = options
    const loop = yield* Loop.make
    const network = new Network(loop, Checked.wholeFromOne("outboxFramesMax", outboxFramesMax))
    yield* Effect.addFinalizer(() => Effect.sync(() => network.close()))
    return network
  })

/** The conversation of two peers: one outbox each way, who has left, and whether it still goes on. */
class Connection {
  open = true
  private readonly one: Peer
  private readonly another: Peer
  private readonly left = new Set<Peer>()
  private readonly outboxes = new Map<Peer, { frames: number; full: boolean }>()

  constructor(one: Peer, another: Peer) {
    this.one = one
    this.another = another
    this.outboxes.set(one, { frames: 0, full: false })
    this.outboxes.set(another, { frames: 0, full: false })
  }

  other(peer: Peer): Peer {
    return peer === this.one ? this.another : this.one
  }

  leave(peer: Peer): void {
    this.left.add(peer)
  }

  hasLeft(peer: Peer): boolean {
    return this.left.has(peer)
  }

  /** Makes room for a frame of `from`; `false` when there is none. */
  take(from: Peer, framesMax: number): boolean {
    const outbox = this.outboxes.get(from)
    if (outbox === undefined) return false
    outbox.full = outbox.frames >= framesMax
    if (!outbox.full) outbox.frames++
    return !outbox.full
  }

  /** Gives the room of a delivered frame back; `true` when that reopens a full outbox. */
  release(from: Peer, framesMax: number): boolean {
    const outbox = this.outboxes.get(from)
    if (outbox === undefined) return false
    outbox.frames--
    // Half empty before anybody is woken, so that a full outbox does not wake its sender per frame.
    if (!outbox.full || outbox.frames > framesMax / 2) return false
    outbox.full = false
    return true
  }
}

/** What is on its way to a peer: a frame, or the news that the conversation has ended. */
interface InFlight {
  readonly connection: Connection | undefined
  readonly from: PeerId
  readonly to: Peer
  readonly deliver: (listener: TransportListener) => void
}

class Network implements MemoryNetwork {
  readonly peers = new Map<PeerId, Peer>()
  readonly framesMax: number
  private inFlight: Array<InFlight> = []
  private delivering = false
  private readonly loop: Loop.Loop

  constructor(loop: Loop.Loop, framesMax: number) {
    this.loop = loop
    this.framesMax = framesMax
  }

  join(name: PeerId): Transport {
    if (this.peers.has(name)) {
      throw new Error(`a peer named "${name}" has joined this network already; use another name`)
    }
    const peer = new Peer(this, name)
    this.peers.set(name, peer)
    return peer
  }

  cut(one: PeerId, other: PeerId): void {
    const ends = [...this.end(one, other), ...this.end(other, one)]
    for (const { connection } of ends) connection.open = false
    for (const { peer, other } of ends) {
      const deliver = (l: TransportListener): void => l.gone(other, "the connection was cut")
      this.put({ connection: undefined, from: other, to: peer, deliver })
    }
  }

  close(): void {
    for (const peer of [...this.peers.values()]) peer.close()
  }

  put(item: InFlight): void {
    this.inFlight.push(item)
    this.deliverSoon()
  }

  later(run: () => void): void {
    this.loop.defer(run)
  }

  /** One's end of the connection to another, if it has one that goes on. */
  private end(name: PeerId, other: PeerId) {
    const peer = this.peers.get(name)
    const connection = peer?.connections.get(other)
    return peer === undefined || connection?.open !== true ? [] : [{ peer, other, connection }]
  }

  private deliverSoon(): void {
    if (this.delivering || this.inFlight.length === 0) return
    this.delivering = true
    this.loop.defer(() => {
      this.delivering = false
      const batch = this.inFlight
      this.inFlight = []
      for (const item of batch) item.to.arrive(item)
    })
  }
}

class Peer implements Transport {
  readonly self: PeerId
  readonly connections = new Map<PeerId, Connection>()
  private readonly network: Network
  private listener: TransportListener | undefined
  /** What arrived before there was somebody to hear it. */
  private early: Array<InFlight> | undefined = []
  private closed = false

  constructor(network: Network, self: PeerId) {
    this.network = network
    this.self = self
  }

  listen(listener: TransportListener): void {
    this.listener = listener
    this.network.later(() => {
      const early = this.early ?? []
      this.early = undefined
      for (const item of early) this.arrive(item)
    })
  }

  send(to: PeerId, frame: Uint8Array): boolean {
    if (this.closed) return true
    const connection = this.connections.get(to) ?? this.connect(to, this.network.peers.get(to))
    if (connection?.open !== true) return true
    const other = connection.other(this)
    if (connection.hasLeft(other)) return true
    if (!connection.take(this, this.network.framesMax)) return false
    const deliver = (listener: TransportListener): void => {
      const reopened = connection.release(this, this.network.framesMax)
      listener.frame(this.self, frame)
      if (reopened && !connection.hasLeft(this)) this.listener?.writable(to)
    }
    this.network.put({ connection, from: this.self, to: other, deliver })
    return true
  }

  disconnect(to: PeerId): void {
    const connection = this.connections.get(to)
    if (connection?.open !== true) return
    this.connections.delete(to)
    connection.leave(this)
    const other = connection.other(this)
    const deliver = (listener: TransportListener): void => {
      connection.open = false
      if (other.connections.get(this.self) === connection) other.connections.delete(this.self)
      listener.gone(this.self, `"${this.self}" has left`)
    }
    this.network.put({ connection, from: this.self, to: other, deliver })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const to of [...this.connections.keys()]) this.disconnect(to)
    this.network.peers.delete(this.self)
  }

  /** Takes what has arrived, unless its connection was cut on the way or we have left it. */
  arrive(item: InFlight): void {
    const { connection, from } = item
    if (this.closed || connection?.open === false || connection?.hasLeft(this) === true) return
    if (this.listener === undefined || this.early !== undefined) {
      this.early?.push(item)
      return
    }
    // A peer that came back is heard in its new conversation, after the end of the old one.
    if (connection !== undefined && this.connections.get(from)?.open !== true) {
      this.connections.set(from, connection)
    }
    item.deliver(this.listener)
  }

  private connect(to: PeerId, peer: Peer | undefined): Connection | undefined {
    if (peer === undefined) {
      const reason = `nobody named "${to}" is there; start it first, or check the name`
      const deliver = (listener: TransportListener): void => listener.gone(to, reason)
      this.network.put({ connection: undefined, from: to, to: this, deliver })
      return undefined
    }
    const theirs = peer.connections.get(this.self)
    const isOurs = theirs?.open === true && theirs.other(peer) === this && !theirs.hasLeft(this)
    const connection = isOurs ? theirs : new Connection(this, peer)
    this.connections.set(to, connection)
    if (theirs?.open !== true) peer.connections.set(this.self, connection)
    return connection
  }
}
