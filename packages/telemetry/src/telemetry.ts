import * as Layer from "effect/Layer"
import { type LogFormat, logs } from "./logs.ts"
import { otlp, type OtlpOptions } from "./otlp.ts"
import type { TelemetryFailed } from "./TelemetryFailed.ts"

export interface TelemetryOptions extends OtlpOptions {
  /** How log lines look on stderr. `pretty` unless told otherwise. */
  readonly logFormat?: LogFormat
  /** Whether `pretty` ones have colours. By default as stderr is a terminal and `NO_COLOR` is not set. */
  readonly colors?: boolean
}

/**
 * What a program provides once, around everything: log lines in a format, and traces, logs and metrics sent
 * to where the environment says (`otlp`).
 */
export const telemetry = ({
  logFormat = "pretty",
  colors,
  ...options
}: TelemetryOptions = {}): Layer.Layer<never, TelemetryFailed> =>
  // Stacked: of two layers of loggers side by side one would be lost.
  Layer.provideMerge(otlp(options), logs(logFormat, colors === undefined ? {} : { colors }))
