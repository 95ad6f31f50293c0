/** As ../weatherLeaving, with more to choose from: minutes, so `npm run race` alone tries them. */
import { Future, type Outcome } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { everyOrder } from "../../support/bounds.ts"

const resuming = { ...everyOrder, resumeMs: 10_000 }

/** Time goes on only when nothing else can happen, so who has slept sees everything at rest. */
const rest = Effect.sleep("1 minute")

it.race(
  "whosever connection breaks, a disconnect gives one end, by its bound (R23, R24, G1, G8)",
  { ...resuming, faults: { cut: 1 } },
  function* ({ submit, job, client, always, sometimes }) {
    const future = yield* submit(job("work"))
    const told: Array<Outcome<void>> = []
    yield* Future.onDone(future, (outcome) => told.push(outcome))
    const beganMs = yield* Clock.currentTimeMillis
    const { unconfirmed } = yield* client.disconnect({ boundMs: 60_000 })
    always((yield* Clock.currentTimeMillis) - beganMs <= 60_000)
    const mine = yield* Future.outcome(future)
    always(told.length === 1 && told[0] === mine)
    always(unconfirmed.length === 0 && mine._tag !== "Lost")
    sometimes("it was stopped", mine._tag === "Cancelled")
    sometimes("its result was first", mine._tag === "Succeeded")
  },
)

it.race(
  "a scheduler that starts again knows no session of the one before, and says so (R45, R22, G1, G7)",
  { ...resuming, faults: { crash: { times: 1, nodes: ["scheduler"] }, restart: 1 } },
  function* ({ submit, job, always, sometimes }) {
    const work = job("work", { ends: "at-once" })
    const future = yield* Effect.orElseSucceed(submit(work), () => undefined)
    if (future === undefined) return
    const beganMs = yield* Clock.currentTimeMillis
    const outcome = yield* Future.outcome(future)
    const waitedMs = (yield* Clock.currentTimeMillis) - beganMs
    always(outcome._tag === "Lost" || outcome._tag === "Succeeded")
    sometimes("it was lost at once", outcome._tag === "Lost" && waitedMs === 0)
    sometimes("it was lost when nobody came back", waitedMs >= 10_000)
  },
)

it.race(
  "a client whose connection breaks holds nobody up, and its task is not stopped (R27, R22, G5)",
  { ...resuming, clients: 2, faults: { cut: { times: 1, nodes: ["client-2"] } } },
  function* ({ submit, job, fork, always }) {
    const theirs = job("theirs")
    const submits: RaceBody = function* (there) {
      yield* there.submit(theirs)
    }
    yield* fork("shaky", submits, { client: 2 })
    always((yield* Future.await(yield* submit(job("mine", { value: 42 })))) === 42)
    always(theirs.stopped === 0)
  },
)

it.race(
  "a client that nobody can reach when it comes back is lost, and waits for nothing (R45, R22, G7)",
  {
    ...resuming,
    faults: {
      cut: { times: 1, nodes: ["client"] },
      partition: { times: 1, nodes: ["client"] },
    },
  },
  function* ({ submit, job, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work, undefined, { timeoutMs: 60_000 })
    const outcome = yield* Future.outcome(future)
    yield* rest
    always(work.running === 0)
    sometimes("it was lost and stopped", outcome._tag === "Lost" && work.stopped === 1)
    sometimes("it was lost before it came", outcome._tag === "Lost" && work.started === 0)
  },
)
