import type { ClientSession, Transport as TransportPort } from "@scaler-ts/protocol"
import { Loop, Transport } from "@scaler-ts/runtime"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import { Client as EffectClient, type ClientOptions } from "../Client.ts"
import { ClientShell } from "../internal/ClientShell.ts"
import { overTransport, sessionOver } from "../internal/sessionOver.ts"
import { type Client, PromiseClient } from "./Client.ts"

/**
 * What a client can be connected by: what a transport package's `layer` returns, such as
 * `MemoryTransport.layer(network, "client")`; a transport that is there already; or a session of an
 * adapter that speaks its own protocol.
 */
export type Connection<E = never> = Layer.Layer<Transport, E> | TransportPort | ClientSession

/**
 * Connects to a scheduler and resolves with a client once it has accepted us.
 *
 * What a layer opens is closed with the client; a transport or session that was there before is
 * left open. Rejects with `ConnectionFailed` when nobody answers within `connectMs` or the scheduler
 * refuses, and with what the layer fails with; then nothing is left open.
 */
export const connect = async <E = never>(
  to: Connection<E>,
  options: ClientOptions = {},
): Promise<Client> => {
  const made = Effect.flatMap(sessionOf(to, options), (session) =>
    EffectClient.make(session, isSession(to) ? options : overTransport(options)),
  )
  const { client } = await fromEffect(Effect.map(made, (client) => ({ client })))
  return client
}

const sessionOf = <E>(
  to: Connection<E>,
  options: ClientOptions,
): Effect.Effect<ClientSession, E, Scope.Scope> =>
  Effect.gen(function* () {
    if (isSession(to)) return to
    const loop = yield* Loop.make
    const transport = isLayer(to) ? Context.get(yield* Layer.build(to), Transport) : to
    if (typeof transport?.listen !== "function") {
      throw new TypeError(
        `cannot connect by a ${typeof to}; pass what the layer of a transport returns, ` +
          "a transport, or a session",
      )
    }
    return sessionOver(transport, loop, options)
  })

const isSession = <E>(to: Connection<E>): to is ClientSession =>
  typeof to === "object" && to !== null && "open" in to

// What it needs and gives is known by its type, where there is one.
const isLayer = <E>(to: Connection<E>): to is Layer.Layer<Transport, E> => Layer.isLayer(to)

/**
 * Makes a client by an Effect in a scope of its own, which is closed with the client: for what
 * brings a scheduler along, as `Local.start` does. Resolves with the client and with all that was made.
 *
 * What it logs goes to stderr: stdout is the program's.
 */
export const fromEffect = async <Made extends { readonly client: EffectClient }, E>(
  make: Effect.Effect<Made, E, Scope.Scope>,
): Promise<{ readonly client: Client; readonly made: Made }> => {
  const scope = Effect.runSync(Scope.make())
  const close = (): Promise<void> => Effect.runPromise(Scope.close(scope, Exit.void))
  const logged = Effect.provideService(make, References.LogToStderr, true)
  try {
    const made = await Effect.runPromise(Scope.provide(logged, scope))
    if (!(made.client instanceof ClientShell)) {
      throw new TypeError("not a client: only what Client.make returned can be used here")
    }
    return { client: new PromiseClient(made.client, close), made }
  } catch (error) {
    await close()
    throw error
  }
}
