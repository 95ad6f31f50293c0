/** Transports that lose, mix up or spoil frames, or call back when they must not. */
import { type PeerId, ProtocolError, type TransportListener, Wire } from "@scaler-ts/protocol"
import { knowing, type Saboteur, sending, spoilt, telling } from "./spoil.ts"

const allInOrder = "10,000 frames arrive in the order sent, once each"
const fromSeveral = "frames of several peers keep their order and the name of their sender"
const spoiltFrames: ReadonlyArray<Saboteur> = [
  {
    name: "bears another name",
    caughtBy: ["a transport bears the name it joined under"],
    make: () => (transport) => spoilt(transport, { self: `not ${transport.self}` }),
  },
  {
    name: "swaps two frames in a hundred",
    caughtBy: [allInOrder, fromSeveral],
    make: () => (transport) => {
      let kept: Uint8Array | undefined
      let count = 0
      return spoilt(transport, {
        send: (to, frame) => {
          if (++count % 100 === 50) {
            kept = frame
            return true
          }
          const taken = transport.send(to, frame)
          if (kept === undefined || !taken) return taken
          transport.send(to, kept)
          kept = undefined
          return true
        },
      })
    },
  },
  {
    name: "sends a frame in a hundred twice",
    caughtBy: [allInOrder, fromSeveral],
    make: sending((transport, to, frame, count) => {
      const taken = transport.send(to, frame)
      if (taken && count % 100 === 50) transport.send(to, frame)
      return taken
    }),
  },
  {
    name: "drops a frame in a thousand silently",
    caughtBy: [allInOrder],
    make: sending((transport, to, frame, count) =>
      count % 1_000 === 500 ? true : transport.send(to, frame),
    ),
  },
  {
    name: "drops what it has no room for",
    caughtBy: ["a full outbox refuses a frame"],
    stalls: [allInOrder],
    make: sending((transport, to, frame) => {
      transport.send(to, frame)
      return true
    }),
  },
  {
    name: "takes one sender for another",
    stalls: [fromSeveral],
    make: telling((listener) => ({
      frame: (from, frame) => listener.frame(from === "b" ? "c" : from, frame),
    })),
  },
  {
    name: "takes an empty frame for none",
    caughtBy: ["an empty frame arrives as an empty frame"],
    make: sending((transport, to, frame) => frame.length === 0 || transport.send(to, frame)),
  },
  {
    name: "cuts frames at a mebibyte",
    caughtBy: [
      "a frame of 8 MiB arrives as it was sent, between short ones",
      "values cross as they are, empty and of 8 MiB",
    ],
    make: sending((transport, to, frame) => transport.send(to, frame.subarray(0, 1_048_576))),
  },
  {
    name: "sends the buffer instead of the part of it",
    caughtBy: ["a frame that is part of a buffer arrives as that part"],
    make: sending((transport, to, frame) => transport.send(to, new Uint8Array(frame.buffer))),
  },
  {
    name: "receives everything into one buffer",
    caughtBy: ["a frame that was handed over stays as it is"],
    make: telling((listener) => {
      const buffer = new Uint8Array(16 * 1_048_576)
      return {
        frame: (from, frame) => {
          buffer.set(frame)
          listener.frame(from, buffer.subarray(0, frame.length))
        },
      }
    }),
  },
  {
    name: "swallows what the protocol cannot read",
    stalls: [
      "whoever sends garbage to a scheduler loses its session, and everybody else goes on",
      "a client that sends garbage takes only its own tasks with it",
      "what a worker runs that sends garbage is run by another",
    ],
    make: sending((transport, to, frame) => !isReadable(frame) || transport.send(to, frame)),
  },
]

const isReadable = (frame: Uint8Array): boolean => {
  try {
    Wire.decode(frame, {
      name: "anybody",
      tags: {
        ...Wire.toScheduler.tags,
        ...Wire.toClient.tags,
        ...Wire.toWorker.tags,
        ...Wire.toOperator.tags,
      },
    })
    return true
  } catch (error) {
    return !(error instanceof ProtocolError)
  }
}

const spoiltTurns: ReadonlyArray<Saboteur> = [
  {
    name: "forgets what came before listen",
    caughtBy: [
      "frames that arrive before listen are handed over first, in order",
      "a hub that listens late is handed what came first",
    ],
    make: () => (transport) => {
      let listener: TransportListener | undefined
      transport.listen({
        frame: (from, frame) => listener?.frame(from, frame),
        gone: (peer, reason) => listener?.gone(peer, reason),
        writable: (peer) => listener?.writable(peer),
      })
      return spoilt(transport, {
        listen: (one) => {
          listener = one
        },
      })
    },
  },
  {
    name: "hands over what came first from inside listen",
    caughtBy: ["a listener is never called from inside a method"],
    make: () => (transport) => {
      let listener: TransportListener | undefined
      const early: Array<() => void> = []
      const tell = (run: (listener: TransportListener) => void): void => {
        if (listener === undefined) early.push(() => tell(run))
        else run(listener)
      }
      transport.listen({
        frame: (from, frame) => tell((one) => one.frame(from, frame)),
        gone: (peer, reason) => tell((one) => one.gone(peer, reason)),
        writable: (peer) => tell((one) => one.writable(peer)),
      })
      return spoilt(transport, {
        listen: (one) => {
          listener = one
          for (const run of early) run()
        },
      })
    },
  },
  {
    name: "says gone from inside disconnect",
    caughtBy: ["a listener is never called from inside a method"],
    make: knowing((transport, listener) => ({
      disconnect: (peer) => {
        transport.disconnect(peer)
        listener()?.gone(peer, "it was asked to")
      },
    })),
  },
  {
    name: "never refuses a frame",
    caughtBy: [
      "a full outbox refuses a frame",
      "a full outbox is writable once there is room",
      "a frame that was refused is not sent, and one that was taken is",
    ],
    make: () => (transport) => {
      const waiting: Array<readonly [PeerId, Uint8Array]> = []
      return spoilt(transport, {
        send: (to, frame) => {
          if (!transport.send(to, frame)) waiting.push([to, frame])
          return true
        },
      })
    },
  },
  {
    name: "never says that there is room",
    stalls: [
      "a full outbox is writable once there is room",
      "a client that does not listen holds nobody else up",
      allInOrder,
    ],
    make: telling(() => ({ writable: () => {} })),
  },
  {
    name: "sends what it refused",
    caughtBy: ["a frame that was refused is not sent, and one that was taken is"],
    make: () => (transport) => {
      const refused: Array<readonly [PeerId, Uint8Array]> = []
      return spoilt(transport, {
        listen: (listener) =>
          transport.listen({
            ...listener,
            writable: (peer) => {
              for (const [to, frame] of refused.splice(0)) transport.send(to, frame)
              listener.writable(peer)
            },
          }),
        send: (to, frame) => {
          const taken = transport.send(to, frame)
          if (!taken && refused.length === 0) refused.push([to, frame])
          return taken
        },
      })
    },
  },
  {
    name: "says that there is room whenever it hears something",
    caughtBy: ["nobody is told of room whose outbox was not full"],
    make: telling((listener) => ({
      frame: (from, frame) => {
        listener.frame(from, frame)
        listener.writable(from)
      },
    })),
  },
  {
    name: "has one outbox for everybody",
    caughtBy: ["one full outbox leaves the others open"],
    make: () => (transport) => {
      let isFull = false
      return spoilt(transport, {
        send: (to, frame) => {
          isFull ||= !transport.send(to, frame)
          return !isFull
        },
      })
    },
  },
]

export const transportSaboteurs = [...spoiltFrames, ...spoiltTurns]
