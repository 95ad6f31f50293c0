/** What a collector of OpenTelemetry is to those who send: it takes what comes, and keeps it for a test to look at. */
import { gunzipSync } from "node:zlib"
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

type Value =
  | { readonly stringValue: string }
  | { readonly intValue: number | string }
  | { readonly boolValue: boolean }
type Attributes = ReadonlyArray<{ readonly key: string; readonly value: Value }>

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Attributes
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes: Attributes }>
  readonly status: { readonly code: number }
}

/** What is sent under `/v1/traces`, `/v1/logs` and `/v1/metrics`, as far as tests look at it. */
interface Body {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource: { readonly attributes: Attributes }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<OtlpSpan> }>
  }>
  readonly resourceLogs?: ReadonlyArray<{
    readonly scopeLogs: ReadonlyArray<{
      readonly logRecords: ReadonlyArray<{
        readonly body: Value
        readonly traceId?: string
        readonly attributes: Attributes
      }>
    }>
  }>
  readonly resourceMetrics?: ReadonlyArray<{
    readonly scopeMetrics: ReadonlyArray<{
      readonly metrics: ReadonlyArray<{ readonly name: string }>
    }>
  }>
}

/** A span in the words of the tests. */
export interface Received {
  readonly name: string
  readonly id: string
  readonly parent: string | undefined
  readonly trace: string
  readonly startNs: bigint
  readonly endNs: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<string>
  readonly status: number
}

interface Request {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

const flat = (attributes: Attributes): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

export class Collector implements AsyncDisposable {
  readonly requests: Array<Request> = []
  private readonly server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { url: path = "", headers } = request
      const all = Buffer.concat(chunks)
      const bytes = headers["content-encoding"] === "gzip" ? gunzipSync(all) : all
      this.requests.push({ path, headers, bytes })
      if (this.status !== undefined) response.writeHead(this.status).end("{}")
      for (const look of this.waiting) look()
    })
  })
  /** What it answers with; `undefined`: with nothing, ever. */
  status: number | undefined = 200
  private readonly waiting = new Set<() => void>()

  static async open(): Promise<Collector> {
    const collector = new Collector()
    collector.server.listen(0, "127.0.0.1")
    await once(collector.server, "listening")
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** The variables by which a program sends everything here, in JSON. */
  get environment(): Readonly<Record<string, string>> {
    return { OTEL_EXPORTER_OTLP_ENDPOINT: this.url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }
  }

  get bodies(): ReadonlyArray<Body> {
    return this.requests.map(({ bytes }): Body => JSON.parse(bytes.toString()))
  }

  get spans(): ReadonlyArray<Received> {
    return this.bodies
      .flatMap(({ resourceSpans = [] }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        name: span.name,
        id: span.spanId,
        parent: span.parentSpanId,
        trace: span.traceId,
        startNs: BigInt(span.startTimeUnixNano),
        endNs: BigInt(span.endTimeUnixNano),
        attributes: flat(span.attributes),
        events: span.events.map(({ name }) => name),
        status: span.status.code,
      }))
  }

  get logs(): ReadonlyArray<{
    readonly text: unknown
    readonly attributes: Readonly<Record<string, unknown>>
    readonly trace: string | undefined
  }> {
    return this.bodies
      .flatMap(({ resourceLogs = [] }) => resourceLogs)
      .flatMap(({ scopeLogs }) => scopeLogs)
      .flatMap(({ logRecords }) => logRecords)
      .map(({ body, attributes, traceId }) => ({
        text: Object.values(body)[0],
        attributes: flat(attributes),
        trace: traceId,
      }))
  }

  get metrics(): ReadonlyArray<string> {
    return this.bodies
      .flatMap(({ resourceMetrics = [] }) => resourceMetrics)
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(({ metrics }) => metrics.map(({ name }) => name))
  }

  /** Waits until what has come makes the check true. */
  until(check: () => boolean): Promise<void> {
    return new Promise((done) => {
      const look = (): void => {
        if (!check()) return
        this.waiting.delete(look)
        done()
      }
      this.waiting.add(look)
      look()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close()
    this.server.closeAllConnections()
    await once(this.server, "close")
  }
}
