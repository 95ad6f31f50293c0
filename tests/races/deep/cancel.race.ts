/** Cancels of two tasks on two workers: minutes, not seconds, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Fiber from "effect/Fiber"
import { twoByTwo } from "../../support/bounds.ts"

it.race(
  "two tasks, two workers: each of two cancels is told the truth (R1, R2, R3, R36, G2, G5)",
  twoByTwo,
  function* ({ submit, job, fork, never, always, sometimes }) {
    const [first, second] = [job("first"), job("second")]
    const one = yield* submit(first)
    const two = yield* submit(second)
    const other = yield* fork("other", function* () {
      return yield* Future.cancel(one)
    })
    const receipts = [yield* Future.cancel(two), yield* Fiber.join(other)]
    never(receipts.some(({ _tag }) => _tag === "NotFound"))
    always(first.started <= 1 && second.started <= 1 && first.running + second.running === 0)
    const tags = receipts.map(({ _tag }) => _tag).join()
    sometimes("both were stopped", tags === "Stopped,Stopped")
    sometimes("one was stopped, the other came to its end", tags === "Stopped,Finished")
  },
)

it.race(
  "two tasks, two workers: two cancels of one are one, and one of the other is its own (R12, R16, R18, G4)",
  twoByTwo,
  function* ({ submit, job, fork, always, sometimes }) {
    const one = yield* submit(job("first"))
    const two = yield* submit(job("second"))
    const other = yield* fork("other", function* () {
      return yield* Future.cancel(one)
    })
    const mine = yield* Future.cancel(one)
    const last = yield* Future.cancel(two)
    const theirs = yield* Fiber.join(other)
    always(mine._tag === theirs._tag)
    sometimes(
      "the one was stopped, the other had ended",
      mine._tag === "Stopped" && last._tag === "AlreadyDone",
    )
  },
)

it.race(
  "two tasks, two workers: refusals are told to whom they belong, and both values arrive (R13, R14, G3, G5)",
  { ...twoByTwo, canKill: false, earlyTimers: 1 },
  function* ({ submit, job, never, sometimes }) {
    const one = yield* submit(job("first", { interruptible: false }))
    const two = yield* submit(job("second", { interruptible: false }))
    const first = yield* Future.cancel(one)
    const second = yield* Future.cancel(two)
    never(first._tag === "Refused" && second._tag === "Refused", "only one timer may be early")
    sometimes("the first was refused", first._tag === "Refused")
    sometimes("the second was refused", second._tag === "Refused")
  },
)

it.race(
  "two tasks, two workers: timeouts and a cancel each ask once (R12, R41, G2)",
  { ...twoByTwo, earlyTimers: 2 },
  function* ({ submit, job, always, sometimes }) {
    const limits = { timeoutMs: 10 }
    const one = yield* submit(job("first", { ends: "never" }), undefined, limits)
    const two = yield* submit(job("second", { ends: "never" }), undefined, limits)
    const receipt = yield* Future.cancel(one)
    const outcome = yield* Future.outcome(two)
    always(outcome._tag === "Failed" && outcome.error._tag === "TaskTimedOut")
    sometimes("the cancel was first", receipt._tag === "Stopped")
    sometimes("the timeout was first", receipt._tag === "AlreadyDone")
  },
)
