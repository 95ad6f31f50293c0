/** The way to a cluster: its address and keys as they are set, and what it means when nobody answers. */
import {
  AllowedKeys,
  BindFailed,
  type BindOptions,
  KeyFileFailed,
  ZmqKeys,
  ZmqTransport,
} from "@scaler-ts/adapter-zmq"
import { Client, type ClientOptions } from "@scaler-ts/future"
import { NoAnswer, Operator } from "@scaler-ts/operator"
import type { Transport } from "@scaler-ts/runtime"
import { ConnectionFailed } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CommandError, exitCodes } from "./CommandError.ts"
import { flagOf } from "./settings/settings.ts"
import type { Resolver } from "./settings/resolve.ts"

export const connectOptions = (settings: Resolver): ZmqTransport.ConnectConfig => {
  const serverFile = settings.get("server-file")
  assertBoth(settings, "server-file", "the scheduler's public key")
  return {
    address: settings.get("address"),
    connectMs: settings.get("connect-within"),
    ...encryption(settings),
    ...(serverFile === undefined ? {} : { server: keyIn(() => ZmqKeys.readPublic(serverFile)) }),
  }
}

/** How a scheduler listens. */
export const bindOptions = (settings: Resolver): BindOptions => {
  const file = settings.get("scheduler.allowed-file")
  assertBoth(settings, "scheduler.allowed-file", "the list of those who may come in")
  const allowed = file === undefined ? undefined : keyIn(() => AllowedKeys.read(file))
  return {
    ...encryption(settings),
    ...(allowed === undefined ? {} : { allowed: AllowedKeys.listed(allowed) }),
  }
}

const encryption = (settings: Resolver): Pick<BindOptions, "keys" | "insecure"> => {
  const file = settings.get("keys-file")
  const insecure = settings.get("insecure")
  return file === undefined ? { insecure } : { insecure, keys: keyIn(() => ZmqKeys.read(file)) }
}

/** Keys are of no use without knowing the other end's, nor the other way round. */
const assertBoth = (
  settings: Resolver,
  other: "server-file" | "scheduler.allowed-file",
  what: string,
): void => {
  const hasOwn = settings.get("keys-file") !== undefined
  const hasOther = settings.get(other) !== undefined
  if (hasOwn === hasOther) return
  const flag = `--${flagOf(other)}`
  throw new CommandError(
    hasOwn
      ? `There are keys of our own, but not ${what}; name its file with ${flag}.`
      : `There is ${what}, but there are no keys of our own; name their file with --keys-file ("scaler-ts keys" makes one).`,
  )
}

/** What is wrong with a file of keys is the user's to mend. */
const keyIn = <A>(read: () => A): A => {
  try {
    return read()
  } catch (error) {
    throw error instanceof KeyFileFailed
      ? new CommandError(`${error.message}.`, exitCodes.usage, error)
      : error
  }
}

const transportOf = (settings: Resolver): Layer.Layer<Transport, ConnectionFailed> => {
  const { address, ...options } = connectOptions(settings)
  return ZmqTransport.layer(address, options)
}

/** Runs something with an operator of the cluster. Rejects with a `CommandError` for what has gone wrong with that. */
export const withOperator = <A>(
  settings: Resolver,
  use: (operator: Operator) => Effect.Effect<A, NoAnswer>,
): Promise<A> => {
  const operator = Operator.layer.pipe(Layer.provide(transportOf(settings)))
  return settled(settings, Effect.flatMap(Operator, use).pipe(Effect.provide(operator)))
}

/** Sends traces of what a command submits to where the environment says; loaded only where it does. */
const tracing = async (): Promise<Layer.Layer<never, Error>> => {
  const names = ["", "TRACES_", "LOGS_", "METRICS_"].map((signal) => `OTEL_EXPORTER_OTLP_${signal}ENDPOINT`) // oxfmt-ignore
  if (!names.some((name) => process.env[name])) return Layer.empty
  const { otlp } = await import("@scaler-ts/telemetry")
  return otlp()
}

/** The same with a client, whose tasks are cancelled when it leaves but for those that are detached. */
export const withClient = async <A, E>(
  settings: Resolver,
  use: (client: Client) => Effect.Effect<A, E>,
  options: ClientOptions = {},
): Promise<A> => {
  const client = Client.layerWith(options).pipe(
    Layer.provide(transportOf(settings)),
    Layer.provideMerge(await tracing()),
  )
  return settled(settings, Effect.flatMap(Client, use).pipe(Effect.provide(client)))
}

/** Runs an effect, with what is wrong as a `CommandError` where that is the user's to know. */
export const settled = <A, E>(settings: Resolver, effect: Effect.Effect<A, E>): Promise<A> =>
  rejecting(settings, Effect.runPromise(effect))

/** The same of a promise. */
export const rejecting = async <A>(settings: Resolver, promise: Promise<A>): Promise<A> => {
  try {
    return await promise
  } catch (error) {
    throw explained(error, settings)
  }
}

const isAbsent = ({ reason }: ConnectionFailed): boolean => /\bnobody\b|\btried for\b/.test(reason)

const absentHint = (address: string): string =>
  ` A scheduler is started by "scaler-ts scheduler --address ${address}", and another address is named by --address.`

/** What the library calls by its options. */
const asFlags = (message: string): string =>
  message
    .replace("keysFile and what belongs to it", "--keys-file and what belongs to it")
    .replace("insecure: true", "--insecure")

const explained = (error: unknown, settings: Resolver): unknown => {
  const address = settings.get("address")
  if (error instanceof ConnectionFailed) {
    return new CommandError(
      `${address}: ${error.reason}.${isAbsent(error) ? absentHint(address) : ""}`,
      exitCodes.failure,
      error,
    )
  }
  if (error instanceof NoAnswer) {
    return new CommandError(
      `The scheduler at ${address} gave ${error.message}. Look whether it still runs, and try again.`,
      exitCodes.failure,
      error,
    )
  }
  if (error instanceof BindFailed) {
    return new CommandError(
      `${error.message}. Name another address with --address.`,
      exitCodes.failure,
      error,
    )
  }
  // Of a standard variable, or an address for metrics.
  if (error instanceof Error && "_tag" in error && error._tag === "TelemetryFailed")
    return new CommandError(`${error.message}.`, exitCodes.usage, error)
  // Only what options and addresses are checked by throws one.
  if (error instanceof RangeError)
    return new CommandError(`${asFlags(error.message)}.`, exitCodes.usage, error)
  return error
}
