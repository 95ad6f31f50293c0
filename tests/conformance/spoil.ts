/** How transports are spoilt, so that a test can show that a conformance test notices. */
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"

/** Something that spoils transports. Made anew for each test, so it may remember what it did. */
export interface Saboteur {
  readonly name: string
  /** The tests that see what is wrong. */
  readonly caughtBy?: ReadonlyArray<string>
  /** The tests that wait for what never comes. */
  readonly stalls?: ReadonlyArray<string>
  readonly make: () => (transport: Transport) => Transport
}

/** A transport with some methods replaced. */
export const spoilt = (transport: Transport, instead: Partial<Transport>): Transport => ({
  self: transport.self,
  listen: (listener) => transport.listen(listener),
  send: (to, frame) => transport.send(to, frame),
  disconnect: (peer) => transport.disconnect(peer),
  close: () => transport.close(),
  ...instead,
})

/** Spoils what is sent. */
export const sending =
  (
    send: (
      transport: Transport,
      ...frame: [to: PeerId, frame: Uint8Array, count: number]
    ) => boolean,
  ) =>
  () =>
  (transport: Transport) => {
    let count = 0
    return spoilt(transport, { send: (to, frame) => send(transport, to, frame, ++count) })
  }

/** Spoils what is told. */
export const telling =
  (tell: (listener: TransportListener, transport: Transport) => Partial<TransportListener>) =>
  () =>
  (transport: Transport) =>
    spoilt(transport, {
      listen: (listener) =>
        transport.listen({
          frame: (from, frame) => listener.frame(from, frame),
          gone: (peer, reason) => listener.gone(peer, reason),
          writable: (peer) => listener.writable(peer),
          ...tell(listener, transport),
        }),
    })

/** Spoils methods so that they tell the listener something. */
export const knowing =
  (
    instead: (
      transport: Transport,
      listener: () => TransportListener | undefined,
    ) => Partial<Transport>,
  ): Saboteur["make"] =>
  () =>
  (transport) => {
    let listener: TransportListener | undefined
    return spoilt(transport, {
      listen: (one) => {
        listener = one
        transport.listen(one)
      },
      ...instead(transport, () => listener),
    })
  }
