/** The log of a scheduler and a worker: lines on stderr, in the format that is set. */
import type * as Layer from "effect/Layer"
import * as LayerModule from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { Resolver } from "./settings/resolve.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error", none: "None" } as const

/** One line each: the time, how bad it is, and what it is about. */
const pretty = Logger.make(({ date, fiber, logLevel, message }) => {
  const parts = Array.isArray(message) ? message : [message]
  const annotations = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).map(
    ([key, value]) => `${key}=${String(value)}`,
  )
  const time = date.toISOString().slice(11, 23)
  return [time, logLevel.toUpperCase(), ...parts.map(String), ...annotations].join(" ")
})

export const logLayer = (settings: Resolver): Layer.Layer<never> => {
  const format = {
    pretty,
    logfmt: Logger.formatLogFmt,
    json: Logger.formatJson,
  }[settings.get("log-format")]
  return LayerModule.merge(
    Logger.layer([Logger.withConsoleError(format)]),
    LayerModule.succeed(References.MinimumLogLevel, levels[settings.get("log-level")]),
  )
}
