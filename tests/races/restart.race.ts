/** A scheduler that starts again: its clients send again what has not ended, and nothing of it runs twice at once. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import { everyOrder } from "../support/bounds.ts"

/** Workers come back sooner than it takes the scheduler to start anything, and stop later. */
const restarting = {
  ...everyOrder,
  rejoinMs: 60_000,
  recoverMs: 1_000,
  onSchedulerLost: "resubmit",
} as const

/** Longer than all there is to wait for. */
const rest = Effect.sleep("90 seconds")

it.race(
  "what a scheduler that is gone had is sent to the next, and never runs twice at once (R52, G9)",
  { ...restarting, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    always((yield* Future.await(future)) === 42)
    sometimes("it was run again", work.started === 2)
    sometimes("it was run once", work.started === 1)
  },
)

it.race(
  "whenever a scheduler is gone, and another there or not, a future ends (R52, G7)",
  {
    ...restarting,
    rejoinMs: 150,
    faults: { crash: { times: 1, nodes: ["scheduler"] }, restart: 1 },
  },
  function* ({ submit, job, always, sometimes }) {
    const work = job("work", { value: 42, ends: "at-once" })
    const future = yield* submit(work).pipe(
      Effect.catchTag("ConnectionLost", () => Effect.undefined),
    )
    if (future === undefined) return
    const end = yield* Effect.timeoutOption(Future.outcome(future), "10 seconds")
    if (end._tag === "None") return sometimes("no worker has come back", true)
    const { value: outcome } = end
    always(outcome._tag === "Lost" || (outcome._tag === "Succeeded" && outcome.value === 42))
    sometimes("it was run again", work.started === 2 && outcome._tag === "Succeeded")
    sometimes("it was lost", outcome._tag === "Lost")
  },
)

it.race(
  "what does not stop is not run again as long as it runs (R52, G9)",
  // With this seed its worker is the last that comes back.
  { ...restarting, workers: 2, canKill: false, seed: "a" },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("deaf", { ends: "never", interruptible: false })
    yield* submit(work)
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    yield* rest
    const { workers, tasks, waiting } = yield* world.status
    always(work.started === 1 && work.running === 1)
    const isAtWitness = workers.some(({ slots }) => slots === 0)
    always(isAtWitness === (tasks.queued === 1))
    always(waiting[0]?.why._tag === (isAtWitness ? "Recovering" : undefined), "it says why")
    sometimes("it runs where it ran", isAtWitness)
    sometimes("it had not been sent", !isAtWitness)
  },
)

it.race(
  "what has to be killed is run again when it has been (R52, G9)",
  { ...restarting, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("deaf", { ends: "never", interruptible: false })
    yield* submit(work)
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    // Before anybody gives up.
    yield* Effect.sleep("30 seconds")
    always(work.running === 1 && work.started === work.stopped + 1)
    sometimes("it was run again", work.started === 2)
    sometimes("it had not been sent", work.started === 1)
  },
)

/** What a cancel that meets the end of its scheduler may not be told of a task that ends when it is stopped. */
const untrue = new Set(["Finished", "NotFound", "Refused", "AlreadyDone"])

it.race(
  "a cancel that meets the end of its scheduler is told no more than is known, and its task is not run again (R53, G2)",
  restarting,
  function* ({ submit, job, fork, world, always, never, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    yield* fork("canceller", function* () {
      const { _tag } = yield* Future.cancel(future)
      never(untrue.has(_tag) || (_tag === "Stopped" && work.running > 0))
      always(Future.state(future) === (_tag === "Unconfirmed" ? "lost" : "cancelled"))
      sometimes("it is told that nobody knows", _tag === "Unconfirmed")
      sometimes("it is told that it was stopped", _tag === "Stopped")
    })
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    yield* rest
    always(work.running === 0 && work.started <= 1)
  },
)

it.race(
  "a cancel of what was sent again is told that an attempt was lost, whether it runs or waits (R53, G2)",
  restarting,
  function* ({ submit, job, world, always, never, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    yield* Effect.sleep("300 millis")
    const { _tag } = yield* Future.cancel(future)
    never(_tag === "Stopped" && work.started > 0, "it may have run on for all that is known")
    always(Future.state(future) === "cancelled")
    yield* rest
    always(work.running === 0)
    sometimes("it had been lost", _tag === "WorkerLost")
  },
)

it.race(
  "a task that may have one attempt is not sent again (R52)",
  restarting,
  function* ({ submit, job, world, always }) {
    const work = job("once", { value: 42 })
    const future = yield* submit(work, undefined, { attemptsMax: 1 })
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    const { _tag } = yield* Future.outcome(future)
    yield* rest
    always(work.started <= 1 && (_tag === "Succeeded" || _tag === "Lost"))
  },
)

it.race(
  "what is sent again keeps to the credit of the next scheduler (R52, R48)",
  { ...restarting, clientTasksMax: 2 },
  function* ({ submit, job, world, always }) {
    const one = job("one", { value: 1, ends: "at-once" })
    // Who sends more than it may is out, and the first has no attempt left for a third scheduler.
    const first = yield* submit(one, undefined, { attemptsMax: 2 })
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    const others = [yield* submit(one), yield* submit(one)]
    for (const future of [first, ...others]) always((yield* Future.await(future)) === 1)
  },
)

it.race(
  "a cancel of what waits to be sent again is told that an attempt was lost (R53, R48)",
  { ...restarting, clients: 2, tasksMax: 1 },
  function* ({ submit, fork, job, world, always, never, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    yield* world.crash("scheduler")
    yield* world.restart("scheduler")
    // The other one takes all there is of the next scheduler.
    yield* fork(
      "other",
      function* ({ submit: submitToo }) {
        yield* submitToo(job("other", { ends: "never" }))
      },
      { client: 2 },
    )
    yield* Effect.sleep("300 millis")
    const { _tag } = yield* Future.cancel(future)
    never(_tag === "Stopped" && work.started > 0, "it may have run on for all that is known")
    always(Future.state(future) === "cancelled")
    sometimes("it had been lost", _tag === "WorkerLost")
  },
)
