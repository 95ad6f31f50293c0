/**
 * A transport between processes and machines, over ZeroMQ: a scheduler binds an address, and clients
 * and workers connect to it.
 *
 * Both ends keep all of the `Transport` port. A name belongs to one connection at a time, and a second
 * peer that wants it is refused. docs/transports.md says what else is promised.
 */
import type { PeerId, Transport as TransportPort } from "@scaler-ts/protocol"
import { ConnectionFailed, Loop, Transport, unguessable } from "@scaler-ts/runtime"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { rmSync } from "node:fs"
import { BindFailed } from "./BindFailed.ts"
import { checkedAddress } from "./internal/address.ts"
import { Hub } from "./internal/Hub.ts"
import { isFile, isListenedAt } from "./internal/ipc.ts"
import { proofTo } from "./internal/proof.ts"
import { curveOfBind, curveOfConnect } from "./internal/security.ts"
import { type Opened, Spoke } from "./internal/Spoke.ts"
import { type BindOptions, checkedBind, checkedConnect, type ConnectOptions } from "./ZmqOptions.ts"

/** A transport that others connect to. */
export interface Bound extends TransportPort {
  /** Where it listens, with the port that was free if it was to be any: `tcp://127.0.0.1:*`. */
  readonly address: string
}

/**
 * Listens at `tcp://host:port` or `ipc://path` for the life of the scope, which closes once everybody
 * has heard what was sent before, or `lingerMs` have passed.
 *
 * Fails with `BindFailed` where somebody else listens, and where a file of keys cannot be used. Dies of a
 * `RangeError` for options nobody can mean, and for an address beyond this machine without keys or `insecure`.
 *
 * With keys its `admission` is that of who is allowed: a scheduler on it lets each in only as what it is listed.
 */
export const bind = (
  address: string,
  options: BindOptions = {},
): Effect.Effect<Bound, BindFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const { kind, place, readCurve, ...checked } = yield* Effect.sync(() => {
      const readCurve = curveOfBind(options)
      const isMeant = options.insecure === true || readCurve !== undefined
      return { ...checkedBind(options), ...checkedAddress(address, isMeant), readCurve }
    })
    const curve = yield* Effect.try({
      try: () => readCurve?.(),
      catch: (error) => new BindFailed(address, reasonOf(error)),
    })
    if (kind === "ipc" && (yield* Effect.promise(() => isListenedAt(place)))) {
      return yield* Effect.fail(new BindFailed(address, "somebody listens there already"))
    }
    const loop = yield* Loop.make
    const listening = Effect.suspend(() => {
      const hub = new Hub(loop, { ...checked, curve })
      return Effect.tryPromise({
        try: async () => Object.assign(hub, { address: await hub.bind(address) }),
        catch: (error) => new BindFailed(address, reasonOf(error)),
      }).pipe(Effect.onError(() => closed(hub)))
    })
    return yield* Effect.acquireRelease(listening, (hub) => {
      // ZeroMQ leaves it. First, so that whoever binds it next does not find it taken away.
      if (kind === "ipc" && isFile(place)) rmSync(place, { force: true })
      return closed(hub)
    })
  })

/**
 * Connects to whoever listens at an address, for the life of the scope, which closes once it has heard
 * what was sent before, or `lingerMs` have passed. When the connection is lost, the next frame begins
 * another.
 *
 * Fails with `ConnectionFailed`, which names the address, when nobody answers within `connectMs`, and
 * at once when our name is taken, our key is not allowed, or a file of keys cannot be used. Dies of a
 * `RangeError` as `bind` does.
 */
