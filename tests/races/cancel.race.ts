/** A cancel meets the task on its way, its result, or another cancel. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../support/bounds.ts"

it.race(
  "a confirmed cancel means the function never came to its end (G2)",
  everyOrder,
  function* ({ submit, job, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Stopped" && work.ended)
    sometimes("the task was stopped", receipt._tag === "Stopped")
    sometimes("the result was faster", receipt._tag === "Finished")
  },
)

it.race(
  "a cancel right after the submit is never answered NotFound (R1, G4)",
  everyOrder,
  function* ({ submit, job, never, sometimes }) {
    yield* submit(job("first"))
    const future = yield* submit(job("second"))
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "NotFound")
    sometimes("it was in the queue", receipt._tag === "Stopped" && receipt.attempt === 0)
    sometimes("it was at the worker", receipt._tag === "Stopped" && receipt.attempt === 1)
  },
)

it.race(
  "a cancel finds its task, also while the worker still says hello (R1, G4)",
  { ...everyOrder, handshake: true },
  function* ({ submit, job, never, sometimes }) {
    const receipt = yield* Future.cancel(yield* submit(job("work")))
    never(receipt._tag === "NotFound")
    sometimes("there was no worker yet", receipt._tag === "Stopped" && receipt.attempt === 0)
    sometimes("it came to its end", receipt._tag === "Finished")
  },
)

it.race(
  "a task confirmed stopped in the queue is not started when a slot comes free (R2, G2)",
  everyOrder,
  function* ({ submit, job, never, sometimes }) {
    yield* submit(job("first"))
    const second = job("second")
    const receipt = yield* Future.cancel(yield* submit(second))
    yield* Future.await(yield* submit(job("third")))
    never(receipt._tag === "Stopped" && receipt.attempt === 0 && second.started > 0)
    sometimes("it was stopped in the queue", receipt._tag === "Stopped" && receipt.attempt === 0)
    sometimes("it ran before", second.started > 0)
  },
)

it.race(
  "a result that meets a cancel is in the receipt, and its slot is free again (R3, G3, G5, G6)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const receipt = yield* Future.cancel(yield* submit(job("work", { value: 42 })))
    const next = yield* Future.await(yield* submit(job("next", { value: 1 })))
    always(next === 1)
    const isFinished = receipt._tag === "Finished"
    always(!isFinished || (Exit.isSuccess(receipt.exit) && receipt.exit.value === 42))
    sometimes("the result met the cancel", isFinished)
  },
)

it.race(
  "under result-wins a result that meets a cancel is kept, and the receipt says so (R3, G3)",
  { ...everyOrder, policy: "result-wins" },
  function* ({ submit, job, always, sometimes }) {
    const future = yield* submit(job("work", { value: 42 }))
    const receipt = yield* Future.cancel(future)
    const outcome = yield* Future.outcome(future)
    always(receipt.cancelled === (outcome._tag === "Cancelled"))
    const isKept = outcome._tag === "Succeeded" && outcome.value === 42
    always(isKept === (receipt._tag === "Finished" || receipt._tag === "AlreadyDone"))
    sometimes("the result met the cancel", receipt._tag === "Finished")
    sometimes("the stop was first", receipt._tag === "Stopped")
  },
)

it.race(
  "a timeout and a cancel ask the worker once between them (R12)",
  { ...everyOrder, earlyTimers: 1 },
  function* ({ submit, job, world, never, sometimes }) {
    const future = yield* submit(job("work", { ends: "never" }), undefined, { timeoutMs: 10 })
    const receipt = yield* Future.cancel(future)
    const { ignored } = yield* world.status
    never((ignored.attemptStale ?? 0) > 0, "a second request found nothing to stop")
    sometimes("the cancel was first", receipt._tag === "Stopped")
    sometimes("the timeout was first", receipt._tag === "AlreadyDone")
  },
)

it.race(
  "two cancels at once are one, and both are told the same (R16, G4)",
  everyOrder,
  function* ({ submit, job, fork, always, sometimes }) {
    const future = yield* submit(job("work"))
    const other = yield* fork("other", function* () {
      return yield* Future.cancel(future)
    })
    const mine = yield* Future.cancel(future)
    const theirs = yield* Fiber.join(other)
    always(mine._tag === theirs._tag, `one was told ${mine._tag}, the other ${theirs._tag}`)
    sometimes("both were told of the stop", mine._tag === "Stopped")
    sometimes("both were told of the result", mine._tag === "Finished")
  },
)

it.race(
  "a future that has ended is not cancelled afterwards, and its value stays (R18, G1)",
  everyOrder,
  function* ({ submit, job, fork, always, sometimes }) {
    const future = yield* submit(job("work", { value: 7 }))
    yield* fork("canceller", function* () {
      yield* Future.cancel(future)
    })
    const outcome = yield* Future.outcome(future)
    const receipt = yield* Future.cancel(future)
    const isDone = receipt._tag === "AlreadyDone"
    always(isDone === (outcome._tag === "Succeeded"))
    always(!isDone || (Future.state(future) === "succeeded" && !receipt.cancelled))
    sometimes("the value was first", isDone)
  },
)

it.race(
  "a cancelled task is not run again, although its stop looks like a failure (R36, G2)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, always, sometimes }) {
    const work = job("work", { ends: "never" })
    const receipt = yield* Future.cancel(yield* submit(work))
    yield* Future.await(yield* submit(job("next")))
    always(work.started <= 1 && work.running === 0)
    always(receipt._tag === "Stopped")
    sometimes("it was stopped while it ran", work.stopped === 1)
  },
)

it.race(
  "a task's own grace period decides when it is killed, and the receipt says how long that took (R35, G2)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const deaf = job("deaf", { ends: "never", interruptible: false })
    const future = yield* submit(deaf, undefined, { graceMs: 20 })
    yield* Effect.sleep(10)
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Stopped" && receipt.stopMs === (deaf.started > 0 ? 20 : 0))
    sometimes("it was killed", receipt._tag === "Stopped" && receipt.how === "killed")
  },
)

it.race(
  "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
  { ...everyOrder, earlyTimers: 1 },
  function* ({ submit, job, never, sometimes }) {
    const work = job("work", { interruptible: false })
    const receipt = yield* Future.cancel(yield* submit(work))
    never(receipt._tag === "Stopped" && work.running > 0)
    never(receipt._tag === "Stopped" && work.ended)
    sometimes("it was killed", receipt._tag === "Stopped" && receipt.how === "killed")
    sometimes("it returned before", receipt._tag === "Finished")
  },
)
