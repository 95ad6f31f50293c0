import { Future } from "@scaler-ts/future"
import {
  Explore,
  lineOf,
  type RaceBody,
  type RaceOptions,
  reportOf,
  type Verdict,
} from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { test } from "vitest"
import { columns } from "../src/report/columns.ts"
import type { Told } from "../src/report/describe.ts"
import { mermaid } from "../src/report/mermaid.ts"

const nodes = ["client-1", "client-2", "scheduler", "worker-1"]

const steps: ReadonlyArray<Told> = [
  {
    id: "client-2#1",
    node: "client-2",
    from: undefined,
    sentAt: undefined,
    lines: ["submit(a)"],
    told: [],
  },
  {
    id: "client-2>scheduler#1",
    node: "scheduler",
    from: "client-2",
    sentAt: 0,
    lines: ["Task(a)", "TaskCancel(a)"],
    told: [],
  },
  {
    id: "worker-1>scheduler#1",
    node: "scheduler",
    from: "worker-1",
    sentAt: -1,
    lines: ["gone"],
    told: ["a: Lost"],
  },
]

test("columns show each step where it happened, who sent it, and every message of a frame", () => {
  assert.equal(
    columns(nodes, steps),
    `\
   client-1  client-2   scheduler           worker-1
   ────────  ─────────  ──────────────────  ────────
1            submit(a)
2                       c2 → Task(a)
                        c2 → TaskCancel(a)
3                       w1 → gone
                        a: Lost`,
  )
})

test("a diagram names every node once, draws what was lost with a cross, and ends with the verdict", () => {
  assert.equal(
    mermaid(nodes, steps, "G2: it ran; see step #3\n  and more"),
    `\
sequenceDiagram
  participant c1 as client-1
  participant c2 as client-2
  participant s as scheduler
  participant w1 as worker-1
  Note over c2: submit(a)
  c2->>s: Task(a)
  c2->>s: TaskCancel(a)
  w1--xs: gone
  Note over s: a: Lost
  Note over c1,w1: G2: it ran, see step  no. 3 and more`,
  )
})

test("a timer says what it set off", async () => {
  const race = Explore.run(function* ({ client, job, never }) {
    const work = job("work")
    yield* Effect.forkChild(Effect.delay(client.submit(work), 1_000))
    yield* Effect.sleep(2_000)
    never(true)
  })
  const verdict = await Effect.runPromise(race)
  const rows = verdict._tag === "Violated" ? verdict.failure.columns.split("\n") : []
  assert.deepEqual(
    rows.filter((row) => row.includes("a timer")).map((row) => row.replace(/^ *\d+ +/, "")),
    ["a timer, at 1000 ms: submit(work)", "a timer, at 2000 ms"],
  )
})

test("what goes wrong is told at its node, and what a message suffers where it was to arrive", async () => {
  const linesOf = async (options: RaceOptions, body: RaceBody): Promise<ReadonlyArray<string>> => {
    const race = Explore.run(body, { budgetMs: Infinity, ...options })
    const verdict = await Effect.runPromise(race)
    return verdict._tag === "Violated" ? verdict.failure.columns.split("\n") : []
  }
  const unconfirmed: RaceBody = function* ({ submit, job, never }) {
    const receipt = yield* Future.cancel(yield* submit(job("work")))
    never(receipt._tag === "Unconfirmed")
  }
  const told = (rows: ReadonlyArray<string>, what: RegExp): boolean =>
    rows.some((row) => what.test(row))
  const nodes = ["worker-1"]
  const frozen = await linesOf({ faults: { freeze: { times: 1, nodes } } }, unconfirmed)
  assert.ok(told(frozen, / {40,}stands still$/), frozen.join("\n"))
  const parted = await linesOf({ faults: { partition: { times: 1, nodes } } }, unconfirmed)
  assert.ok(told(parted, /reaches (scheduler|worker-1) no more|parted from scheduler/))
  const links = ["scheduler>client"] as const
  const lost = await linesOf(
    { profile: "datagram", faults: { drop: { times: 1, links } } },
    unconfirmed,
  )
  assert.ok(told(lost, /^ *\d+ {2}s → Task.*\(work\).*, lost$/), lost.join("\n"))
})

const stats = {
  executions: 1_234,
  blocked: 0,
  longest: 9,
  elapsedMs: 1_500,
  rawOrders: 23_456,
  exercised: {},
}
const bounds = {
  clients: 2,
  workers: 2,
  slots: 2,
  prefetch: 1,
  earlyTimers: 1,
  faults: {},
  faultsMax: 0,
}

test("verdicts say in one line what is known, within which bounds, and no more", () => {
  const verified: Verdict = { _tag: "Verified", classes: 1_000, bounds, stats }
  assert.equal(
    lineOf("a", verified),
    "✓ a: verified, 1,000 schedules cover every order (about 2·10^4 raw) within 2 clients, 2 workers, 2 slots, prefetch 1, 1 early timer, 1.5 s",
  )
  const sampled: Verdict = {
    _tag: "Sampled",
    classes: 1,
    estimate: 3_000,
    verified: { ...bounds, earlyTimers: 0 },
    bounds,
    seed: "7",
    replayed: false,
    strategies: [],
    stats,
  }
  assert.equal(
    lineOf("a", sampled),
    "~ a: sampled 1 schedule, 1 % of at least 3,000 within 2 clients, 2 workers, 2 slots, prefetch 1, 1 early timer, seed 7, 1.5 s" +
      "; verified within 2 clients, 2 workers, 2 slots, prefetch 1, no early timer",
  )
  assert.equal(reportOf("a", sampled), lineOf("a", sampled))
})

test("the report of a violation has the picture and how to see it again", () => {
  const failure = {
    guarantee: "G2",
    what: "it ran",
    step: 1,
    steps: ["x", "y"],
    nodes: [],
    told: [],
    diagram: "sequenceDiagram",
    columns: "1  x\n2  y\n✗ G2: it ran",
    neighbour: undefined,
  }
  const violated: Verdict = {
    _tag: "Violated",
    failure,
    bounds,
    token: "st2-AAAA",
    shrunkFrom: 5,
    stats,
  }
  assert.equal(
    reportOf("a", violated),
    `\
✗ a: fails in 2 steps (found with 5), after 1,234 executions, 1.5 s

  1  x
  2  y
  ✗ G2: it ran

  see it again: SCALER_REPLAY=st2-AAAA, or { replay: "st2-AAAA" } as the race's option`,
  )
})
