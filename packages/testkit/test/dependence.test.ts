/**
 * All reduction rests on one claim: steps that touch no common place commute. Here raw orders of small
 * races are run, every one or many at random, and those that are said to be one class must be the same
 * in everything that can be seen: every byte on every link, every receipt, every state at every node.
 */
import { Future } from "@scaler-ts/future"
import type { Happening } from "@scaler-ts/adapter-memory"
import type { RaceBody, RaceContext, RaceOptions } from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { Execution } from "../src/cluster/Execution.ts"
import { drive } from "../src/search/drive.ts"
import { classOf, type Step } from "../src/search/Order.ts"
import { type Reduction, Search } from "../src/search/Search.ts"
import type { System } from "../src/search/System.ts"
import { bothCancelled, cancelled } from "./support/races.ts"

/** Everything that can be seen of an execution, but for how unrelated steps were lined up. */
const seenOf = (execution: Execution, bytes: ReadonlyMap<string, string>): string => {
  const { record, world } = execution.cluster
  const rest = execution.cluster.rest()
  const futures = record.futures.map(({ client, future, answers, ends, attempts }) => ({
    client,
    number: future.number,
    state: Future.state(future),
    receipts: answers.map(({ receipt }) => receipt),
    ends: ends.map(({ outcome }) => outcome),
    attempts: attempts.map(({ worker, number, how }) => ({ worker, number, how })),
  }))
  const clocks = world.all.map(({ name, nowMs }) => [name, nowMs])
  const scheduler = { ...rest.scheduler, workers: rest.scheduler.workers.toSorted(byName) }
  const looks = [...execution.race.findings.sometimes]
  const links = [...bytes].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([futures.toSorted(byClient), { ...rest, scheduler }, clocks, links, looks])
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1
const byClient = (
  a: { readonly client: string; readonly number: number },
  b: { readonly client: string; readonly number: number },
): number => (a.client === b.client ? a.number - b.number : a.client < b.client ? -1 : 1)

/** What was seen in each class, and how many executions there were. */
interface Explored {
  readonly classes: Map<string, Set<string>>
  executions: number
}

/** An execution, and what can be seen of it. */
const watched = (
  body: RaceBody,
  options: RaceOptions,
): { readonly system: System<Happening>; readonly seen: () => string } => {
  const execution = new Execution(body, options)
  const bytes = new Map<string, string>()
  return {
    seen: () => seenOf(execution, bytes),
    system: {
      enabled: () => execution.enabled(),
      apply: (happening) => {
        if (happening.frame !== undefined) bytes.set(happening.id, String(happening.frame))
        return execution.apply(happening)
      },
    },
  }
}

const note = (explored: Explored, steps: ReadonlyArray<Step>, seen: string): void => {
  explored.executions++
  const key = classOf(steps)
  explored.classes.set(key, (explored.classes.get(key) ?? new Set()).add(seen))
}

const explore = (body: RaceBody, options: RaceOptions, reduction: Reduction): Explored => {
  const search = new Search({ reduction })
  const explored: Explored = { classes: new Map(), executions: 0 }
  do {
    const { system, seen } = watched(body, options)
    if (search.run(system) === "complete") note(explored, search.execution, seen())
  } while (search.next())
  return explored
}

const sampled = (body: RaceBody, options: RaceOptions, executions: number): Explored => {
  const random = Effect.runSync(Random.withSeed(Effect.service(Random.Random), "dependence"))
  const explored: Explored = { classes: new Map(), executions: 0 }
  for (let execution = 0; execution < executions; execution++) {
    const { system, seen } = watched(body, options)
    const { steps } = drive(system, ({ length }) => Math.floor(random.nextDoubleUnsafe() * length))
    note(explored, steps, seen())
  }
  return explored
}

const same = (one: Explored, other: Explored): void =>
  assert.deepEqual([...one.classes.keys()].toSorted(), [...other.classes.keys()].toSorted())

const steady = ({ classes }: Explored): void => {
  for (const [key, seen] of classes) assert.equal(seen.size, 1, `${key}\n${[...seen].join("\n")}`)
}

const races: ReadonlyArray<readonly [string, RaceBody, RaceOptions]> = [
  ["a cancel", cancelled, {}],
  ["a cancel, two workers", cancelled, { workers: 2 }],
  [
    "a job with every end there is",
    function* ({ submit, job }) {
      yield* Future.cancel(yield* submit(job("work", { mayFail: true, mayDie: true })))
    },
    {},
  ],
  [
    "a script that looks at the worker and at the scheduler",
    function* ({ submit, job, world, sometimes }) {
      const work = job("work")
      yield* submit(work)
      yield* Effect.sync(() => sometimes("it had ended", work.ended))
      const { tasks } = yield* world.status
      sometimes("it was running", tasks.running > 0)
    },
    {},
  ],
  [
    "a crash of the worker",
    function* ({ submit, job, world }) {
      yield* submit(job("work"))
      yield* world.crash("worker-1")
    },
    {},
  ],
  [
    "a link that is held for a while",
    function* ({ submit, job, world }) {
      yield* submit(job("work"))
      yield* world.hold("scheduler>client")
      yield* world.release("scheduler>client")
    },
    {},
  ],
  ["timers that go off together", sleepers, { clients: 3 }],
  [
    "timers of two nodes, one of them early",
    function* ({ fork }) {
      yield* fork(
        "other",
        function* () {
          yield* Effect.sleep("20 millis")
        },
        { client: 2 },
      )
      yield* Effect.sleep("10 millis")
    },
    { clients: 2, earlyTimers: 1 },
  ],
]

const largerRaces: ReadonlyArray<readonly [string, RaceBody, RaceOptions]> = [
  ["a cancel and an early timer", cancelled, { earlyTimers: 1 }],
  [
    "two scripts",
    function* ({ submit, job, fork }) {
      const future = yield* submit(job("work"))
      const other = yield* fork("other", function* () {
        yield* Future.cancel(future)
      })
      yield* Fiber.join(other)
    },
    {},
  ],
  [
    "a recall",
    function* ({ submit, job, world }) {
      yield* submit(job("first"))
      const second = yield* submit(job("second"))
      yield* world.recall(second)
    },
    { prefetch: 1 },
  ],
  [
    "a worker that leaves",
    function* ({ submit, job, world }) {
      const future = yield* submit(job("work"))
      yield* world.drain("worker-1", 1_000)
      yield* Future.cancel(future)
    },
    {},
  ],
  [
    "a future of another client",
    function* ({ submit, job, fork }) {
      const future = yield* submit(job("work"))
      yield* fork(
        "other",
        function* () {
          yield* Future.cancel(future)
        },
        { client: 2 },
      )
      yield* Future.outcome(future)
    },
    { clients: 2 },
  ],
  ["two tasks", bothCancelled, {}],
  ["a cut of the worker", cancelled, { faults: { cut: { times: 1, nodes: ["worker-1"] } } }],
  ["a partition", cancelled, { faults: { partition: 1 } }],
  ["a session that is resumed", cancelled, { resumeMs: 10_000, faults: { cut: 1 } }],
  ["one that is parted and resumed", cancelled, { resumeMs: 10_000, faults: { partition: 1 } }],
  ["a crash and a restart", cancelled, { faults: { crash: 1, restart: 1 } }],
  ["a crash while everybody connects", cancelled, { handshake: true, faults: { crash: 1 } }],
  ["a pause", cancelled, { faults: { freeze: 1 } }],
  ["a fast clock and an early timer", cancelled, { earlyTimers: 1, faults: { skew: 1 } }],
  ["a full outbox", cancelled, { faults: { full: 1 } }],
  [
    "every fate of a message to the worker",
    cancelled,
    {
      profile: "datagram",
      faults: {
        drop: { times: 1, links: ["scheduler>worker-1"] },
        duplicate: { times: 1, links: ["scheduler>worker-1"] },
        reorder: { times: 1, links: ["scheduler>worker-1"] },
      },
    },
  ],
]

function* sleepers({ fork, submit, job }: RaceContext): ReturnType<RaceBody<void>> {
  for (const client of [2, 3]) {
    yield* fork(
      `sleeper-${client}`,
      function* () {
        yield* Effect.sleep("1 second")
      },
      { client },
    )
  }
  yield* submit(job("work", { ends: "at-once" }))
}

describe("what is one class is the same in everything that can be seen, in every raw order of", () => {
  for (const [name, body, options] of races) {
    test(name, () => {
      const every = explore(body, options, "none")
      const source = explore(body, options, "source")
      assert.ok(every.executions > source.executions, `${every.executions} raw orders`)
      steady(every)
      same(source, every)
      same(explore(body, options, "sleep"), every)
      assert.equal(source.executions, source.classes.size, "no class is run twice")
    })
  }
})

describe("what is one class is the same in everything that can be seen, in a thousand random orders of", () => {
  for (const [name, body, options] of largerRaces) {
    test(name, () => {
      const source = explore(body, options, "source")
      const random = sampled(body, options, 1_000)
      same(explore(body, options, "sleep"), source)
      steady(random)
      for (const key of random.classes.keys()) assert.ok(source.classes.has(key), `missed:\n${key}`)
      assert.equal(source.executions, source.classes.size, "no class is run twice")
    })
  }
})
