/**
 * The scheduler's numbers as metrics of Effect's: read from where they are when somebody reads the
 * metrics, so they cost nothing until then.
 */
import type { Message, SchedulerTask } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import type { Desk } from "./Desk.ts"
import { Histogram } from "./Histogram.ts"
import type { Tables } from "./Tables.ts"

type Register = <Input, State>(metric: Metric.Metric<Input, State>, get: () => State) => void

/** Under these reasons events and messages are ignored. */
const reasons: { readonly [Reason in SchedulerTask.IgnoredByScheduler]: true } = {
  taskKnown: true,
  detachLate: true,
  taskUnknown: true,
  slotUnwanted: true,
  attemptStale: true,
  cancelAfterResult: true,
  timeoutLate: true,
  recallLate: true,
  ownerLate: true,
}

/** Registers the metrics, until the scope closes. */
export const published = (tables: Tables, desk: Desk): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Effect.context()
    const registered: Array<Metric.Registration> = []
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const one of registered) one.remove()
      }),
    )
    const register: Register = (metric, get) =>
      void registered.push(
        Metric.registerUnsafe(metric, context, { get, update: () => {}, modify: () => {} }),
      )
    ofTasks(desk, register)
    ofOthers(tables, register)
  })

const ofTasks = ({ tally }: Desk, register: Register): void => {
  const counts = { ...tally.entered, ...tally.ended }
  for (const state of Object.keys(counts)) {
    const metric = Metric.counter("scaler_tasks_total", {
      description: "How often tasks have come into a state, or to an end",
      attributes: { state },
      incremental: true,
    })
    register(metric, () => ({
      count: { ...tally.entered, ...tally.ended }[state as keyof typeof counts],
      incremental: true,
    }))
  }
  const histogram = (name: string, description: string, of: Histogram, receipt?: string): void => {
    const attributes: Readonly<Record<string, string>> = receipt === undefined ? {} : { receipt }
    register(Metric.histogram(name, { description, boundaries, attributes }), () => stateOf(of))
  }
  histogram("scaler_task_queue_seconds", "How long tasks waited in the queue", tally.queued)
  histogram("scaler_task_run_seconds", "How long functions ran that came to a result", tally.ran)
  for (const [receipt, of] of Object.entries(tally.cancels)) {
    histogram("scaler_cancel_confirm_seconds", "How long cancels took to be answered", of, receipt)
  }
  const description = "How many tasks are being cancelled, and nobody has confirmed it yet"
  register(Metric.gauge("scaler_cancel_unconfirmed", { description }), () => ({
    value: tally.lists.cancelling.size,
  }))
}

const ofOthers = (tables: Tables, register: Register): void => {
  const states = {
    away: (): number => [...tables.workers.values()].filter(({ away }) => away).length,
    draining: (): number =>
      [...tables.workers.values()].filter(({ away, draining }) => draining && !away).length,
    ready: (): number =>
      [...tables.workers.values()].filter(({ away, draining }) => !draining && !away).length,
  }
  for (const [state, count] of Object.entries(states)) {
    const description = "How many workers there are"
    const metric = Metric.gauge("scaler_workers", { description, attributes: { state } })
    register(metric, () => ({ value: count() }))
  }
  const loads = {
    scaler_workers_measured: ["How many workers tell what they use", () => 1],
    scaler_workers_cpu: ["How many processors those workers keep busy", ({ cpu }) => cpu],
    scaler_workers_memory_bytes: [
      "How much memory those workers have resident",
      ({ memoryBytes }) => memoryBytes,
    ],
  } satisfies Record<string, readonly [string, (load: Message.WorkerLoad) => number]>
  for (const [name, [description, of]] of Object.entries(loads)) {
    register(Metric.gauge(name, { description }), () => ({
      value: [...tables.workers.values()].reduce(
        (sum, { load }) => (load === undefined ? sum : sum + of(load)),
        0,
      ),
    }))
  }
  for (const reason of Object.keys(reasons) as ReadonlyArray<keyof typeof reasons>) {
    const metric = Metric.counter("scaler_messages_ignored_total", {
      description: "How many messages and events changed nothing",
      attributes: { reason },
      incremental: true,
    })
    register(metric, () => ({ count: tables.ignored[reason] ?? 0, incremental: true }))
  }
}

const boundaries: ReadonlyArray<number> = new Histogram().cumulative().map(([bound]) => bound)

const stateOf = (of: Histogram): Metric.HistogramState => ({
  buckets: of.cumulative(),
  count: of.count,
  min: of.count === 0 ? 0 : of.minMs / 1_000,
  max: of.maxMs / 1_000,
  sum: of.sumMs / 1_000,
})
