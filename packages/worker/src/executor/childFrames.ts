/**
 * What an attempt in a member of a pool says and hears of its children: a frame of the wire format for each.
 *
 * So bytes stay bytes on their way, and what comes from a member is read as warily as what comes from a peer.
 */
import { type Limits, type Message, ProtocolError, Wire } from "@scaler-ts/protocol"

export const frameOf = (message: Message.OfSubmitter | Message.ToSubmitter): Uint8Array =>
  Wire.encode([message], 1, 0)

/** What a member has said; `undefined` for what is nothing of the kind. */
export const ofChildren = (
  frame: Uint8Array,
  limits: Limits,
): ReadonlyArray<Message.OfSubmitter> | undefined => read(frame, Wire.ofChildren, limits)

/** What a member has been told. */
export const toChildren = (frame: Uint8Array, limits: Limits): ReadonlyArray<Message.ToSubmitter> =>
  read(frame, Wire.toChildren, limits) ?? []

const read = <In extends Message.OfSubmitter | Message.ToSubmitter>(
  frame: Uint8Array,
  direction: Wire.Direction<In>,
  limits: Limits,
): ReadonlyArray<In> | undefined => {
  try {
    return Wire.decode(frame, direction, limits).messages
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}
