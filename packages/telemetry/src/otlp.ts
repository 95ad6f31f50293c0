/** Traces, logs and metrics for a collector of OpenTelemetry, by the standard variables of the environment. */
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as OtlpLogger from "effect/observability/OtlpLogger"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import * as Tracer from "effect/Tracer"
import process from "node:process"
import { type Destinations, destinations, type Environment, type Protocol } from "./environment.ts"
import { postingTo } from "./posting.ts"
import { sampling } from "./sampler.ts"
import { TelemetryFailed } from "./TelemetryFailed.ts"

export interface OtlpOptions {
  /** Where the variables are read. The program's own unless told otherwise. */
  readonly environment?: Environment
  /** What the program is called where `OTEL_SERVICE_NAME` does not say it. `scaler-ts` unless told otherwise. */
  readonly serviceName?: string
}

/**
 * Sends traces, logs and metrics by OTLP over HTTP to where the environment says, and nothing where it does
 * not: `OTEL_EXPORTER_OTLP_ENDPOINT`, or one for each of `_TRACES_`, `_LOGS_` and `_METRICS_`.
 *
 * The other standard variables count, too: `OTEL_EXPORTER_OTLP_HEADERS`, `_PROTOCOL` (`http/protobuf`, the
 * default, or `http/json`) and `_COMPRESSION`, also for each signal; `_TIMEOUT`, `OTEL_SERVICE_NAME`,
 * `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` with its `_ARG`, `OTEL_TRACES_EXPORTER` and the like
 * (`none`), and `OTEL_SDK_DISABLED`.
 *
 * Provide it below clients, workers and schedulers: they make spans only if they find a tracer when they are
 * made, and what they tell as they close is still sent. When it closes, it sends what is left, for 3 seconds
 * per signal at most, or for what `_TIMEOUT` says. A collector that cannot be reached harms nobody: a warning
 * says so once, and what it did not take is dropped. Fails with `TelemetryFailed` for a variable that cannot
 * be meant.
 */
export const otlp = ({
  environment = process.env,
  serviceName = "scaler-ts",
}: OtlpOptions = {}): Layer.Layer<never, TelemetryFailed> =>
  Layer.unwrap(
    Effect.suspend(() => {
      const found = destinations(environment, serviceName)
      if (found instanceof TelemetryFailed) return Effect.fail(found)
      return Effect.succeed(found === undefined ? Layer.empty : sending(found))
    }),
  )

const sending = (found: Destinations): Layer.Layer<never, TelemetryFailed> => {
  const { protocols, sampler, timeoutMs, variables } = found
  const traces = Layer.effect(
    Tracer.Tracer,
    Effect.map(Tracer.Tracer, (tracer) => sampling(sampler, tracer)),
  ).pipe(Layer.provide(OtlpTracer.layerFromConfig()))
  const layers = {
    TRACES: traces,
    LOGS: OtlpLogger.layerFromConfig(),
    METRICS: OtlpMetrics.layerFromConfig(),
  }
  const wanted = Array.from(protocols, ([signal, protocol]) =>
    Layer.provide(layers[signal], serializations[protocol]),
  )
  return wanted
    .reduce<Layer.Layer<never, never, HttpClient>>((all, one) => Layer.merge(all, one), Layer.empty)
    .pipe(
      Layer.provide(postingTo(timeoutMs)),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: variables }))),
      // What Effect cannot read of the variables it takes for a defect.
      Layer.catchCause((cause) => Layer.effectDiscard(unreadable(cause))),
    )
}

const serializations: Readonly<Record<Protocol, Layer.Layer<OtlpSerialization.OtlpSerialization>>> =
  {
    "http/protobuf": OtlpSerialization.layerProtobuf,
    "http/json": OtlpSerialization.layerJson,
  }

const unreadable = (cause: Cause.Cause<never>): Effect.Effect<never, TelemetryFailed> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
  const error = Cause.squash(cause)
  const reason = error instanceof Error ? error.message : String(error)
  return Effect.fail(
    new TelemetryFailed(`the variables of OpenTelemetry cannot be read: ${reason}`, {
      cause: error,
    }),
  )
}
