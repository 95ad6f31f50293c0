/**
 * A network inside one process: every peer that joins can send frames to every other.
 *
 * Frames cross as the encoded bytes they are, so nothing is shared between peers that a socket
 * would not carry. Everything in flight lies in one queue, in the order it was sent.
 */
import type { PeerId, Transport } from "@scaler-ts/protocol"
import { Checked, Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Carrier, type InFlight, Network } from "./internal/Network.ts"

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
    Checked.wholeFromOne("outboxFramesMax", outboxFramesMax)
    const network = new Network(new InOrder(loop), outboxFramesMax)
    yield* Effect.addFinalizer(() => Effect.sync(() => network.close()))
    return network
  })

/** Delivers on the loop's next turn everything that was sent before it, in the order it was sent. */
class InOrder implements Carrier {
  private inFlight: Array<InFlight> = []
  private delivering = false
  private readonly loop: Loop.Loop

  constructor(loop: Loop.Loop) {
    this.loop = loop
  }

  carry(item: InFlight): void {
    this.inFlight.push(item)
    if (this.delivering) return
    this.delivering = true
    this.loop.defer(() => this.deliver())
  }

  later(_: PeerId, run: () => void): void {
    this.loop.defer(run)
  }

  readonly tellsAtOnce = true

  packed(frame: Uint8Array): Uint8Array {
    return frame
  }

  crowded(): void {}

  dialled(): void {}

  private deliver(): void {
    this.delivering = false
    const batch = this.inFlight
    this.inFlight = []
    for (const item of batch) item.to.arrive(item)
  }
}
