/** A worker whose session is gone begins another one, once it holds nothing of the last. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import { everyOrder } from "../support/bounds.ts"

/** One timer may be too short, such as the pause before it comes back. */
const returning = { ...everyOrder, rejoinMs: 60_000, earlyTimers: 1 }

/** Who has slept sees everything at rest; of two sleeps one at most is too short. */
const rest = Effect.repeat(Effect.sleep("10 seconds"), { times: 1 })

it.race(
  "a worker that was declared lost says hello only when it holds nothing (R46, G6)",
  returning,
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.cut("worker-1")
    always((yield* Future.await(future)) === 42)
    yield* rest
    const { workers } = yield* world.status
    always(work.running === 0 && workers.length === 1 && workers[0]?.held === 0)
    sometimes("it was run again", work.started === 2)
    sometimes("it had not been sent", work.started === 1)
  },
)

it.race(
  "a worker that cannot stop what it runs does not come back before that ends (R46, G6)",
  { ...returning, canKill: false },
  function* ({ submit, job, world, never, sometimes }) {
    const work = job("deaf", { interruptible: false })
    yield* submit(work)
    yield* world.cut("worker-1")
    yield* rest
    const { workers } = yield* world.status
    never(work.running > 1)
    never(workers.length === 0 && work.running === 0, "it stays away")
    sometimes("it came back", workers.length === 1)
  },
)

it.race(
  "a scheduler that starts again finds its workers, and they hold nothing of before (R46, G7)",
  returning,
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    always((yield* Future.outcome(future))._tag === "Lost")
    yield* rest
    const { workers } = yield* world.status
    always(work.running === 0 && workers.length === 1)
    sometimes("it was stopped", work.stopped === 1)
    sometimes("it had not been sent", work.started === 0)
  },
)
