/** Networks over ZeroMQ, as the conformance suites want them: each spoke's connections can be broken. */
import {
  type BindOptions,
  type ConnectOptions,
  ZmqKeys,
  ZmqTransport,
} from "@scaler-ts/adapter-zmq"
import { schedulerPeer, type Transport } from "@scaler-ts/protocol"
import type { ConformanceNetwork } from "@scaler-ts/testkit/conformance"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { anyPort } from "../../packages/adapter-zmq/test/fixtures/peers.ts"
import { Proxy } from "../../packages/adapter-zmq/test/fixtures/Proxy.ts"

/** Waits for nobody who is not there any more. */
const options = { outboxFramesMax: 64, lingerMs: 2_000 }

/** The keys of both ends. */
interface Keys {
  readonly bind?: BindOptions
  readonly connect?: ConnectOptions
}

/** A hub, and before it a proxy for each spoke. `newAddress`: one where nobody listens yet, or any free port. */
const star = (
  newAddress: () => string,
  { bind, connect }: Keys = {},
): Effect.Effect<ConformanceNetwork, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    let hubAddress = ""
    const proxies = new Map<string, Proxy>()
    const hub = Effect.tap(
      ZmqTransport.bind(newAddress(), { ...options, ...bind }),
      ({ address }) => Effect.sync(() => (hubAddress = address)),
    )
    const spoke = (name: string): Effect.Effect<Transport, unknown, Scope.Scope> =>
      Effect.gen(function* () {
        const proxy = yield* Effect.acquireRelease(
          Effect.promise(() => Proxy.open(newAddress(), hubAddress)),
          (proxy) => Effect.sync(() => proxy.close()),
        )
        proxies.set(name, proxy)
        return yield* ZmqTransport.connect(proxy.address, { ...options, ...connect, name })
      })
    return {
      join: (name) => Scope.provide(name === schedulerPeer ? hub : spoke(name), scope),
      crash: (peer) =>
        Effect.sync(() => {
          for (const [name, proxy] of proxies) {
            if (peer.self === name || peer.self === schedulerPeer) proxy.close()
          }
          // Its goodbye reaches nobody any more.
          peer.close()
        }),
      cut: (one, other) =>
        Effect.sync(() => proxies.get(one === schedulerPeer ? other : one)?.cut()),
    }
  })

export const tcp: Effect.Effect<ConformanceNetwork, never, Scope.Scope> = star(() => anyPort)

const ofHub = ZmqKeys.generate()
const ofSpokes = ZmqKeys.generate()

/** With keys at both ends. */
export const curve: Effect.Effect<ConformanceNetwork, never, Scope.Scope> = star(() => anyPort, {
  bind: { keys: ofHub, allowed: [ofSpokes.publicKey] },
  connect: { keys: ofSpokes, server: ofHub.publicKey },
})

export const ipc: Effect.Effect<ConformanceNetwork, never, Scope.Scope> = Effect.flatMap(
  Effect.acquireRelease(Effect.sync(temporary), (folder) =>
    Effect.sync(() => folder[Symbol.dispose]()),
  ),
  (folder) => {
    let sockets = 0
    return star(() => `ipc://${folder.file(`socket-${sockets++}`)}`)
  },
)
