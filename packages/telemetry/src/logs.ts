/** How the program's log lines look. */
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import process from "node:process"

/** `json`: an object per line. `logfmt`: `key=value` pairs. `pretty`: for people. */
export type LogFormat = "json" | "logfmt" | "pretty"

export const logFormats: ReadonlyArray<LogFormat> = ["json", "logfmt", "pretty"]

/**
 * Log lines in a format, on stderr, in place of Effect's own.
 *
 * What a line is about is in its annotations: `scaler.task.id`, `scaler.task.name`, `scaler.task.attempt` and
 * `scaler.worker`, as far as they are known where it is logged. `colors` is for `pretty`; by default as
 * stderr is a terminal and `NO_COLOR` is not set.
 */
export const logs = (
  format: LogFormat,
  options: { readonly colors?: boolean } = {},
): Layer.Layer<never> => {
  switch (format) {
    case "json":
      return Logger.layer([Logger.withConsoleError(Logger.formatJson)])
    case "logfmt":
      return Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])
    case "pretty": {
      const { colors = process.stderr.isTTY && !process.env["NO_COLOR"] } = options
      const logger = Logger.consolePretty({ mode: "tty", colors })
      return Layer.merge(Logger.layer([logger]), Layer.succeed(References.LogToStderr, true))
    }
    default:
      throw new RangeError(
        `the log format is ${JSON.stringify(format)}; give one of ${logFormats.join(", ")}`,
      )
  }
}
