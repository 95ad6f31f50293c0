// One trace shows what became of a task: submitted, in the queue, run, cancelled; and its children with it.
import { assert, describe, it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { Operator } from "@scaler-ts/operator"
import { Traceparent } from "@scaler-ts/protocol"
import { otlp } from "@scaler-ts/telemetry"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { Collector, type Received } from "../support/Collector.ts"
import { begun } from "./begun.ts"
import { tasks } from "./fixtures/tasks.ts"

/** Runs a program on a cluster that sends what it tells to a collector, and gives what that has got. */
const traced = async <A, E>(
  program: Effect.Effect<A, E, Client | Operator>,
  options: Omit<Local.LocalOptions, "tasks"> = { executor: "inline", slots: 1 },
  variables: Readonly<Record<string, string>> = {},
): Promise<{ readonly value: A; readonly spans: ReadonlyArray<Received> }> => {
  await using collector = await Collector.open()
  const environment = { ...collector.environment, ...variables }
  const cluster = Layer.provideMerge(Local.layer({ tasks, ...options }), otlp({ environment }))
  const caller = Effect.withSpan(program, "caller")
  const value = await Effect.runPromise(Effect.provide(caller, cluster))
  return { value, spans: collector.spans }
}

const named = (spans: ReadonlyArray<Received>, name: string, task?: string): Received => {
  const found = spans.filter(
    (span) =>
      span.name === name && (task === undefined || span.attributes["scaler.task.name"] === task),
  )
  assert.strictEqual(found.length, 1, `${name} among ${spans.map((one) => one.name).join()}`)
  return found[0] as Received
}

it("a task that is cancelled is one trace, from its submission to the receipt", async () => {
  const { value, spans } = await traced(
    Effect.gen(function* () {
      const future = yield* begun
      const receipt = yield* Future.cancel(future)
      return { id: future.id, receipt }
    }),
  )
  assert.strictEqual(value.receipt._tag, "Stopped")
  const [caller, task, queue, run, cancel] = ["caller", "scaler.task", "scaler.queue", "scaler.run", "scaler.cancel"].map((name) => named(spans, name)) as [Received, Received, Received, Received, Received] // oxfmt-ignore
  assert.strictEqual(spans.length, 5)
  assert.strictEqual(new Set(spans.map(({ trace }) => trace)).size, 1)
  assert.deepStrictEqual(
    [caller, task, queue, run, cancel].map(({ parent }) => parent),
    [undefined, caller.id, task.id, task.id, task.id],
  )
  const known = { "scaler.task.id": value.id, "scaler.task.name": "wait" }
  const attempt = { "scaler.task.attempt": 1, "scaler.worker": "worker-1" }
  assert.deepStrictEqual(queue.attributes, { ...known, ...attempt })
  assert.deepInclude(cancel.attributes, {
    ...known,
    ...attempt,
    "scaler.cancel.receipt": "Stopped",
    "scaler.cancel.cause": "request",
  })
  assert.deepInclude(run.attributes, {
    "scaler.task.name": "wait",
    ...attempt,
    "scaler.run.end": "cooperative",
  })
  assert.deepInclude(task.attributes, { ...known, "scaler.outcome": "Cancelled" })
  assert.deepStrictEqual(task.events, ["scaler.cancel.requested", "scaler.cancel.receipt"])
  assert.deepStrictEqual(run.events, ["scaler.stop.requested"])
  // No stage ends before it begins, and the cancel is within the run of its task.
  for (const { startNs, endNs } of spans) assert.isTrue(startNs <= endNs)
  assert.isTrue(task.startNs <= queue.startNs && queue.endNs <= cancel.endNs)
  assert.isTrue(cancel.startNs >= run.startNs && cancel.endNs <= task.endNs)
})

it("a task that is cancelled in the queue has never run", async () => {
  const { spans } = await traced(
    Effect.gen(function* () {
      const { submit } = yield* Client
      // So many that the last is not even at the worker.
      const futures = yield* Effect.forEach(Array.from({ length: 1_026 }), () =>
        submit(tasks.wait, undefined, { traceparent: "none" }),
      )
      const last = yield* submit(tasks.wait)
      yield* Future.cancel(last)
      yield* Effect.forEach(futures, (future) => Future.cancel(future), { concurrency: 2_000 })
    }),
  )
  const caller = named(spans, "caller")
  const ours = spans.filter(({ trace }) => trace === caller.trace)
  assert.sameMembers(
    ours.map(({ name }) => name),
    ["caller", "scaler.task", "scaler.queue", "scaler.cancel"],
  )
  assert.strictEqual(named(ours, "scaler.queue").attributes["scaler.task.end"], "cancelled")
  assert.strictEqual(named(ours, "scaler.cancel").attributes["scaler.cancel.receipt"], "Stopped")
})

it("a task that fails says so in its spans", async () => {
  const { spans } = await traced(
    Effect.gen(function* () {
      const { submit } = yield* Client
      yield* Future.outcome(yield* submit(tasks.refuse))
    }),
  )
  const [task, run] = [named(spans, "scaler.task"), named(spans, "scaler.run")]
  assert.deepStrictEqual([task.status, run.status], [2, 2])
  assert.deepStrictEqual([task.attributes["scaler.outcome"], run.attributes["scaler.run.end"]], ["Failed", "failed"]) // oxfmt-ignore
})

it("a run begins when its function gets its slot, not when it comes to the worker", async () => {
  const { spans } = await traced(
    Effect.gen(function* () {
      const first = yield* begun
      const { submit } = yield* Client
      const second = yield* submit(tasks.leaf, 1)
      yield* Future.cancel(first)
      yield* Future.await(second)
    }),
  )
  const [first, second] = [named(spans, "scaler.run", "wait"), named(spans, "scaler.run", "leaf")]
  assert.isTrue(second.startNs >= first.endNs)
})

it("what waits at its worker and is cancelled there has not run", async () => {
  const { spans } = await traced(
    Effect.gen(function* () {
      const first = yield* begun
      const { submit } = yield* Client
      const { status } = yield* Operator
      const second = yield* submit(tasks.leaf, 1)
      while ((yield* status).tasks.dispatched !== 1) yield* Effect.yieldNow
      assert.strictEqual((yield* Future.cancel(second))._tag, "Stopped")
      yield* Future.cancel(first)
    }),
  )
  const ofLeaf = spans.filter(({ attributes }) => attributes["scaler.task.name"] === "leaf")
  assert.sameMembers(
    ofLeaf.map(({ name }) => name),
    ["scaler.task", "scaler.queue", "scaler.cancel"],
  )
})

describe.each([
  ["inline", tasks.parent],
  ["inline", tasks.parentEffect],
  ["thread", tasks.parent],
  ["thread", tasks.parentEffect],
  ["process", tasks.parent],
] as const)("nested tasks, %s", (executor, parent) => {
  it(`${parent.name} has its child in its own trace`, async () => {
    const { value, spans } = await traced(
      Effect.flatMap(Client, ({ call }) => call(parent, 7)),
      { executor, slots: 1 },
    )
    const caller = named(spans, "caller")
    const run = named(spans, "scaler.run", parent.name)
    assert.deepStrictEqual([...new Set(spans.map(({ trace }) => trace))], [caller.trace])
    assert.strictEqual(Traceparent.parse(value.own ?? "")?.spanId, run.id)
    const child = named(spans, "scaler.run", "leaf")
    assert.strictEqual(Traceparent.parse(value.child ?? "")?.spanId, child.id)
    // Up from the child: where its spans are known here, there is a way to its parent's run.
    const known = new Map(spans.map((span) => [span.id, span]))
    const above: Array<string> = []
    for (let at = known.get(child.id); at !== undefined; at = known.get(at.parent ?? "")) {
      above.push(at.id)
    }
    if (executor === "inline" || parent === tasks.parent) assert.include(above, run.id)
  })
})

it("what is not sampled is recorded nowhere, and says so to its task", async () => {
  const { value, spans } = await traced(
    Effect.flatMap(Client, ({ call }) => call(tasks.leaf, 1)),
    undefined,
    { OTEL_TRACES_SAMPLER: "always_off" },
  )
  assert.deepStrictEqual(spans, [])
  assert.strictEqual(Traceparent.parse(value.traceparent ?? "")?.sampled, false)
})

describe("without a tracer", () => {
  const untraced = <A, E>(program: Effect.Effect<A, E, Client>): Promise<A> =>
    Effect.runPromise(Effect.provide(program, Local.layer({ tasks, executor: "inline", slots: 1 })))
  const leaf = (traceparent?: string) =>
    Effect.flatMap(Client, ({ call }) =>
      call(tasks.leaf, 1, traceparent === undefined ? {} : { traceparent }),
    )
  const own = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`

  it("a task is told the span it is given, of whatever tracer", async () => {
    assert.strictEqual((await untraced(leaf(own))).traceparent, own)
    assert.strictEqual((await untraced(Effect.withSpan(leaf(own), "other"))).traceparent, own)
    const later = `${own.replace("00-", "cc-")}-more`
    assert.strictEqual((await untraced(leaf(later))).traceparent, own)
  })

  it("a task is told the span it was submitted in", async () => {
    const [span, told] = await untraced(
      Effect.withSpan(Effect.all([Effect.orDie(Effect.currentSpan), leaf()]), "caller"),
    )
    assert.strictEqual(told.traceparent, Traceparent.format(span))
  })

  it("a task is told nothing where there is no span, or none that is valid", async () => {
    assert.isUndefined((await untraced(leaf())).traceparent)
    const cluster = Local.layer({ tasks, executor: "inline", slots: 1 })
    // Effect's own keeps nothing, so nothing is made for it.
    const native = leaf().pipe(Effect.provide(cluster), Effect.withTracer(Tracer.nativeTracer))
    assert.isUndefined((await Effect.runPromise(native)).traceparent)
    assert.isUndefined((await untraced(leaf("00-zz"))).traceparent)
    assert.isUndefined((await untraced(leaf(own.replace("00-", "ff-")))).traceparent)
  })
})
