/** A cancel meets a task that cannot be stopped. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { unkillable } from "../support/bounds.ts"

it.race(
  "after a refused cancel the future is pending again, and its value arrives (R13, G3, G5)",
  unkillable,
  function* ({ submit, job, always, sometimes }) {
    const future = yield* submit(job("deaf", { value: 42, interruptible: false }))
    const receipt = yield* Future.cancel(future)
    const state = Future.state(future)
    const outcome = yield* Future.outcome(future)
    const isRefused = receipt._tag === "Refused"
    always(!isRefused || (outcome._tag === "Succeeded" && outcome.value === 42))
    sometimes("it ran on after the refusal", isRefused && state === "running")
    sometimes("it was faster than the refusal", receipt._tag === "Finished")
  },
)

it.race(
  "a refused cancel is never told as a stop (R14, G2)",
  unkillable,
  function* ({ submit, job, never, sometimes }) {
    const deaf = job("deaf", { interruptible: false })
    const receipt = yield* Future.cancel(yield* submit(deaf))
    const runs = deaf.running > 0
    never(receipt.cancelled && runs)
    never(receipt._tag === "Stopped" && deaf.started > 0)
    sometimes("it was refused while the task ran", receipt._tag === "Refused" && runs)
  },
)

it.race(
  "a task that stops after its refusal ends cancelled and frees its slot (R38, G6)",
  unkillable,
  function* ({ submit, job, always, sometimes }) {
    const future = yield* submit(job("slow", { ends: "never" }))
    const receipt = yield* Future.cancel(future)
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Cancelled")
    yield* Future.await(yield* submit(job("next")))
    sometimes("it was refused", receipt._tag === "Refused")
    sometimes("it stopped in time", receipt._tag === "Stopped")
  },
)

it.race(
  "a task whose cancel was refused is not run again when its worker dies (R39)",
  { ...unkillable, earlyTimers: 0, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const deaf = job("deaf", { ends: "never", interruptible: false })
    const future = yield* submit(deaf)
    const receipt = yield* Future.cancel(future)
    yield* world.crash("worker-1")
    const outcome = yield* Future.outcome(future)
    yield* Future.await(yield* submit(job("next")))
    always(deaf.started <= 1)
    always(receipt._tag === "Refused" ? outcome._tag === "Lost" : outcome._tag === "Cancelled")
    sometimes("it was refused", receipt._tag === "Refused")
  },
)
