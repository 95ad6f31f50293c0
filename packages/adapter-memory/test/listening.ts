/** Peers that write down what their transport tells them. */
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"

/** Lets everything arrive that is in flight, and what is sent in answer. */
export const turns: Effect.Effect<void> = Effect.replicateEffect(Effect.yieldNow, 16, {
  discard: true,
})

/** A frame of one number, to tell frames apart. */
export const frame = (number: number): Uint8Array => Uint8Array.of(number >> 8, number & 255)

const numberOf = (bytes: Uint8Array): number => ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)

/** What a peer was told, in order: `"a 1"`, `"a gone: why"`, `"a writable"`. */
export const listening = (transport: Transport): Array<string> => {
  const heard: Array<string> = []
  transport.listen(writingTo(heard))
  return heard
}

export const writingTo = (heard: Array<string>): TransportListener => ({
  frame: (from: PeerId, bytes: Uint8Array) => heard.push(`${from} ${numberOf(bytes)}`),
  gone: (peer: PeerId, reason: string) => heard.push(`${peer} gone: ${reason}`),
  writable: (peer: PeerId) => heard.push(`${peer} writable`),
})
