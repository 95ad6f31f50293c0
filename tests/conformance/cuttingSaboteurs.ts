/** Transports that break a promise when a connection is cut. */
import { type PeerId, schedulerPeer, type Transport } from "@scaler-ts/protocol"
import { type Saboteur, spoilt, telling } from "./spoil.ts"

const told = "both ends of a connection that is cut are told, once, and why"
const apart = "a connection that is cut leaves the others alone"
const endLost = "what a cut lost is the end of what was sent, and no frame follows gone"
const anew = "who speaks after a cut begins a new conversation, with nothing of the old one"
const between = "what is sent between a cut and the news of it is lost, and not delivered later"
const goneFirst = "whoever is spoken to anew is told first that the other was gone"
const outbox = "an outbox that was full when its connection was cut takes frames in the next one"
const resultOverClient = "a result on its way while its client's connection is cut arrives, once"
const resultOverWorker =
  "a result on its way while its worker's connection is cut arrives, once, and nothing runs again"
const cancelOverClient =
  "a cancel on its way while its client's connection is cut is answered by its receipt"
const cancelOverWorker =
  "a cancel on its way while its worker's connection is cut is answered by its receipt"
const finished =
  "a result that wins against a cancel while both connections are cut is in the receipt"
const many =
  "1,000 tasks end with their own values and run once, while connections are cut again and again"
const resumed = [resultOverClient, resultOverWorker, cancelOverClient, cancelOverWorker, finished]

/** Spoils what is sent, knowing since when the other was gone: how many frames were sent to it before and since. */
const sinceGone =
  (
    send: (
      transport: Transport,
      to: PeerId,
      frame: Uint8Array,
      since: number | undefined,
    ) => boolean,
  ): Saboteur["make"] =>
  () =>
  (transport) => {
    const since = new Map<PeerId, number>()
    return spoilt(transport, {
      listen: (listener) =>
        transport.listen({
          frame: (from, frame) => listener.frame(from, frame),
          gone: (peer, reason) => {
            since.set(peer, 0)
            listener.gone(peer, reason)
          },
          writable: (peer) => listener.writable(peer),
        }),
      send: (to, frame) => {
        const count = since.get(to)
        if (count !== undefined) since.set(to, count + 1)
        return send(transport, to, frame, count)
      },
    })
  }

const ends: ReadonlyArray<Saboteur> = [
  {
    name: "tells only one end of a cut",
    stalls: [told, apart, endLost, anew, between],
    make: telling((_, { self }) => (self === schedulerPeer ? { gone: () => {} } : {})),
  },
  {
    name: "loses everybody with one",
    caughtBy: [apart],
    make: () => (transport) => {
      const known = new Set<PeerId>()
      return spoilt(transport, {
        listen: (listener) =>
          transport.listen({
            frame: (from, frame) => {
              known.add(from)
              listener.frame(from, frame)
            },
            gone: (peer, reason) => {
              for (const one of known) if (one !== peer) transport.disconnect(one)
              listener.gone(peer, reason)
            },
            writable: (peer) => listener.writable(peer),
          }),
      })
    },
  },
  {
    name: "says that somebody was gone after it has heard what follows",
    caughtBy: [goneFirst],
    make: telling((listener, { self }) => {
      let late: (() => void) | undefined
      return {
        frame: (from, frame) => {
          listener.frame(from, frame)
          late?.()
          late = undefined
        },
        gone: (peer, reason) => {
          if (self === schedulerPeer) late = () => listener.gone(peer, reason)
          else listener.gone(peer, reason)
        },
      }
    }),
  },
]

const conversations: ReadonlyArray<Saboteur> = [
  {
    name: "delivers what the old conversation ended with in the new one",
    caughtBy: [anew, between, goneFirst],
    make: () => {
      const last = new Map<PeerId, Uint8Array>()
      return sinceGone((transport, to, frame, since) => {
        const old = last.get(`${transport.self} ${to}`)
        last.set(`${transport.self} ${to}`, frame)
        if (since === 0 && old !== undefined) transport.send(to, old)
        return transport.send(to, frame)
      })()
    },
  },
  {
    name: "never speaks again to somebody who was gone",
    stalls: [
      anew,
      between,
      goneFirst,
      outbox,
      ...resumed,
      many,
      "a client that comes back after the bound is told that its session has ended",
    ],
    make: sinceGone((transport, to, frame, since) =>
      since === undefined ? transport.send(to, frame) : true,
    ),
  },
  {
    name: "loses every frame but the first of a new conversation",
    stalls: [anew, ...resumed, many],
    make: sinceGone((transport, to, frame, since = 0) =>
      since === 0 ? transport.send(to, frame) : true,
    ),
  },
  {
    name: "remembers in the new conversation that the outbox of the old one was full",
    caughtBy: [outbox],
    make: () => (transport) => {
      const full = new Set<PeerId>()
      return spoilt(transport, {
        listen: (listener) =>
          transport.listen({
            frame: (from, frame) => listener.frame(from, frame),
            gone: (peer, reason) => listener.gone(peer, reason),
            writable: (peer) => {
              full.delete(peer)
              listener.writable(peer)
            },
          }),
        send: (to, frame) => {
          if (!full.has(to) && transport.send(to, frame)) return true
          full.add(to)
          return false
        },
      })
    },
  },
]

export const cuttingSaboteurs = [...ends, ...conversations]
