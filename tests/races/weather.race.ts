/** What goes wrong is the explorer's to choose: whatever it is, what was promised is kept. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import { everyOrder } from "../support/bounds.ts"

it.race(
  "what a worker ran before it died and came back is never said to be stopped (G2, G4)",
  { ...everyOrder, faults: { crash: 1, restart: 1 } },
  function* ({ submit, job, never, sometimes }) {
    const work = job("work")
    const receipt = yield* Future.cancel(yield* submit(work))
    never(receipt.cancelled && work.running > 0)
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
    sometimes("it was stopped", receipt._tag === "Stopped")
  },
)

it.race(
  "a task outlives the death of a worker, whether that one comes back or not (G5)",
  { ...everyOrder, workers: 2, faults: { crash: 1, restart: 1 } },
  function* ({ submit, job, always, sometimes }) {
    const work = job("work", { value: 1 })
    always((yield* Future.await(yield* submit(work))) === 1)
    sometimes("it was started twice", work.started === 2)
  },
)

it.race(
  "a worker that nobody can reach any more, and that is told so late, is lost and not stopped (G2, G8)",
  { ...everyOrder, faults: { partition: { times: 1, nodes: ["worker-1"] } } },
  function* ({ submit, job, never, sometimes }) {
    const receipt = yield* Future.cancel(yield* submit(job("work")))
    never(receipt._tag === "NotFound")
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
    sometimes("nobody knew in time", receipt._tag === "Unconfirmed")
  },
)

it.race(
  "a client that nobody can reach any more loses its task, and knows it (G1, G5)",
  { ...everyOrder, faults: { partition: { times: 1, nodes: ["client"] } } },
  function* ({ submit, job, sometimes }) {
    const outcome = yield* Future.outcome(yield* submit(job("work")))
    sometimes("it was lost", outcome._tag === "Lost")
    sometimes("it was faster", outcome._tag === "Succeeded")
  },
)

it.race(
  "whoever stands still for a while, the cancel is answered or says that it was not (G4, G8)",
  { ...everyOrder, workers: 2, faults: { freeze: 1 } },
  function* ({ submit, job, never, sometimes }) {
    const work = job("work")
    const receipt = yield* Future.cancel(yield* submit(work))
    never(receipt._tag === "Stopped" && work.running > 0)
    sometimes("nobody answered in time", receipt._tag === "Unconfirmed")
  },
)

it.race(
  "whosever clock runs fast, what is killed is dead before it is called stopped (G2)",
  { ...everyOrder, faults: { skew: 1 } },
  function* ({ submit, job, never, sometimes }) {
    const work = job("work", { interruptible: false, ends: "never" })
    const receipt = yield* Future.cancel(yield* submit(work))
    never(receipt._tag === "Stopped" && work.running > 0)
    sometimes("its bound was over first", receipt._tag === "Unconfirmed")
  },
)

it.race(
  "full outboxes lose nothing (G5)",
  { ...everyOrder, faults: { full: 1 } },
  function* ({ submit, job, always }) {
    always((yield* Future.await(yield* submit(job("work", { value: 1 })))) === 1)
  },
)

it.race(
  "what arrives twice is heard once, so no task is run again (G9)",
  { ...everyOrder, profile: "datagram", faults: { duplicate: 1 } },
  function* ({ submit, job, always }) {
    const work = job("work", { value: 1 })
    always((yield* Future.await(yield* submit(work))) === 1)
    yield* Effect.sleep("1 minute")
    always(work.started === 1)
  },
)
