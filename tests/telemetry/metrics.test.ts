// What Prometheus reads of a scheduler, as a parser of its text format that is not ours reads it.
import { assert, it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { prometheus } from "@scaler-ts/telemetry"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import parse from "parse-prometheus-text-format"
import { begun } from "./begun.ts"
import { tasks } from "./fixtures/tasks.ts"

/** Every sample by itself: of a histogram with labels the parser puts all into one. */
const samples = (text: string) =>
  parse(text.replaceAll(/^# TYPE .*\n/gm, "")).flatMap(({ name, metrics }) =>
    metrics.map(({ value, labels = {} }) => ({ name, labels, value: Number(value) })),
  )

it.live("has the names, kinds and labels that are documented, and no ids", () =>
  Effect.gen(function* () {
    const { call } = yield* Client
    const { url } = yield* prometheus("127.0.0.1:0")
    yield* call(tasks.leaf, 1)
    assert.strictEqual((yield* Future.cancel(yield* begun))._tag, "Stopped")
    const text = yield* Effect.promise(async () => (await fetch(url)).text())
    const families = new Map(parse(text).map((family) => [family.name, family]))
    const kinds = [...families.values()].map(({ name, type }) => [name, type])
    assert.sameDeepMembers(kinds, [
      ["scaler_tasks_total", "COUNTER"],
      ["scaler_task_queue_seconds", "HISTOGRAM"],
      ["scaler_task_run_seconds", "HISTOGRAM"],
      ["scaler_cancel_confirm_seconds", "HISTOGRAM"],
      ["scaler_cancel_unconfirmed", "GAUGE"],
      ["scaler_workers", "GAUGE"],
      ["scaler_workers_measured", "GAUGE"],
      ["scaler_workers_cpu", "GAUGE"],
      ["scaler_workers_memory_bytes", "GAUGE"],
      ["scaler_messages_ignored_total", "COUNTER"],
    ])
    for (const { help } of families.values()) assert.isNotEmpty(help)
    const all = samples(text)
    assert.sameMembers(
      [...new Set(all.flatMap(({ labels }) => Object.keys(labels)))],
      ["state", "receipt", "reason", "le"],
    )
    const value = (name: string, label?: string): number | undefined =>
      all.find(
        (one) =>
          one.name === name && (label === undefined || Object.values(one.labels).includes(label)),
      )?.value
    assert.strictEqual(value("scaler_tasks_total", "succeeded"), 1)
    assert.strictEqual(value("scaler_tasks_total", "cancelled"), 1)
    assert.strictEqual(value("scaler_workers", "ready"), 1)
    assert.strictEqual(value("scaler_cancel_unconfirmed"), 0)
    assert.strictEqual(value("scaler_task_queue_seconds_count"), 2)
    assert.strictEqual(value("scaler_task_queue_seconds_bucket", "+Inf"), 2)
    assert.strictEqual(value("scaler_task_run_seconds_count"), 1)
    assert.strictEqual(value("scaler_cancel_confirm_seconds_count", "Stopped"), 1)
    assert.strictEqual(value("scaler_cancel_confirm_seconds_count", "Refused"), 0)
    assert.isBelow(Number(value("scaler_cancel_confirm_seconds_sum", "Stopped")), 60)
  }).pipe(
    Effect.provide(Local.layer({ tasks, executor: "inline", metrics: true })),
    Effect.provideService(Metric.MetricRegistry, new Map()),
  ),
)
