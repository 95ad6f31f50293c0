import { assert, describe, it } from "@effect/vitest"
import { destinations, type Environment } from "../src/environment.ts"
import { TelemetryFailed } from "../src/index.ts"

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" }

const read = (environment: Environment) => destinations(environment, "ours")

const sent = (environment: Environment): unknown => {
  const found = read(environment)
  if (found instanceof TelemetryFailed) return found.message
  return found === undefined ? undefined : Object.fromEntries(found.protocols)
}

const all = (protocol: string) => ({ TRACES: protocol, LOGS: protocol, METRICS: protocol })

describe("what is sent where", () => {
  it("is nothing without an endpoint, and where it is switched off", () => {
    assert.isUndefined(read({}))
    assert.isUndefined(read({ OTEL_EXPORTER_OTLP_ENDPOINT: " " }))
    assert.isUndefined(read({ OTEL_TRACES_SAMPLER: "always_on", OTEL_SERVICE_NAME: "x" }))
    assert.isUndefined(read({ ...endpoint, OTEL_SDK_DISABLED: "True" }))
    assert.deepStrictEqual(sent({ ...endpoint, OTEL_SDK_DISABLED: "false" }), all("http/protobuf"))
  })

  it("is everything with one for all, and one signal with one of its own", () => {
    assert.deepStrictEqual(sent(endpoint), all("http/protobuf"))
    assert.deepStrictEqual(sent({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "https://logs/in" }), {
      LOGS: "http/protobuf",
    })
    assert.deepStrictEqual(sent({ ...endpoint, OTEL_METRICS_EXPORTER: "none" }), {
      TRACES: "http/protobuf",
      LOGS: "http/protobuf",
    })
  })

  it("goes by the protocol of its signal, or that of all", () => {
    assert.deepStrictEqual(
      sent({
        ...endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
      }),
      { TRACES: "http/protobuf", LOGS: "http/json", METRICS: "http/json" },
    )
  })

  it("says whose it is, unless the environment does", () => {
    const name = (environment: Environment) => {
      const found = read({ ...endpoint, ...environment })
      return found === undefined || found instanceof TelemetryFailed
        ? found
        : found.variables["OTEL_SERVICE_NAME"]
    }
    assert.strictEqual(name({}), "ours")
    assert.strictEqual(name({ OTEL_SERVICE_NAME: "theirs" }), "theirs")
    assert.isUndefined(name({ OTEL_RESOURCE_ATTRIBUTES: "a=b,service.name=x" }))
  })

  it.each([
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      "OTEL_EXPORTER_OTLP_PROTOCOL is grpc, which is not spoken here; set http/protobuf or http/json, and the port that your collector has for HTTP, mostly 4318",
    ],
    [
      { OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "smoke" },
      "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL is smoke, which is not spoken here; set http/protobuf or http/json",
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4317" },
      "OTEL_EXPORTER_OTLP_ENDPOINT is localhost:4317; set a URL that begins with http:// or https://, such as http://localhost:4318",
    ],
    [
      { OTEL_TRACES_SAMPLER: "toString" },
      "OTEL_TRACES_SAMPLER is toString; set one of always_on, parentbased_always_on, always_off, parentbased_always_off, traceidratio, parentbased_traceidratio",
    ],
    [
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" },
      "OTEL_TRACES_SAMPLER_ARG is 2; set a number from 0 to 1",
    ],
    [
      { OTEL_EXPORTER_OTLP_TIMEOUT: "10s" },
      "OTEL_EXPORTER_OTLP_TIMEOUT is 10s; set a whole number of milliseconds",
    ],
  ])("is refused where it cannot be meant: %o", (environment, message) => {
    assert.strictEqual(sent({ ...endpoint, ...environment }), message)
  })
})
