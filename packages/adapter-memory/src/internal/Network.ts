/** Peers, their conversations, and what is in flight between them; not when it arrives. */
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import { Outbox } from "./Outbox.ts"

/** The conversation of two peers: one outbox each way, who has left, and whether it still goes on. */
export class Connection {
  open = true
  /** Whether it was cut, and with it what was in flight. */
  severed = false
  private readonly one: Peer
  private readonly another: Peer
  private readonly left = new Set<Peer>()
  private readonly outboxes: ReadonlyMap<Peer, Outbox>

  constructor(one: Peer, another: Peer) {
    this.one = one
    this.another = another
    this.outboxes = new Map([
      [one, new Outbox()],
      [another, new Outbox()],
    ])
  }

  other(peer: Peer): Peer {
    return peer === this.one ? this.another : this.one
  }

  sever(): void {
    this.open = false
    this.severed = true
  }

  leave(peer: Peer): void {
    this.left.add(peer)
  }

  hasLeft(peer: Peer): boolean {
    return this.left.has(peer)
  }

  /** What one of the two has in flight; the other has its own. */
  outboxOf(peer: Peer): Outbox {
    const outbox = this.outboxes.get(peer)
    if (outbox === undefined) throw new Error(`"${peer.self}" is no end of this connection`)
    return outbox
  }
}

/** What is on its way to a peer: a frame, or the news that the conversation has ended. */
export interface InFlight {
  readonly connection: Connection | undefined
  readonly from: PeerId
  readonly to: Peer
  /** The bytes; `undefined` for news. */
  readonly frame: Uint8Array | undefined
  readonly deliver: (listener: TransportListener) => void
}

/** Takes what is sent from peer to peer; when it arrives is the carrier's to say. */
export interface Carrier {
  /** Takes something that is to arrive, after everything it was given before for the same pair: `item.to.arrive(item)`. */
  readonly carry: (item: InFlight) => void
  /** Runs a function on a later turn of one peer. */
  readonly later: (peer: PeerId, run: () => void) => void
  /** Whether a sender may know that the other end has left before the news of it arrive. */
  readonly tellsAtOnce: boolean
  /** A frame as it crosses. */
  readonly packed: (frame: Uint8Array) => Uint8Array
  /** Whether there is room for a frame to this peer depends on what has arrived there. */
  readonly crowded: (to: PeerId) => void
  /** Somebody looks whether a peer is there and has begun a conversation, to begin one. */
  readonly dialled: (to: PeerId) => void
}

/** Who has joined, and who speaks with whom. */
export class Network {
  readonly peers: Map<PeerId, Peer> = new Map()
  readonly framesMax: number
  readonly carrier: Carrier

  constructor(carrier: Carrier, framesMax: number) {
    this.carrier = carrier
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
    for (const { connection } of ends) connection.sever()
    for (const { peer, other, connection } of ends) {
      const deliver = (listener: TransportListener): void => {
        // What is sent from now on begins a new one.
        if (peer.connections.get(other) === connection) peer.connections.delete(other)
        listener.gone(other, "the connection was cut")
      }
      this.carrier.carry({
        connection: undefined,
        from: other,
        to: peer,
        frame: undefined,
        deliver,
      })
    }
  }

  /** Takes a peer away without a word of its own: it hears and says nothing any more. */
  lose(name: PeerId): void {
    for (const other of this.peers.keys()) this.cut(name, other)
    this.peers.get(name)?.close()
  }

  /** Those with whom a peer is in a conversation that goes on at one end at least. */
  partners(name: PeerId): ReadonlyArray<PeerId> {
    return [...this.peers.keys()].filter(
      (other) => this.end(name, other).length + this.end(other, name).length > 0,
    )
  }

  /** Whether the outbox of one to another could be filled. */
  isFillable(from: PeerId, to: PeerId): boolean {
    return this.end(from, to).some(({ peer, connection }) => !connection.outboxOf(peer).isStuffed)
  }

  /** Fills the outbox of one to another, until the news that it has drained arrive. */
  fill(from: PeerId, to: PeerId): void {
    for (const { peer, connection } of this.end(from, to)) {
      const outbox = connection.outboxOf(peer)
      outbox.stuff()
      const deliver = (listener: TransportListener): void => {
        if (outbox.drain(this.framesMax)) listener.writable(to)
      }
      this.carrier.carry({ connection, from: to, to: peer, frame: undefined, deliver })
    }
  }

  close(): void {
    for (const peer of [...this.peers.values()]) peer.close()
  }

  /** One's end of the connection to another, if it has one that goes on. */
  private end(name: PeerId, other: PeerId) {
    const peer = this.peers.get(name)
    const connection = peer?.connections.get(other)
    return peer === undefined || connection?.open !== true ? [] : [{ peer, other, connection }]
  }
}

export class Peer implements Transport {
  readonly self: PeerId
  readonly connections: Map<PeerId, Connection> = new Map()
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
    this.network.carrier.later(this.self, () => {
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
    const { carrier, framesMax } = this.network
    if (carrier.tellsAtOnce && connection.hasLeft(other)) return true
    const outbox = connection.outboxOf(this)
    if (outbox.isCrowded(framesMax)) carrier.crowded(to)
    if (!outbox.take(framesMax)) return false
    const packed = carrier.packed(frame)
    const deliver = (listener: TransportListener): void => {
      const reopened = outbox.release(framesMax)
      listener.frame(this.self, packed)
      if (reopened) this.reopened(connection, to)
    }
    carrier.carry({ connection, from: this.self, to: other, frame: packed, deliver })
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
    this.network.carrier.carry({
      connection,
      from: this.self,
      to: other,
      frame: undefined,
      deliver,
    })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const to of [...this.connections.keys()]) this.disconnect(to)
    this.network.peers.delete(this.self)
  }

  /** Whether what is in flight will be heard: not if its connection was cut on the way, or if we have left it. */
  hears({ connection }: InFlight): boolean {
    return !this.closed && connection?.open !== false && connection?.hasLeft(this) !== true
  }

  /** Takes what has arrived, if it is still to be heard. */
  arrive(item: InFlight): void {
    const { connection, from } = item
    if (!this.hears(item)) return
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

  /** Tells ourselves, like all news, on a turn of our own and not on that of the peer that made room. */
  private reopened(connection: Connection, to: PeerId): void {
    const deliver = (listener: TransportListener): void => listener.writable(to)
    this.network.carrier.carry({ connection, from: to, to: this, frame: undefined, deliver })
  }

  private connect(to: PeerId, peer: Peer | undefined): Connection | undefined {
    this.network.carrier.dialled(to)
    if (peer === undefined) {
      const reason = `nobody named "${to}" is there; start it first, or check the name`
      const deliver = (listener: TransportListener): void => listener.gone(to, reason)
      this.network.carrier.carry({
        connection: undefined,
        from: to,
        to: this,
        frame: undefined,
        deliver,
      })
      return undefined
    }
    const theirs = peer.connections.get(this.self)
    const isOurs = theirs?.open === true && theirs.other(peer) === this && !theirs.hasLeft(this)
    const connection = isOurs ? theirs : new Connection(this, peer)
    // The other end learns of it when the first of it arrives, and not before the end of the last one.
    this.connections.set(to, connection)
    return connection
  }
}
