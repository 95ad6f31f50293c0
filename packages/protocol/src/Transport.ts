/** The port every transport adapter implements: opaque frames between named peers. */
import type { Admission } from "./Admission.ts"
import type { PeerId } from "./Ids.ts"

/**
 * Moves opaque frames between named peers. Knows nothing about tasks.
 *
 * Synchronous throughout: a transport never makes its caller wait, and it calls its listener on a
 * turn of its own, never from inside one of these methods.
 */
export interface Transport {
  /**
   * Our own name, stable for the life of the transport. Nobody else has it, nor can pretend to: sessions
   * are resumed by it.
   */
  readonly self: PeerId
  /**
   * Names the one listener; frames that arrived before are handed to it first. Called once.
   */
  readonly listen: (listener: TransportListener) => void
  /**
   * Accepts a frame for `to`, in order per peer: frames to one peer arrive in the order sent, once
   * each, or the peer is reported gone. Order between peers is not defined. The transport owns the
   * bytes from here on. `false`: the outbox for that peer is full and the frame was not taken; try
   * again when `writable` says so. Frames to a peer that is gone are dropped, and the first after
   * `gone` has been told begins a new conversation, or is answered by `gone` again.
   */
  readonly send: (to: PeerId, frame: Uint8Array) => boolean
  /**
   * The public key that a peer has proved to have, as text, while its conversation goes on; `undefined` for
   * one that has proved nothing. Only where a transport authenticates its peers.
   */
  readonly keyOf?: (peer: PeerId) => string | undefined
  /**
   * Who may be what, by the keys that the transport has been given a list of. A scheduler asks it beside
   * its own admission, and lets in whom both do.
   */
  readonly admission?: Admission
  /** Ends the conversation with one peer; frames in flight to it are still delivered, then it sees us gone. */
  readonly disconnect: (peer: PeerId) => void
  /** Ends the conversation with every peer, like `disconnect`, and frees what the transport holds. */
  readonly close: () => void
}

/** What a transport tells the one who listens. */
export interface TransportListener {
  /** A frame, in the order `from` sent it. */
  readonly frame: (from: PeerId, frame: Uint8Array) => void
  /** `peer` can no longer be reached: no frame of this conversation follows, what was in flight is lost. */
  readonly gone: (peer: PeerId, reason: string) => void
  /** The outbox for `peer`, which had been full, takes frames again. */
  readonly writable: (peer: PeerId) => void
}

/**
 * How a shell gets onto a later turn: `run` is called once, after the current turn, in the order
 * of the calls. The only form of waiting the protocol's own code needs.
 */
export type Defer = (run: () => void) => void
