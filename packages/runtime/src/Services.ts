/** The ports of `@scaler-ts/protocol` as Effect services, for layers to provide and shells to use. */
import type * as Protocol from "@scaler-ts/protocol"
import * as Context from "effect/Context"
import { WebCrypto } from "effect/crypto/WebCrypto"

/** The transport a client, a worker or a scheduler speaks through. Every adapter has a layer for it. */
export interface Transport extends Protocol.Transport {}
export const Transport: Context.Service<Transport, Transport> = Context.Service(
  "@scaler-ts/runtime/Transport",
)

/** Calls `wake` in `delayMs` unless the returned function is called first. */
export type Sleep = (delayMs: number, wake: () => void) => () => void

/**
 * How a loop's background timers sleep: those that only look whether somebody is still there, and set
 * themselves again for ever. As all others unless somebody provides something else, such as a world in
 * which nothing may go on for ever.
 */
export const BackgroundSleep: Context.Reference<Sleep | undefined> = Context.Reference(
  "@scaler-ts/runtime/BackgroundSleep",
  { defaultValue: (): Sleep | undefined => undefined },
)

/** So many bytes that nobody can guess, unless somebody provides others, such as a world that has to repeat itself. */
export const RandomBytes: Context.Reference<(count: number) => Uint8Array> = Context.Reference(
  "@scaler-ts/runtime/RandomBytes",
  {
    defaultValue: () => {
      const crypto = WebCrypto.defaultValue()
      return (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))
    },
  },
)
