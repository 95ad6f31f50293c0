/** An operator's orders meet the client's own, a result, the loss of either, and each other. */
import { Future } from "@scaler-ts/future"
import type { Operator } from "@scaler-ts/operator"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../support/bounds.ts"

const withOperator = { ...everyOrder, operator: true }

it.race(
  "what an operator is told of its cancel is what became of the task (G2, G4)",
  withOperator,
  function* ({ submit, job, operate, always, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.cancel(future.id)
    })
    const outcome = yield* Future.outcome(future)
    const receipt = yield* Fiber.join(ordered)
    never(receipt._tag === "Stopped" && (work.running > 0 || work.ended))
    never(receipt._tag === "Refused" || receipt._tag === "Unconfirmed")
    always(outcome._tag !== "Cancelled" || receipt._tag === "Stopped", receipt._tag)
    always(outcome._tag !== "Succeeded" || receipt._tag !== "Stopped", receipt._tag)
    sometimes("it was stopped", receipt._tag === "Stopped")
    sometimes("the result was faster", receipt._tag === "Finished")
    sometimes("the order was faster than the task", receipt._tag === "NotFound")
  },
)

it.race(
  "an operator and the client that cancel one task are told the same (G2, G4)",
  withOperator,
  function* ({ submit, job, operate, always, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.cancel(future.id)
    })
    const own = yield* Future.cancel(future)
    const receipt = yield* Fiber.join(ordered)
    never(receipt._tag === "Stopped" && work.ended)
    always(own._tag !== "Stopped" || receipt._tag !== "Finished", "the client was told of a stop")
    always(own._tag !== "Finished" || receipt._tag !== "Stopped", "the client was told of a result")
    sometimes("both were told of the stop", own._tag === "Stopped" && receipt._tag === "Stopped")
    sometimes("the client was too late", own._tag === "AlreadyDone")
  },
)

it.race(
  "the order of an operator stops the task of a client that is gone, and is answered (R22, G4, G7)",
  { ...withOperator, clients: 2 },
  function* ({ submit, job, operate, fork, world, always, sometimes }) {
    const work = job("work", { ends: "never" })
    const future = yield* submit(work)
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.cancel(future.id)
    })
    yield* fork("other", function* () { yield* world.crash("client-1") }, { client: 2 }) // oxfmt-ignore
    yield* fork(
      "onlooker",
      function* () {
        const receipt = yield* Fiber.join(ordered)
        const isKnown = receipt._tag === "Stopped" || receipt._tag === "NotFound"
        always(isKnown, `it was told ${receipt._tag}`)
        always(receipt._tag !== "Stopped" || work.running === 0)
        sometimes("it was stopped", receipt._tag === "Stopped")
        sometimes("all of it was forgotten", receipt._tag === "NotFound")
      },
      { client: 2 },
    )
  },
)

it.race(
  "an operator's cancel whose worker dies says so, and the task is not run again (R8, G4)",
  { ...withOperator, workers: 2 },
  function* ({ submit, job, operate, world, always, sometimes }) {
    const work = job("work", { ends: "never" })
    const future = yield* submit(work)
    const ordered = yield* operate("operator", function* (operator) {
      return yield* operator.cancel(future.id)
    })
    yield* world.crash("worker-1")
    const receipt = yield* Fiber.join(ordered)
    if (receipt._tag === "NotFound") yield* Future.cancel(future)
    always((yield* Future.outcome(future))._tag === "Cancelled")
    always(work.running <= 1, "it runs twice")
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
    sometimes("it was stopped", receipt._tag === "Stopped")
  },
)

it.race(
  "an operator is told how far this cancel has come, and nothing of the one before (G9)",
  // Somebody is silent, or nobody would look whether anything still stops; and only the first time somebody does.
  { ...withOperator, canKill: false, clients: 2, backgroundTimers: 1 },
  function* ({ submit, job, operate, fork, world, always, sometimes }) {
    yield* world.partition("client-2")
    const deaf = job("deaf", { ends: "never", interruptible: false })
    const future = yield* submit(deaf)
    const first = yield* fork("canceller", function* () {
      return yield* Future.cancel(future)
    })
    const looks = function* (operator: Operator) {
      return (yield* operator.tasks()).tasks[0]
    }
    const onlooker = yield* operate("onlooker", function* (operator) {
      yield* Effect.sleep(200)
      return yield* looks(operator)
    })
    const interrupted = yield* Fiber.join(onlooker)
    always((interrupted?.rung === "none") === (interrupted?.state !== "cancelling"))
    sometimes("it was interrupted", interrupted?.rung === "interrupted")
    const receipt = yield* Fiber.join(first)
    if (receipt._tag === "Refused") {
      const goesOn = yield* Fiber.join(yield* operate("second onlooker", looks))
      always(goesOn?.state === "running" && goesOn.rung === "none", goesOn?.rung)
      yield* fork("canceller again", function* () {
        return yield* Future.cancel(future)
      })
      const again = yield* Fiber.join(yield* operate("third onlooker", looks))
      always(again?.rung !== "interrupted", "of the cancel before")
      sometimes("it was asked again", again?.rung === "asked")
    }
    yield* world.crash("worker-1")
  },
)