export const connect = (
  address: string,
  options: ConnectOptions = {},
): Effect.Effect<TransportPort, ConnectionFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const number = yield* Random.nextInt
    const instance = yield* unguessable
    const { readCurve, ...checked } = yield* Effect.sync(() => {
      const readCurve = curveOfConnect(options)
      checkedAddress(address, options.insecure === true || readCurve !== undefined)
      const nameOtherwise = (): PeerId => `peer-${(number >>> 0).toString(36)}`
      return { ...checkedConnect(address, options, nameOtherwise), instance, readCurve }
    })
    const keys = yield* Effect.try({
      try: () => readCurve?.(),
      catch: (error) => new ConnectionFailed(address, reasonOf(error)),
    })
    const curve = yield* Effect.sync(() =>
      keys === undefined ? undefined : { ...keys, proof: proofTo(keys.server, keys.keys, checked) },
    )
    const loop = yield* Loop.make
    const spoke = yield* Effect.acquireRelease(
      Effect.sync(() => new Spoke(loop, { ...checked, curve })),
      closed,
    )
    yield* opened(spoke, address, checked.connectMs)
    return spoke
  })

/** `connect`, as the `Transport` service of a client or a worker. */
export const layer = (
  address: string,
  options?: ConnectOptions,
): Layer.Layer<Transport, ConnectionFailed> => Layer.effect(Transport, connect(address, options))

/** `bind`, as the `Transport` service of a scheduler. */
export const layerBind = (
  address: string,
  options?: BindOptions,
): Layer.Layer<Transport, BindFailed> => Layer.effect(Transport, bind(address, options))

/** Where and how to connect, as configuration has it. */
export interface ConnectConfig extends ConnectOptions {
  readonly address: string
}

/** Where and how to listen, as configuration has it. */
export interface BindConfig extends BindOptions {
  readonly address: string
}

/** `layer`, with address and options from configuration. */
export const layerConfig = (
  config: Config.Wrap<ConnectConfig>,
): Layer.Layer<Transport, ConnectionFailed | Config.ConfigError> =>
  Layer.effect(
    Transport,
    Effect.flatMap(Config.unwrap(config), ({ address, ...options }) => connect(address, options)),
  )

/** `layerBind`, with address and options from configuration. */
export const layerBindConfig = (
  config: Config.Wrap<BindConfig>,
): Layer.Layer<Transport, BindFailed | Config.ConfigError> =>
  Layer.effect(
    Transport,
    Effect.flatMap(Config.unwrap(config), ({ address, ...options }) => bind(address, options)),
  )

const closed = (transport: Hub | Spoke): Effect.Effect<void> =>
  Effect.suspend(() => {
    transport.close()
    return Effect.promise(() => transport.closed)
  })

type Failed = Extract<Opened, { readonly _tag: "Failed" }>

const pauses = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.jittered,
)

/** Tries until somebody answers, refuses, or the time is over. */
const opened = (
  spoke: Spoke,
  address: string,
  connectMs: number,
): Effect.Effect<void, ConnectionFailed> =>
  Effect.suspend(() => {
    let last = "nobody answered"
    const attempt = Effect.callback<void, Failed>((resume) => {
      let isHeld = false
      spoke.open((opened) => {
        if (opened._tag === "Welcomed") return resume(Effect.void)
        if (opened._tag === "Held") {
          isHeld = true
          last = `somebody named "${spoke.self}" is connected already, and does not answer`
          return
        }
        if (!isHeld) last = opened.reason
        resume(Effect.fail(opened))
      })
      return Effect.sync(() => spoke.abandon())
    })
    return attempt.pipe(
      Effect.retry({ schedule: pauses, while: ({ isRefused }) => !isRefused }),
      Effect.mapError(({ reason }) => new ConnectionFailed(address, reason)),
      Effect.timeoutOrElse({
        duration: connectMs,
        orElse: () =>
          Effect.fail(new ConnectionFailed(address, `${last} (tried for ${connectMs} ms)`)),
      }),
    )
  })

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  if (code === "EADDRINUSE") return "somebody listens there already; use another port"
  if (code === "EADDRNOTAVAIL" || code === "ENODEV") return "it is no address of this machine"
  return error instanceof Error ? error.message : String(error)
}
