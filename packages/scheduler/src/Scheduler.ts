/** The scheduler as an Effect and as a layer. */
import type { Transport as TransportPort } from "@scaler-ts/protocol"
import { Loop, Tracing, Transport } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { handleOf, type Scheduler } from "./handle.ts"
import { type SchedulerOptions, settingsOf } from "./SchedulerOptions.ts"
import { Shell } from "./SchedulerShell.ts"

export type { Scheduler } from "./handle.ts"
export type { SchedulerOptions } from "./SchedulerOptions.ts"

/**
 * A scheduler on a transport, for the life of the scope.
 *
 * It accepts whoever says hello in protocol version 1 and is let in (`admission`), until it is told to stop.
 * When the scope closes it tells all of them, and says nothing more.
 */
export const make: (
  transport: TransportPort,
  options?: SchedulerOptions,
) => Effect.Effect<Scheduler, never, Scope.Scope> = Effect.fnUntraced(function* (
  transport: TransportPort,
  options: SchedulerOptions = {},
) {
  const loop = yield* Loop.make
  const tracing = yield* Tracing.current
  const shell = new Shell(transport, loop, { ...settingsOf(options), tracing })
  const close = Effect.sync(() => shell.close())
  yield* Effect.addFinalizer(() => Effect.andThen(close, loop.turn))
  return handleOf(shell)
})

/** Runs a scheduler on the `Transport` service for as long as the layer lives. */
export const layer = (options?: SchedulerOptions): Layer.Layer<never, never, Transport> =>
  Layer.effectDiscard(Effect.flatMap(Transport, (transport) => make(transport, options)))
