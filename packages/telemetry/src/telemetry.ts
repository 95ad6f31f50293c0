import * as Layer from "effect/Layer"
import { type LogFormat, logs } from "./logs.ts"
import { otlp, type OtlpOptions } from "./otlp.ts"
import type { TelemetryFailed } from "./TelemetryFailed.ts"

export interface TelemetryOptions extends OtlpOptions {
  /** How log lines look on stderr. `pretty` unless told otherwise. */
  readonly logFormat?: LogFormat
}

/**
 * What a program provides once, around everything: log lines in a format, and traces, logs and metrics sent
 * to where the environment says (`otlp`).
 */
export const telemetry = (options: TelemetryOptions = {}): Layer.Layer<never, TelemetryFailed> =>
  // Stacked: of two layers of loggers side by side one would be lost.
  Layer.provideMerge(otlp(options), logs(options.logFormat ?? "pretty"))
