/** Whoever reaches the port of a scheduler and speaks nonsense there: in bytes, in ZeroMQ, and in what is spoken over it. */
import { ZmqTransport, type ConnectOptions } from "@scaler-ts/adapter-zmq"
import { connect } from "@scaler-ts/future/promise"
import { Wire } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { connect as open, type Socket } from "node:net"
import { encode, version } from "../../packages/adapter-zmq/src/internal/control.ts"
import { anyPort } from "../../packages/adapter-zmq/test/fixtures/peers.ts"
import { Proxy } from "../../packages/adapter-zmq/test/fixtures/Proxy.ts"
import { Stranger } from "../../packages/adapter-zmq/test/fixtures/Stranger.ts"
import { type Next, pick, worse } from "../../packages/protocol/test/mutate.ts"
import { sampleList } from "../../packages/protocol/test/samples.ts"
import { tasks } from "./fixtures/tasks.ts"

/** Where they go, and what somebody sane has said there. */
export interface Target {
  readonly address: string
  readonly said: Uint8Array
}

/** All that a client says on its connection, from the first byte to the last, while it submits tasks and leaves. */
export const saidTo = async (address: string, options: ConnectOptions): Promise<Uint8Array> => {
  const said: Array<Buffer> = []
  const proxy = await Proxy.open(anyPort, address, {
    overhears: (bytes, isAnswer) => {
      if (!isAnswer) said.push(bytes)
    },
  })
  const client = await connect(ZmqTransport.layer(proxy.address, options))
  await Promise.all([client.submit(tasks.square, 7), client.submit(tasks.square, 8)])
  await client.close()
  proxy.close()
  return Buffer.concat(said)
}

const greetingBytes = 64

/** The greeting and the first command: all that there is before the connection is one, or its keys are proved. */
const opening = (said: Uint8Array): Uint8Array =>
  said.subarray(0, greetingBytes + 2 + (said[greetingBytes + 1] ?? 0))

const noise = (next: Next, bytesMax: number): Uint8Array =>
  Uint8Array.from({ length: next(bytesMax) }, () => next(256))

type Nonsense = (said: Uint8Array, next: Next) => Uint8Array

const nonsense: ReadonlyArray<Nonsense> = [
  (_, next) => noise(next, 4_000),
  (said, next) => said.slice(0, next(said.length)),
  (said, next) => Buffer.concat([opening(said), noise(next, 4_000)]),
  // As it was said up to somewhere, and then changed, so that every layer gets some of it.
  (said, next) => {
    const at = next(said.length)
    return Buffer.concat([said.subarray(0, at), worse([said.subarray(at)], next)])
  },
  // A frame of up to 16 EiB, which never comes.
  (said, next) => {
    const length = Array.from({ length: 8 }, (_, at) => (next(8) < at ? next(256) : 0))
    return Buffer.concat([opening(said), Uint8Array.from([2, ...length]), noise(next, 100)])
  },
  // A message of many parts, whose last never comes.
  (said, next) => {
    const parts = Array.from({ length: next(1_000) }, () => Uint8Array.from([1, 1, next(256)]))
    return Buffer.concat([opening(said), ...parts])
  },
]

const socketTo = (address: string): Socket => {
  const { hostname, port } = new URL(address)
  return open(Number(port), hostname).on("error", () => {})
}

/** Until it is connected or closed, or was sent away before it had said all, which is told as an error. */
const heardOf = async (socket: Socket, what: "connect" | "close"): Promise<void> => {
  await once(socket, what).catch(() => {})
}

/** Says it in a few pieces, and waits until its connection is ended. */
const throwBytes = async ({ address, said }: Target, next: Next): Promise<void> => {
  const socket = socketTo(address).resume()
  const ended = heardOf(socket, "close")
  const bytes = pick(nonsense, next)(said, next)
  const at = next(bytes.length + 1)
  socket.write(bytes.subarray(0, at))
  await new Promise(setImmediate)
  socket.end(bytes.subarray(at))
  await ended
}

const throwAll = async (target: Target, next: Next, count: number): Promise<void> => {
  for (let left = count; left > 0; left--) await throwBytes(target, next)
}

/** What may be said to a scheduler, frame by frame. */
const frames: ReadonlyArray<Uint8Array> = sampleList.map((message) => Wire.encode([message], 2, 1))

const hello = (next: Next): Uint8Array =>
  encode({
    _tag: "Hello",
    version,
    name: `stranger-${next(1_000)}`,
    instance: "another",
    room: { frames: 1 + next(9), bytes: 1 + next(10_000) },
  })

/** A peer that ZeroMQ lets in, and says little that anybody can mean. */
const babble = (stranger: Stranger, next: Next): void => {
  const greeting = hello(next)
  const clientHello = Wire.encode([{ _tag: "ClientHello", session: `s-${next(1_000)}` }], 1, 0)
  stranger.says(next(4) === 0 ? worse([greeting], next) : greeting, "")
  if (next(4) !== 0) stranger.says(clientHello)
  for (let left = next(10); left > 0; left--) {
    const frame = worse(frames, next)
    const parts = [[frame], [frame, ""], [worse([greeting], next), ""], [frame, frame, frame]]
    stranger.says(...pick(parts, next))
  }
}

/** How much of each there is in one round. */
const rounds = { lanes: 4, thrown: 50, held: 40, fleeting: 100, babblers: 30 }

/** One round of all of it. It ends when all of them are gone. */
export const fuzz = (target: Target, next: Next): Effect.Effect<void> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { address, said } = target
      const held = yield* Effect.acquireRelease(
        Effect.sync(() => Array.from({ length: rounds.held }, () => socketTo(address).resume())),
        (sockets) => Effect.sync(() => sockets.forEach((socket) => socket.destroy())),
      )
      for (const socket of held) socket.write(said.subarray(0, next(opening(said).length)))
      for (let left = rounds.babblers; left > 0; left--) {
        babble(yield* Stranger.at(address), next)
      }
      const lanes = Array.from({ length: rounds.lanes }, () =>
        throwAll(target, next, rounds.thrown),
      )
      for (let left = rounds.fleeting; left > 0; left--) {
        const socket = socketTo(address)
        if (next(2) === 0) yield* Effect.promise(() => heardOf(socket, "connect"))
        socket.destroy()
      }
      yield* Effect.promise(() => Promise.all(lanes))
    }),
  )
