/** Sending many frames the way the port wants it: as many as are taken, then not before there is room. */
import * as Effect from "effect/Effect"
import { frame } from "../frames.ts"
import type { Peer, Peers } from "../Peers.ts"

export interface Sent {
  readonly from: Peer
  readonly to: Peer
  /** How many frames to send, numbered from 0. */
  readonly count: number
  /** How long each is. */
  readonly bytes?: number
}

/** Sends frames; whenever the outbox is full it waits to be told that there is room. */
export const sendAll = (
  peers: Peers,
  { from, to, count, bytes = 4 }: Sent,
): Effect.Effect<void, Error> =>
  Effect.gen(function* () {
    for (let number = 0; number < count; number++) {
      const heard = from.writable.length
      if (from.transport.send(to.name, frame(number, bytes))) continue
      number--
      const what = `${from.name} is told that its outbox for ${to.name} is writable`
      yield* peers.until(what, () => from.writable.slice(heard).includes(to.name))
    }
  })

/** Frames that fill any outbox worth the name. */
const framesMax = 20_000
const frameBytes = 1_024

/** Sends within one turn until a frame is refused, and says how many were taken. Fails when none is refused. */
export const fill = (from: Peer, to: string): Effect.Effect<number, Error> =>
  Effect.suspend(() => {
    for (let number = 0; number < framesMax; number++) {
      if (!from.transport.send(to, frame(number, frameBytes))) return Effect.succeed(number)
    }
    return Effect.fail(
      new Error(
        `${framesMax} frames of ${frameBytes} bytes were taken within one turn and none refused: the outbox has no bound`,
      ),
    )
  })

/** Does the same from hub to spoke and from spoke to hub. */
export const bothWays = (
  peers: Peers,
  run: (from: Peer, to: Peer) => Effect.Effect<void, unknown>,
): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const [hub] = yield* peers.star()
    const spoke = yield* peers.spoke(hub, "a")
    yield* run(spoke, hub)
    hub.clear()
    spoke.clear()
    yield* run(hub, spoke)
  })
