/** When all has come to rest, nothing is left running, waiting or ticking that nobody wants. */
import { Future } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import { everyOrder } from "../support/bounds.ts"

/** Time goes on only when nothing else can happen, so who has slept sees everything at rest. */
const rest = Effect.sleep("1 minute")

it.race(
  "the queued task of a client that died is not started, and holds nobody up (G6, G7)",
  { ...everyOrder, clients: 2 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const theirs = job("theirs", { ends: "never" })
    const submits: RaceBody = function* (there) {
      yield* there.submit(theirs)
    }
    yield* submit(job("mine"))
    yield* fork("mortal", submits, { client: 2 })
    yield* world.crash("client-2")
    yield* rest
    always(theirs.running === 0)
    sometimes("it had been started", theirs.started === 1)
    sometimes("it never was", theirs.started === 0)
  },
)

it.race(
  "what runs on a worker that was cut off is stopped, though nobody hears of it (G7)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    yield* submit(work)
    yield* world.cut("worker-1")
    yield* rest
    always(work.running === 0)
    sometimes("it was stopped", work.stopped === 1)
    sometimes("it had not been started", work.started === 0)
  },
)

it.race(
  "a task that waits at its worker is not shown as running (G6)",
  { ...everyOrder, prefetch: 1 },
  function* ({ submit, job, always }) {
    const first = yield* submit(job("first", { ends: "never" }))
    const second = yield* submit(job("second", { value: 42 }))
    yield* rest
    always(Future.state(first) === "running" && Future.state(second) === "pending")
    yield* Future.cancel(first)
    always((yield* Future.await(second)) === 42)
  },
)

it.race(
  "a task may be recalled more often than lost (G9)",
  { ...everyOrder, prefetch: 1 },
  function* ({ submit, job, world, always, sometimes }) {
    yield* submit(job("first", { ends: "never" }))
    const second = yield* submit(job("second"), undefined, { attemptsMax: 1 })
    yield* world.recall(second)
    yield* rest
    always(Future.state(second) === "pending")
    sometimes("the recall met it", (yield* world.status).ignored.recallLate === undefined)
  },
)

it.race(
  "a task goes to no worker that is leaving, so it needs one attempt (G9)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, world, always }) {
    yield* world.drain("worker-1", 60_000)
    const future = yield* submit(job("work", { value: 42 }), undefined, { attemptsMax: 1 })
    always((yield* Future.await(future)) === 42)
  },
)

it.race(
  "a worker that is leaving leaves as soon as it holds nothing (G7, G8)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    const future = yield* submit(job("work"))
    yield* world.drain("worker-1", 3_600_000)
    yield* rest
    always((yield* world.status).workers.length === 0)
    sometimes("after its task", Future.state(future) === "succeeded")
    sometimes("before it came", Future.state(future) === "pending")
  },
)

it.race(
  "a cancel that meets a result is answered by that result and by nothing else (G4)",
  everyOrder,
  function* ({ submit, job, client, always, sometimes }) {
    const receipt = yield* Future.cancel(yield* submit(job("work")))
    yield* rest
    always((yield* client.status).ignored.confirmAfterEnd === undefined)
    sometimes("it met a result", receipt._tag === "Finished")
  },
)

it.race(
  "the timeout of a task that has ended does not go off (G7)",
  everyOrder,
  function* ({ submit, job, world, always }) {
    yield* Future.await(yield* submit(job("work"), undefined, { timeoutMs: 1_000 }))
    yield* rest
    always((yield* world.status).ignored.timeoutLate === undefined)
  },
)
