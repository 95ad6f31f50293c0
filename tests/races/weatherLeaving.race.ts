/** Clients and workers leave, or the scheduler dies, while the explorer breaks connections and kills. */
import { Future } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { everyOrder, unkillable } from "../support/bounds.ts"

const resuming = { ...everyOrder, resumeMs: 10_000 }

/** Time goes on only when nothing else can happen, so who has slept sees everything at rest. */
const rest = Effect.sleep("1 minute")

/** What is to be submitted may find that nobody is there any more. */
const submittedOrNot = <A, E, R>(submitting: Effect.Effect<A, E, R>) =>
  Effect.orElseSucceed(submitting, () => undefined)

it.race(
  "whenever its worker's connection breaks, a disconnect gives one end, by its bound (R23, R24, G1, G8)",
  { ...resuming, faults: { cut: { times: 1, nodes: ["worker-1"] } } },
  function* ({ submit, job, client, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    const told: Array<string> = []
    yield* Future.onDone(future, ({ _tag }) => told.push(_tag))
    const { unconfirmed } = yield* client.disconnect()
    always(unconfirmed.length === 0 && told.join() === "Cancelled")
    always(work.running === 0)
    sometimes("it was stopped while it ran", work.stopped === 1)
    sometimes("it was never started", work.started === 0)
  },
)

it.race(
  "whenever its worker dies, a disconnect gives one end and waits for nobody (R23, R24, R8, G8)",
  { ...everyOrder, faults: { crash: 1 } },
  function* ({ submit, job, client, always, sometimes }) {
    const future = yield* submit(job("endless", { ends: "never" }))
    const { unconfirmed } = yield* client.disconnect()
    const mine = yield* Future.outcome(future)
    always(unconfirmed.length === 0 && mine._tag === "Cancelled")
    const receipt = mine._tag === "Cancelled" ? mine.receipt?._tag : undefined
    sometimes("its worker was lost", receipt === "WorkerLost")
    sometimes("it was stopped", receipt === "Stopped")
  },
)

it.race(
  "whosever connection breaks, what refuses to stop for a client that leaves is lost and named (R44, G8)",
  { ...unkillable, earlyTimers: 0, resumeMs: 10_000, faults: { cut: 1 } },
  function* ({ submit, job, client, always, sometimes }) {
    const future = yield* submit(job("deaf", { ends: "never", interruptible: false }))
    const { unconfirmed } = yield* client.disconnect()
    const outcome = yield* Future.outcome(future)
    const isLost = outcome._tag === "Lost"
    always(isLost ? unconfirmed[0]?.number === future.number : unconfirmed.length === 0)
    sometimes("it was refused", isLost)
    sometimes("it had not started", outcome._tag === "Cancelled")
  },
)

it.race(
  "whenever its connection breaks, a worker that drains ends its task once, and leaves (R33, G5, G7)",
  { ...resuming, faults: { cut: { times: 1, nodes: ["worker-1"] } } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.drain("worker-1", 3_600_000)
    yield* rest
    always((yield* world.status).workers.length === 0, "it never left")
    always(work.started <= 1 && work.started === work.finished)
    sometimes("after its task", Future.state(future) === "succeeded")
    sometimes("before it came", Future.state(future) === "pending")
  },
)

it.race(
  "whichever worker dies, a task that one which drains holds is run (R6, G5, G9)",
  { ...everyOrder, workers: 2, faults: { crash: { times: 1, nodes: ["worker-1"] } } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.drain("worker-1", 3_600_000)
    always((yield* Future.await(future)) === 42)
    sometimes("by the other", work.started === 2)
    sometimes("by the one that drains", work.started === 1)
  },
)

it.race(
  "whenever the scheduler dies, a client waits for nothing, and nothing runs on (R45, G1, G7)",
  { ...everyOrder, faults: { crash: { times: 1, nodes: ["scheduler"] } } },
  function* ({ submit, job, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submittedOrNot(submit(work))
    if (future === undefined) return
    const receipt = yield* Future.cancel(future)
    const outcome = yield* Future.outcome(future)
    yield* rest
    always(work.running === 0)
    sometimes("it was lost", outcome._tag === "Lost")
    sometimes("it was stopped before", receipt._tag === "Stopped")
  },
)

it.race(
  "whenever the scheduler dies, a disconnect ends by its bound (R23, R24, G8)",
  { ...resuming, faults: { crash: { times: 1, nodes: ["scheduler"] } } },
  function* ({ submit, job, client, always, sometimes }) {
    const future = yield* submit(job("endless", { ends: "never" }))
    const beganMs = yield* Clock.currentTimeMillis
    const { unconfirmed } = yield* client.disconnect({ boundMs: 1_000 })
    always((yield* Clock.currentTimeMillis) - beganMs <= 1_000)
    always(unconfirmed.length === (Future.state(future) === "lost" ? 1 : 0))
    sometimes("it is not known what became of it", unconfirmed.length === 1)
    sometimes("it was stopped before", unconfirmed.length === 0)
  },
)

it.race(
  "whenever a client dies, its task is stopped, and its slot is free again (R22, R27, G6)",
  { ...everyOrder, clients: 2, faults: { crash: { times: 1, nodes: ["client-1"] } } },
  function* ({ submit, job, fork, always, sometimes }) {
    const theirs = job("theirs")
    const mine = job("mine", { value: 42 })
    const other: RaceBody = function* (there) {
      always((yield* Future.await(yield* there.submit(mine))) === 42)
      sometimes("it was stopped while it ran", theirs.stopped === 1)
      sometimes("it came to its end", theirs.ended)
    }
    yield* fork("other", other, { client: 2 })
    yield* submit(theirs)
  },
)
