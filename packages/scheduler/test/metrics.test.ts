import { it } from "@effect/vitest"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { clientOn, turns, workerOn } from "./support/Hand.ts"
import { office, ordered } from "./support/operator.ts"
import { taskOf } from "./support/Rig.ts"

const result: Message.TaskResult = {
  _tag: "TaskResult",
  task: 1,
  attempt: 1,
  worker: "w",
  type: "success",
  payload: Uint8Array.of(),
  runMs: 1_500,
}

/** What the metrics say that say anything, by name and attributes. */
const read = Effect.map(Metric.snapshot, (snapshot) =>
  Object.fromEntries(
    snapshot
      .filter(({ id }) => id.startsWith("scaler_"))
      .flatMap(({ id, attributes, state }): ReadonlyArray<readonly [string, unknown]> => {
        const [label] = Object.values(attributes ?? {})
        const name = label === undefined ? id : `${id} ${label}`
        if ("count" in state && "sum" in state) {
          return state.count === 0 ? [] : [[name, [state.count, state.sum]]]
        }
        const value = Number("count" in state ? state.count : "value" in state ? state.value : 0)
        return value === 0 ? [] : [[name, value]]
      }),
  ),
)

it.effect("the metrics say what has come of tasks, cancels, workers and messages", () =>
  Effect.gen(function* () {
    const { transport, scheduler, ask } = yield* office()
    yield* scheduler.publishMetrics
    assert.deepEqual(yield* read, {})
    const client = clientOn(transport, "c").say(taskOf(1), taskOf(2), taskOf(2))
    yield* turns
    yield* TestClock.adjust(3_000)
    const worker = workerOn(transport, "w")
    yield* turns
    worker.say(result)
    yield* turns
    yield* ask(ordered("cancel", "session of c.2"))
    yield* TestClock.adjust(250)
    assert.deepEqual(yield* read, {
      "scaler_tasks_total queued": 2,
      "scaler_tasks_total dispatched": 2,
      "scaler_tasks_total succeeded": 1,
      "scaler_tasks_total cancelling": 1,
      scaler_task_queue_seconds: [2, 6],
      scaler_task_run_seconds: [1, 1.5],
      scaler_cancel_unconfirmed: 1,
      "scaler_workers ready": 1,
      "scaler_messages_ignored_total taskKnown": 1,
    })
    worker.say({
      _tag: "TaskCancelConfirm",
      task: 2,
      attempt: 1,
      worker: "w",
      type: "canceled",
      how: "killed",
      stopMs: 250,
    })
    client.say(taskOf(3))
    worker.say({ _tag: "Heartbeat", cpu: 9, memoryBytes: 9 })
    worker.say({ _tag: "Heartbeat", cpu: 1.5, memoryBytes: 4_096 }, { _tag: "Heartbeat" })
    workerOn(transport, "x").say({ _tag: "Heartbeat", cpu: 0.25, memoryBytes: 1_024 })
    workerOn(transport, "y")
    yield* turns
    yield* ask(ordered("drain", "w", 10))
    const after = yield* read
    assert.deepEqual(after["scaler_cancel_confirm_seconds Stopped"], [1, 0.25])
    assert.equal(after["scaler_cancel_unconfirmed"], undefined)
    assert.deepEqual([after["scaler_workers ready"], after["scaler_workers draining"]], [2, 1])
    assert.deepEqual(
      ["measured", "cpu", "memory_bytes"].map((what) => after[`scaler_workers_${what}`]),
      [2, 1.75, 5_120],
    )
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())),
)

it.effect("with the scope the metrics are gone", () =>
  Effect.gen(function* () {
    const { scheduler } = yield* office()
    yield* Effect.scoped(scheduler.publishMetrics)
    assert.deepEqual(yield* Metric.snapshot, [])
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())),
)
