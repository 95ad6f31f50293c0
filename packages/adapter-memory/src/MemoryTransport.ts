/** One peer's place in a memory network, as a layer. */
import type { PeerId } from "@scaler-ts/protocol"
import { Transport } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { MemoryNetwork } from "./MemoryNetwork.ts"

/** A transport under a name of its own, for the life of the scope. Dies when the name is taken. */
export const make = (
  network: MemoryNetwork,
  name: PeerId,
): Effect.Effect<Transport, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => network.join(name)),
    (transport) => Effect.sync(() => transport.close()),
  )

/** A transport under a name of its own, as the `Transport` service. */
export const layer = (network: MemoryNetwork, name: PeerId): Layer.Layer<Transport> =>
  Layer.effect(Transport, make(network, name))
