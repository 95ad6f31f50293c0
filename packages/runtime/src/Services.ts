/** The ports of `@scaler-ts/protocol` as Effect services, for layers to provide and shells to use. */
import type * as Protocol from "@scaler-ts/protocol"
import * as Context from "effect/Context"

/** The transport a client, a worker or a scheduler speaks through. Every adapter has a layer for it. */
export interface Transport extends Protocol.Transport {}
export const Transport: Context.Service<Transport, Transport> = Context.Service(
  "@scaler-ts/runtime/Transport",
)
