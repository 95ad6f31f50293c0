// The same trace across processes: each sends its part by itself, as the environment says.
import { assert, it } from "@effect/vitest"
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Client, Future } from "@scaler-ts/future"
import { otlp } from "@scaler-ts/telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { Collector } from "../support/Collector.ts"
import { startFile } from "../support/runFile.ts"
import { kill } from "../zmq/Town.ts"
import { begun } from "./begun.ts"
import { tasks } from "./fixtures/tasks.ts"

it("a task of one process is one trace with its queue, run and cancel in another", async () => {
  await using collector = await Collector.open()
  using folder = temporary()
  const address = `ipc://${folder.file("socket")}`
  const environment = { ...collector.environment, OTEL_BSP_SCHEDULE_DELAY: "20" }
  const { child } = await startFile("tests/telemetry/fixtures/cluster.ts", [address], environment)
  try {
    const program = Effect.gen(function* () {
      const { call } = yield* Client
      yield* call(tasks.parent, 1)
      return yield* Future.cancel(yield* begun)
    }).pipe(Effect.withSpan("caller"))
    const client = Client.layer.pipe(Layer.provide(ZmqTransport.layer(address)))
    const receipt = await Effect.runPromise(
      Effect.provide(program, Layer.provideMerge(client, otlp({ environment }))),
    )
    assert.strictEqual(receipt._tag, "Stopped")
    // Of three tasks each two stages, of two the client's part, and the caller; and one cancel.
    await collector.until(() => collector.spans.length >= 10)
  } finally {
    await kill(child)
  }
  const { spans } = collector
  assert.strictEqual(new Set(spans.map(({ trace }) => trace)).size, 1)
  const count = (name: string) => spans.filter((span) => span.name === name).length
  assert.deepStrictEqual(
    ["caller", "scaler.task", "scaler.queue", "scaler.run", "scaler.cancel"].map(count),
    [1, 2, 3, 3, 1],
  )
  const runs = spans.filter(({ name }) => name === "scaler.run")
  for (const { attributes } of runs) assert.strictEqual(attributes["scaler.worker"], "far away")
  const [parent, leaf] = ["parent", "leaf"].map((task) =>
    runs.find(({ attributes }) => attributes["scaler.task.name"] === task),
  )
  assert.strictEqual(leaf?.parent, parent?.id)
})
