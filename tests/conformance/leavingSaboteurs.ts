/** Transports that break a promise when somebody leaves, crashes or comes back. */
import type { PeerId } from "@scaler-ts/protocol"
import { knowing, type Saboteur, spoilt, telling } from "./spoil.ts"

const partsInOrder = "disconnect delivers what was sent before, then says gone, once"
const closesInOrder = "close parts from everybody after what was sent before"
const afterClose = "what is asked of a closed transport does nothing"
const crashed = "a peer that crashes is gone, once, and everybody else goes on"
const cutTold = "both ends of a connection that is cut are told, once, and why"
const hubCrashed = "everybody is told when the hub crashes"

/** Later than whatever is delivered on this turn and the next. */
const later = (run: () => void): void => {
  setImmediate(() => setImmediate(run))
}

const departures: ReadonlyArray<Saboteur> = [
  {
    name: "loses what is in flight when it parts",
    caughtBy: [partsInOrder, closesInOrder],
    make: () => (transport) => {
      let waiting: Array<readonly [PeerId, Uint8Array]> = []
      return spoilt(transport, {
        send: (to, frame) => {
          waiting.push([to, frame])
          later(() => {
            const [next] = waiting.splice(0, 1)
            if (next !== undefined) transport.send(...next)
          })
          return true
        },
        disconnect: (peer) => {
          waiting = []
          transport.disconnect(peer)
        },
        close: () => {
          waiting = []
          transport.close()
        },
      })
    },
  },
  {
    name: "tells the one who parts that the other is gone",
    caughtBy: [partsInOrder],
    make: knowing((transport, listener) => ({
      disconnect: (peer) => {
        transport.disconnect(peer)
        later(() => listener()?.gone(peer, "it was asked to"))
      },
    })),
  },
  {
    name: "parts from everybody",
    stalls: ["disconnecting from one peer leaves the others alone"],
    make: () => (transport) => {
      const known = new Set<PeerId>()
      return spoilt(transport, {
        send: (to, frame) => {
          known.add(to)
          return transport.send(to, frame)
        },
        disconnect: () => {
          for (const peer of known) transport.disconnect(peer)
        },
      })
    },
  },
  {
    name: "hears on after it has parted",
    caughtBy: ["who has disconnected hears nothing more of that conversation"],
    make: () => (transport) =>
      spoilt(transport, { disconnect: (peer) => later(() => transport.disconnect(peer)) }),
  },
  {
    name: "hears on after it was closed",
    caughtBy: [afterClose],
    make: () => (transport) => spoilt(transport, { close: () => later(() => transport.close()) }),
  },
  {
    name: "cannot be closed twice",
    caughtBy: [afterClose],
    make: () => (transport) => {
      let closed = false
      return spoilt(transport, {
        close: () => {
          if (closed) throw new Error("it is closed")
          closed = true
          transport.close()
        },
      })
    },
  },
  {
    name: "closes without parting",
    caughtBy: ["a peer that comes back under its name begins a new conversation"],
    stalls: [closesInOrder, afterClose],
    make: () => (transport) => spoilt(transport, { close: () => {} }),
  },
]

const losses: ReadonlyArray<Saboteur> = [
  {
    name: "never says gone",
    caughtBy: [
      "a peer that comes back under its name begins a new conversation",
      "who disconnects and speaks again at once begins a new conversation",
    ],
    stalls: [
      crashed,
      hubCrashed,
      "who sends to nobody is told that nobody is there",
      "frames to a peer that is gone are dropped and fill no outbox",
      "WorkerLost: the worker that ran it vanished, and it does not run again",
      "G5: what a lost worker ran is run by another, and its result arrives",
      "G5: a task whose attempts are all lost ends lost, and says with whom",
      "what a killed client asked for is stopped, and its slot goes to others",
      "when the scheduler crashes clients and workers are told, and nothing runs on",
      "when the scheduler's transport closes clients and workers are told, and nothing runs on",
      "a client and a worker that come back under their names begin anew",
      "a client that cannot come back is lost when the bound has passed, and what it asked for is stopped",
      "a client that comes back after the bound is told that its session has ended",
    ],
    make: telling(() => ({ gone: () => {} })),
  },
  {
    name: "says gone twice",
    caughtBy: [crashed, partsInOrder, cutTold],
    make: telling((listener) => ({
      gone: (peer, reason) => {
        listener.gone(peer, reason)
        listener.gone(peer, reason)
      },
    })),
  },
  {
    name: "does not say why",
    caughtBy: [crashed, partsInOrder, cutTold],
    make: telling((listener) => ({ gone: (peer) => listener.gone(peer, "") })),
  },
  {
    name: "hands over a frame after gone",
    caughtBy: [
      "what a crash lost is the end of what was sent, and no frame follows gone",
      "what a cut lost is the end of what was sent, and no frame follows gone",
      hubCrashed,
    ],
    make: telling((listener) => ({
      gone: (peer, reason) => {
        listener.gone(peer, reason)
        listener.frame(peer, new Uint8Array(4))
      },
    })),
  },
  {
    name: "keeps an outbox for the gone",
    caughtBy: ["frames to a peer that is gone are dropped and fill no outbox"],
    make: () => (transport) => {
      const kept = new Map<PeerId, number>()
      return spoilt(transport, {
        listen: (listener) =>
          transport.listen({
            frame: (from, frame) => listener.frame(from, frame),
            gone: (peer, reason) => {
              kept.set(peer, 0)
              listener.gone(peer, reason)
            },
            writable: (peer) => listener.writable(peer),
          }),
        send: (to, frame) => {
          const count = kept.get(to)
          if (count === undefined) return transport.send(to, frame)
          kept.set(to, count + 1)
          return count < 64
        },
      })
    },
  },
  {
    name: "gives whoever comes back what was for the one before",
    caughtBy: ["a peer that comes back after a crash begins a new conversation"],
    make: () => (transport) => {
      const kept = new Map<PeerId, Array<Uint8Array>>()
      return spoilt(transport, {
        listen: (listener) =>
          transport.listen({
            frame: (from, frame) => {
              for (const one of kept.get(from) ?? []) transport.send(from, one)
              kept.delete(from)
              listener.frame(from, frame)
            },
            gone: (peer, reason) => {
              kept.set(peer, [])
              listener.gone(peer, reason)
            },
            writable: (peer) => listener.writable(peer),
          }),
        send: (to, frame) => {
          const waiting = kept.get(to)
          waiting?.push(frame)
          return waiting !== undefined || transport.send(to, frame)
        },
      })
    },
  },
]

export const leavingSaboteurs = [...departures, ...losses]
