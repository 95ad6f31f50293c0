/** `scaler-ts bench`: what tasks, and cancels of them, cost on this machine. */
import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { settled } from "../cluster.ts"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { inColumns } from "../columns.ts"
import { formatDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { tasks } from "./benchTasks.ts"

const executors = ["inline", "thread", "process"] as const

type Executor = (typeof executors)[number]

interface Row {
  readonly executor: Executor
  readonly tasksPerSecond: number
  /** From submitting one task to its value, in milliseconds: the median. */
  readonly roundTripMs: number
  /** From asking to the receipt, in milliseconds: median and 99th percentile. */
  readonly cancelMs: readonly [number, number]
  /** The same where what runs it has to be killed; nothing can be where it runs inline. */
  readonly killMs: readonly [number, number] | undefined
}

/** Measures one executor, or each. */
export const bench = async (
  only: Executor | undefined,
  { out, settings }: Invocation,
): Promise<ExitCode> => {
  const rows: Array<Row> = []
  for (const executor of only === undefined ? executors : [only]) {
    out.passing(`scaler-ts: measuring ${executor} …`)
    const cluster = Local.layer({ tasks, executor, slots: 1, graceMs: 0 })
    const row = await settled(settings, Effect.provide(measured(executor), cluster))
    out.record("bench", { ...row })
    rows.push(row)
  }
  out.clear()
  const lines = inColumns<Row>(
    [
      { title: "executor", cell: ({ executor }) => executor },
      { title: "tasks/s", cell: ({ tasksPerSecond }) => String(tasksPerSecond), isNumber: true },
      { title: "one task", cell: ({ roundTripMs }) => precise(roundTripMs), isNumber: true },
      { title: "cancel p50", cell: ({ cancelMs }) => precise(cancelMs[0]), isNumber: true },
      { title: "p99", cell: ({ cancelMs }) => precise(cancelMs[1]), isNumber: true },
      { title: "kill p50", cell: ({ killMs }) => (killMs === undefined ? "-" : precise(killMs[0])), isNumber: true }, // oxfmt-ignore
      { title: "p99", cell: ({ killMs }) => (killMs === undefined ? "-" : precise(killMs[1])), isNumber: true }, // oxfmt-ignore
    ],
    rows,
  )
  for (const line of lines) out.line(line)
  out.say("One slot each, in this process; compare only what was measured in one run.")
  return exitCodes.success
}

const precise = (ms: number): string => (ms < 10 ? `${ms.toFixed(2)} ms` : formatDuration(ms))

const warmUps = 200
const trips = 300
const burst = 5_000
const cancels = 50
const kills = 10

const measured = (executor: Row["executor"]) =>
  Effect.gen(function* () {
    const client = yield* Client
    const one = client.call(tasks.nothing)
    for (let n = 0; n < warmUps; n++) yield* one
    const roundTrips = yield* timed(one, trips)
    const sinceMs = performance.now()
    yield* client.map(
      tasks.nothing,
      Array.from({ length: burst }, () => undefined),
    )
    const burstMs = performance.now() - sinceMs
    const cancelTimes = yield* cancelled(tasks.listen, cancels)
    const killTimes = executor === "inline" ? undefined : yield* cancelled(tasks.spin, kills)
    return {
      executor,
      tasksPerSecond: Math.round((burst / burstMs) * 1_000),
      roundTripMs: percentile(roundTrips, 0.5),
      cancelMs: [percentile(cancelTimes, 0.5), percentile(cancelTimes, 0.99)],
      killMs:
        killTimes === undefined
          ? undefined
          : [percentile(killTimes, 0.5), percentile(killTimes, 0.99)],
    } satisfies Row
  })

const timed = <E, R>(
  effect: Effect.Effect<unknown, E, R>,
  times: number,
): Effect.Effect<ReadonlyArray<number>, E, R> =>
  Effect.forEach(Array.from({ length: times }), () =>
    Effect.suspend(() => {
      const sinceMs = performance.now()
      return Effect.map(effect, () => performance.now() - sinceMs)
    }),
  )

/** How long the cancels of running tasks took, each after the one before. */
const cancelled = (task: TaskDefinition<void, unknown>, times: number) =>
  Effect.forEach(Array.from({ length: times }), () =>
    Effect.gen(function* () {
      const client = yield* Client
      const running = Deferred.makeUnsafe<void>()
      const options = { onLog: () => Deferred.doneUnsafe(running, Effect.void) }
      const future = yield* client.submit(task, undefined, options)
      yield* Deferred.await(running)
      const sinceMs = performance.now()
      yield* Future.cancel(future)
      return performance.now() - sinceMs
    }),
  )

const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0
