/** A client or a worker leaves, or the scheduler dies, among three tasks and three workers: `npm run race -- --deep` alone tries them. */
import { Future } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { deepest, deepestSampled } from "../../support/bounds.ts"

const resuming = { ...deepest, resumeMs: 10_000 }
const sampled = { ...deepestSampled, resumeMs: 10_000 }

/** Time goes on only when nothing else can happen, so who has slept sees everything at rest. */
const rest = Effect.sleep("1 minute")

const ended = ["succeeded", "cancelled", "failed", "lost"]

it.race(
  "three tasks, three workers: a disconnect under a broken connection and a death gives each task one end (R8, R23, R24, G1, G8)",
  { ...sampled, faults: { cut: 1, crash: 1 } },
  function* ({ submit, job, client, always, sometimes }) {
    const jobs = [job("first", { ends: "never" }), job("second"), job("third")]
    const futures = []
    const told: Array<string> = []
    for (const one of jobs) {
      const future = yield* submit(one)
      yield* Future.onDone(future, ({ _tag }) => told.push(_tag))
      futures.push(future)
    }
    const beganMs = yield* Clock.currentTimeMillis
    const { unconfirmed } = yield* client.disconnect({ boundMs: 60_000 })
    always((yield* Clock.currentTimeMillis) - beganMs <= 60_000)
    const states = futures.map((future) => Future.state(future))
    always(states.every((state) => ended.includes(state)) && told.length === 3)
    always(unconfirmed.length === states.filter((state) => state === "lost").length)
    yield* rest
    always(
      jobs.every(({ running }) => running === 0),
      "it runs on",
    )
    sometimes("all were stopped", states.join() === "cancelled,cancelled,cancelled")
    sometimes("one was faster", states.includes("succeeded"))
  },
)

it.race(
  "three tasks, three workers: one drains while connections break and another dies, and each task is run (R6, R33, G5, G7)",
  { ...sampled, faults: { cut: 1, crash: { times: 1, nodes: ["worker-2"] } } },
  function* ({ submit, job, world, always, sometimes }) {
    const first = job("first", { value: 1 })
    const one = yield* submit(first)
    const two = yield* submit(job("second", { value: 2 }))
    const three = yield* submit(job("third", { value: 3 }))
    yield* world.drain("worker-1", 3_600_000)
    always((yield* Future.await(one)) === 1)
    always((yield* Future.await(two)) === 2)
    always((yield* Future.await(three)) === 3)
    yield* rest
    const { workers } = yield* world.status
    always(workers.every(({ name, held }) => name !== "worker-1" && held === 0))
    sometimes("two are left", workers.length === 2)
    sometimes("one is left", workers.length === 1)
    sometimes("a task was run twice", first.started === 2)
  },
)

it.race(
  "three tasks, three workers: the scheduler dies and may come back, and nobody waits for it or runs on (R45, R22, G1, G7)",
  { ...resuming, faults: { crash: { times: 1, nodes: ["scheduler"] }, restart: 1 } },
  function* ({ submit, job, always, sometimes }) {
    const jobs = [job("first", { ends: "never" }), job("second"), job("third")]
    const futures = []
    for (const one of jobs) {
      const future = yield* Effect.orElseSucceed(submit(one), () => undefined)
      if (future === undefined) return
      futures.push(future)
    }
    const [one] = futures
    if (one !== undefined) yield* Future.cancel(one)
    const { done } = yield* Future.wait(futures)
    const states = done.map((future) => Future.state(future))
    yield* rest
    always(
      jobs.every(({ running }) => running === 0),
      "it runs on",
    )
    sometimes("all were lost", states.join() === "lost,lost,lost")
    sometimes("all had come to their ends", states.join() === "cancelled,succeeded,succeeded")
  },
)

it.race(
  "three clients, three workers: one client dies, another's connection breaks, and only the dead one's task is stopped (R22, R27, R45, G5, G6)",
  {
    ...resuming,
    clients: 3,
    faults: {
      crash: { times: 1, nodes: ["client-1"] },
      cut: { times: 1, nodes: ["client-2", "client-3"] },
    },
  },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const theirs = job("theirs", { ends: "never" })
    const awaits = (name: string): RaceBody =>
      function* (there) {
        const mine = job(name, { value: name })
        always((yield* Future.await(yield* there.submit(mine))) === name)
        always(mine.started === 1, "it was run again")
        yield* rest
        const { clients } = yield* world.status
        always(clients === 3 || theirs.running === 0)
        sometimes("it was stopped", theirs.stopped === 1)
        sometimes("its client lives", theirs.running === 1)
      }
    yield* fork("second", awaits("second"), { client: 2 })
    yield* fork("third", awaits("third"), { client: 3 })
    yield* submit(theirs)
  },
)
