/** What the standard variables of OpenTelemetry say of where telemetry goes. */
import { type Sampler, samplerOf } from "./sampler.ts"
import { TelemetryFailed } from "./TelemetryFailed.ts"

export type Environment = Readonly<Record<string, string | undefined>>

export const signals = ["TRACES", "LOGS", "METRICS"] as const
export type Signal = (typeof signals)[number]

const protocols = ["http/protobuf", "http/json"] as const
export type Protocol = (typeof protocols)[number]

export interface Destinations {
  /** How each signal is sent that is sent anywhere. */
  readonly protocols: ReadonlyMap<Signal, Protocol>
  readonly sampler: Sampler
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number
  /** The variables, with the defaults that the standard has, for Effect's exporters. */
  readonly variables: Readonly<Record<string, string>>
}

const timeoutMsDefault = 10_000

/** What is to be sent where; `undefined` for nothing at all. */
export const destinations = (
  environment: Environment,
  serviceName: string,
): Destinations | undefined | TelemetryFailed => {
  const variables = withoutEmpty(environment)
  if (variables["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return undefined
  delete variables["OTEL_SDK_DISABLED"]
  const found = new Map<Signal, Protocol>()
  for (const signal of signals) {
    const own = variables[`OTEL_${signal}_EXPORTER`] ?? "otlp"
    variables[`OTEL_${signal}_EXPORTER`] = own
    const [name, endpoint] = first(variables, signal, "ENDPOINT")
    const isSent = own.split(",").some((one) => one.trim().toLowerCase() === "otlp")
    if (endpoint === undefined || !isSent) continue
    if (!isHttp(endpoint)) {
      return new TelemetryFailed(
        `${name} is ${endpoint}; set a URL that begins with http:// or https://, such as http://localhost:4318`,
      )
    }
    const [setting, protocol = "http/protobuf"] = first(variables, signal, "PROTOCOL")
    const known = protocols.find((one) => one === protocol)
    if (known === undefined) return new TelemetryFailed(unsupported(setting, protocol))
    found.set(signal, known)
  }
  if (found.size === 0) return undefined
  const { OTEL_TRACES_SAMPLER: kind, OTEL_TRACES_SAMPLER_ARG: argument } = variables
  const sampler = samplerOf(kind, argument)
  if ("reason" in sampler) return new TelemetryFailed(sampler.reason)
  const timeoutMs = Number(variables["OTEL_EXPORTER_OTLP_TIMEOUT"] ?? timeoutMsDefault)
  if (!(Number.isInteger(timeoutMs) && timeoutMs > 0)) {
    const shown = variables["OTEL_EXPORTER_OTLP_TIMEOUT"]
    return new TelemetryFailed(
      `OTEL_EXPORTER_OTLP_TIMEOUT is ${shown}; set a whole number of milliseconds`,
    )
  }
  if (!/(^|,)\s*service\.name\s*=/.test(variables["OTEL_RESOURCE_ATTRIBUTES"] ?? "")) {
    variables["OTEL_SERVICE_NAME"] ??= serviceName
  }
  return { protocols: found, sampler, timeoutMs, variables }
}

/** As the standard has it, a variable that is empty is not set. */
const withoutEmpty = (environment: Environment): Record<string, string> => {
  const variables: Record<string, string> = {}
  for (const [name, value = ""] of Object.entries(environment)) {
    if (value.trim() !== "" && name.startsWith("OTEL_")) variables[name] = value.trim()
  }
  return variables
}

/** The variable of one signal, or that of all. */
const first = (
  variables: Readonly<Record<string, string>>,
  signal: Signal,
  what: string,
): readonly [name: string, value: string | undefined] => {
  const own = `OTEL_EXPORTER_OTLP_${signal}_${what}`
  const shared = `OTEL_EXPORTER_OTLP_${what}`
  return variables[own] === undefined ? [shared, variables[shared]] : [own, variables[own]]
}

const isHttp = (endpoint: string): boolean => {
  const url = URL.parse(endpoint)
  return url?.protocol === "http:" || url?.protocol === "https:"
}

const unsupported = (name: string, protocol: string): string =>
  `${name} is ${protocol}, which is not spoken here; set http/protobuf or http/json` +
  (protocol === "grpc" ? ", and the port that your collector has for HTTP, mostly 4318" : "")
