/** What a process says of itself: its log on stderr, and traces and logs to where the environment says. */
import { telemetry, type TelemetryFailed } from "@scaler-ts/telemetry"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import type { Output } from "./output.ts"
import type { Resolver } from "./settings/resolve.ts"
import { isColoured } from "./stream.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error", none: "None" } as const

export const logLayer = (
  settings: Resolver,
  { color }: Output,
): Layer.Layer<never, TelemetryFailed> =>
  Layer.merge(
    telemetry({
      logFormat: settings.get("log-format"),
      colors: color && isColoured(process.stderr, process.env),
    }),
    Layer.succeed(References.MinimumLogLevel, levels[settings.get("log-level")]),
  )
