// What a program sends by the standard variables, and that a collector that does not take it harms nobody.
import { assert, describe, it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { otlp, type TelemetryFailed, telemetry } from "@scaler-ts/telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import { Collector } from "../support/Collector.ts"
import { tasks } from "./fixtures/tasks.ts"

const run = <A, E>(
  program: Effect.Effect<A, E>,
  layer: Layer.Layer<never, TelemetryFailed>,
): Promise<A> =>
  program.pipe(
    Effect.provide(layer),
    Effect.provideService(Metric.MetricRegistry, new Map()),
    Effect.runPromise,
  )

/** Keeps lines instead of writing them. */
const keeping = (lines: Array<string>): Layer.Layer<never> =>
  Logger.layer([
    Logger.map(Logger.formatStructured, ({ message }) => void lines.push(String(message))),
  ])

const some = Effect.andThen(
  Effect.logInfo("said").pipe(Effect.annotateLogs("scaler.task.id", "s.1")),
  Metric.update(Metric.counter("counted"), 1),
).pipe(Effect.withSpan("some"))

describe("a collector", () => {
  it("gets traces, logs and metrics, each under its path, with headers and whose they are", async () => {
    await using collector = await Collector.open()
    const environment = {
      ...collector.environment,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/base/`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=secret%20one,x-other=2",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
      OTEL_SERVICE_NAME: "named",
    }
    const lines: Array<string> = []
    await run(some, Layer.provideMerge(otlp({ environment }), keeping(lines)))
    assert.deepStrictEqual([...new Set(collector.requests.map(({ path }) => path))].toSorted(), [
      "/base/v1/logs",
      "/base/v1/metrics",
      "/base/v1/traces",
    ])
    for (const { headers } of collector.requests) {
      assert.deepStrictEqual([headers["x-key"], headers["x-other"]], ["secret one", "2"])
      assert.strictEqual(headers["content-type"], "application/json")
    }
    const [span] = collector.spans
    assert.strictEqual(span?.name, "some")
    const { text, attributes, trace } = collector.logs[0] ?? {}
    assert.deepStrictEqual([text, attributes?.["scaler.task.id"], trace], ["said", "s.1", span?.trace]) // oxfmt-ignore
    assert.include(collector.metrics, "counted")
    const resource = JSON.stringify(collector.bodies[0])
    assert.include(resource, '"named"')
    assert.include(resource, "deployment.environment.name")
    // What is logged is still logged where it was.
    assert.deepStrictEqual(lines, ["said"])
  })

  it("gets protobuf unless told otherwise, and what is left out by none is not sent", async () => {
    await using collector = await Collector.open()
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    }
    await run(some, Layer.provideMerge(otlp({ environment }), keeping([])))
    const [request, ...others] = collector.requests
    assert.deepStrictEqual(others, [])
    assert.deepStrictEqual(
      [request?.path, request?.headers["content-type"]],
      ["/v1/traces", "application/x-protobuf"],
    )
    assert.include(request?.bytes.toString("latin1"), "some")
  })

  it("gets nothing without an endpoint, and then nobody makes spans", async () => {
    const before = await run(Effect.tracer, Layer.empty)
    assert.strictEqual(await run(Effect.tracer, otlp({ environment: {} })), before)
    assert.strictEqual(await run(Effect.tracer, telemetry({ environment: {}, logFormat: "json" })), before) // oxfmt-ignore
  })

  it("that does not take it, is silent, or is not there, is told of once, and tasks end as they would", async () => {
    await using collector = await Collector.open()
    collector.status = 400
    await using silent = await Collector.open()
    silent.status = undefined
    const gone = await Collector.open()
    const { url } = gone
    await gone[Symbol.asyncDispose]()
    for (const [endpoint, reason, more] of [
      [collector.url, "it answered with status 400", {}],
      [silent.url, "no answer within 100 ms", { OTEL_EXPORTER_OTLP_TIMEOUT: "100" }],
      [url, "connect ECONNREFUSED", {}],
    ] as const) {
      const environment = {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1",
        // It tries again for as long as it may, when it closes.
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "1000",
        ...more,
      }
      const lines: Array<string> = []
      const layer = Layer.provideMerge(otlp({ environment }), keeping(lines))
      const cluster = Local.layer({ tasks, executor: "inline" }).pipe(Layer.provide(layer))
      const value = await Effect.runPromise(
        Effect.flatMap(Client, ({ submit }) =>
          Effect.flatMap(submit(tasks.leaf, 3), Future.await),
        ).pipe(Effect.provide(Layer.provideMerge(cluster, layer))),
      )
      assert.strictEqual(value.n, 3)
      assert.strictEqual(lines.length, 1)
      assert.include(lines[0], `telemetry is dropped, because ${endpoint}`)
      assert.include(lines[0], reason)
    }
  })

  it("cannot be had by what nobody can mean", async () => {
    const failed = (environment: Readonly<Record<string, string>>) =>
      Effect.runPromise(Effect.flip(Effect.provide(Effect.void, otlp({ environment }))))
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" }
    const grpc = await failed({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })
    assert.strictEqual(grpc._tag, "TelemetryFailed")
    assert.include(grpc.message, "grpc")
    const unread = await failed({ ...endpoint, OTEL_BSP_SCHEDULE_DELAY: "soon" })
    assert.match(
      unread.message,
      /^the variables of OpenTelemetry cannot be read: .*OTEL_BSP_SCHEDULE_DELAY/s,
    )
  })
})
