// Metrics and traces of a cluster that the command runs.
import { once } from "node:events"
import { createServer } from "node:http"
import { json } from "node:stream/consumers"
import { assert, it } from "vitest"
import { clusterTasks } from "./Cluster.ts"
import { Directory, jsonLines, Run, scaler } from "./support.ts"

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
}

interface Exported {
  readonly resourceSpans?: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
  }>
}

/** A collector of OpenTelemetry's, as far as it takes spans. */
const collector = async () => {
  const spans: Array<Span> = []
  const server = createServer(async (request, response) => {
    const { resourceSpans = [] } = (await json(request)) as Exported
    spans.push(...resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)))
    response.end("{}")
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const at = server.address()
  const port = typeof at === "object" ? at?.port : undefined
  return { spans, url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

it("one trace shows a call from the script that made it to its run, and metrics can be fetched", async () => {
  using directory = new Directory({})
  const { close, spans, url } = await collector()
  const env = {
    HOME: directory.path,
    SCALER_ADDRESS: `ipc://${directory.path}/s`,
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  }
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
  const begin = async (sign: string, ...args: ReadonlyArray<string>): Promise<Run> => {
    const run = new Run(directory.path, args, env)
    await run.says("stdout", sign)
    return run
  }
  const scheduler = await begin("listening", "scheduler", "--metrics", "0", "--json")
  const worker = await begin("works for", "worker", clusterTasks, "--executor", "inline")
  const call = await scaler(directory.path, ["call", "square", "12"], { ...env, TRACEPARENT: traceparent }) // oxfmt-ignore
  assert.strictEqual(call.stdout, "144\n")
  const [listening] = jsonLines(scheduler.soFar.stdout)
  const text = await (await fetch(String(listening?.["metrics"]))).text()
  assert.include(text, 'scaler_tasks_total{state="succeeded"} 1')
  for (const run of [worker, scheduler]) {
    run.child.kill()
    assert.strictEqual((await run.finished).code, 0)
  }
  close()
  const ours = spans.filter((span) => span.traceId === traceId)
  const named = (name: string): Span | undefined => ours.find((span) => span.name === name)
  assert.sameMembers(
    ours.map(({ name }) => name),
    ["scaler.task", "scaler.queue", "scaler.run"],
  )
  assert.strictEqual(named("scaler.task")?.parentSpanId, "00f067aa0ba902b7")
  assert.strictEqual(named("scaler.run")?.parentSpanId, named("scaler.task")?.spanId)
})

it("a variable that nobody can mean is named", async () => {
  using directory = new Directory({})
  const { code, stderr } = await scaler(
    directory.path,
    ["scheduler", "--address", `ipc://${directory.path}/s`],
    {
      // oxfmt-ignore
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    },
  )
  assert.strictEqual(code, 2)
  assert.match(stderr, /OTEL_EXPORTER_OTLP_PROTOCOL.*grpc.*http\/protobuf/)
})
