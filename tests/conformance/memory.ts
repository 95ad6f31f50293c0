/** The memory adapter's network, as the conformance suites want it. */
import { MemoryNetwork } from "@scaler-ts/adapter-memory"
import type { ConformanceNetwork } from "@scaler-ts/testkit/conformance"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export const setup: Effect.Effect<ConformanceNetwork, never, Scope.Scope> = Effect.map(
  MemoryNetwork.make({ outboxFramesMax: 64 }),
  (network) => {
    const names = new Set<string>()
    return {
      join: (name) => {
        names.add(name)
        return Effect.sync(() => network.join(name))
      },
      crash: (peer) =>
        Effect.sync(() => {
          for (const name of names) network.cut(peer.self, name)
          peer.close()
        }),
      cut: (one, other) => Effect.sync(() => network.cut(one, other)),
    }
  },
)
