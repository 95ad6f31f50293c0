/** Two tasks that cannot be killed on two workers: minutes, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { twoByTwo } from "../../support/bounds.ts"

const unkillableTwo = { ...twoByTwo, canKill: false }

it.race(
  "two tasks, two workers: a late stop after a refusal ends its own future and frees its own slot (R38, G6)",
  { ...unkillableTwo, earlyTimers: 1 },
  function* ({ submit, job, always, sometimes }) {
    const one = yield* submit(job("slow", { ends: "never" }))
    const two = yield* submit(job("second", { value: 42 }))
    const receipt = yield* Future.cancel(one)
    const outcome = yield* Future.outcome(one)
    always(outcome._tag === "Cancelled")
    always((yield* Future.await(two)) === 42)
    sometimes("it was refused", receipt._tag === "Refused")
    sometimes("it stopped in time", receipt._tag === "Stopped")
  },
)

it.race(
  "two tasks, two workers: what was refused is not run again when its worker dies, the other is (R39, R14)",
  unkillableTwo,
  function* ({ submit, job, world, always }) {
    const deaf = job("deaf", { ends: "never", interruptible: false })
    const one = yield* submit(deaf)
    const two = yield* submit(job("second", { value: 42 }))
    const receipt = yield* Future.cancel(one)
    yield* world.crash("worker-1")
    const outcome = yield* Future.outcome(one)
    always((yield* Future.await(two)) === 42)
    always(deaf.started === 1 && receipt._tag === "Refused" && outcome._tag === "Lost")
  },
)
