// The suites count no turns: a network on which everything arrives late, on timers, passes them, too.
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import { clusterConformance, transportConformance } from "@scaler-ts/testkit/conformance"
import * as Effect from "effect/Effect"
import { setup } from "./memory.ts"

const delayMs = 2

/** A transport that tells everything some time later, in the same order. */
class Late implements Transport {
  readonly self: PeerId
  readonly transport: Transport
  private readonly waiting = new Map<NodeJS.Timeout, PeerId>()
  /** Who is gone, and that has not been told yet. */
  private readonly going = new Set<PeerId>()

  constructor(transport: Transport) {
    this.self = transport.self
    this.transport = transport
  }

  listen(listener: TransportListener): void {
    this.transport.listen({
      frame: (from, frame) => this.later(from, () => listener.frame(from, frame)),
      gone: (peer, reason) => {
        this.going.add(peer)
        this.later(peer, () => {
          this.going.delete(peer)
          listener.gone(peer, reason)
        })
      },
      writable: (peer) => this.later(peer, () => listener.writable(peer)),
    })
  }

  send(to: PeerId, frame: Uint8Array): boolean {
    // Until it is told, what is sent belongs to the conversation that is over.
    return this.going.has(to) || this.transport.send(to, frame)
  }

  disconnect(peer: PeerId): void {
    this.going.delete(peer)
    for (const [timer, one] of this.waiting) if (one === peer) this.waiting.delete(timer)
    this.transport.disconnect(peer)
  }

  close(): void {
    this.forget()
    this.transport.close()
  }

  /** Tells nothing of what has not been told yet. */
  forget(): void {
    this.waiting.clear()
  }

  private later(peer: PeerId, tell: () => void): void {
    const timer = setTimeout(() => {
      // What is no longer waited for belongs to a conversation that has been left.
      if (this.waiting.delete(timer)) tell()
    }, delayMs)
    this.waiting.set(timer, peer)
  }
}

const late = Effect.map(setup, ({ join, crash, cut }) => ({
  ...(cut === undefined ? {} : { cut }),
  join: (name: PeerId) => Effect.map(join(name), (transport) => new Late(transport)),
  crash: (peer: Transport) => {
    if (!(peer instanceof Late)) return Effect.die(new Error("it is not of this network"))
    peer.forget()
    return crash(peer.transport)
  },
}))

transportConformance("late memory", { setup: late })
clusterConformance("late memory", { setup: late })
