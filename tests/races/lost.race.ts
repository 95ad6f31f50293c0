/** A worker vanishes while a task is with it. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder } from "../support/bounds.ts"

const twoWorkers = { ...everyOrder, workers: 2 }

it.race(
  "a task cut off from its scheduler runs anew elsewhere and ends once (R6, G1, G9)",
  twoWorkers,
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.cut("worker-1")
    always((yield* Future.await(future)) === 42)
    const { workers } = yield* world.status
    always(workers.every(({ held }) => held === 0))
    sometimes("both came to their end", work.finished === 2)
    sometimes("the first runs on", work.running === 1)
  },
)

it.race(
  "what a worker says that left without its task does not end the next attempt (R6, G9)",
  { ...twoWorkers, canKill: false, earlyTimers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("deaf", { interruptible: false })
    const future = yield* submit(work)
    yield* world.drain("worker-1", 1)
    yield* Future.await(future)
    yield* Future.await(yield* submit(job("next")))
    always(work.running <= 1)
    sometimes("the worker waited for its end", work.started === 1)
    sometimes("it left its attempt running", work.started === 2 && work.running === 1)
  },
)

it.race(
  "a task that was lost with as many workers as it may is lost, and its error names them (R7)",
  { ...everyOrder, workers: 3 },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("poison")
    const future = yield* submit(work, undefined, { attemptsMax: 2 })
    yield* world.crash("worker-1")
    yield* world.crash("worker-2")
    const outcome = yield* Future.outcome(future)
    const isLost = outcome._tag === "Lost"
    always(!isLost || outcome.error.workers.join() === "worker-1,worker-2")
    always(!isLost || (outcome.error.attempts === 2 && work.started <= 2))
    sometimes("it was lost with both", isLost)
    sometimes("it came to its end", outcome._tag === "Succeeded")
  },
)

it.race(
  "a worker that dies during a cancel is told as WorkerLost (R8, G4)",
  twoWorkers,
  function* ({ submit, job, fork, world, always, sometimes }) {
    const future = yield* submit(job("endless", { ends: "never" }))
    yield* fork("weather", function* () {
      yield* world.crash("worker-1")
    })
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Stopped" || receipt._tag === "WorkerLost")
    always(receipt._tag !== "WorkerLost" || receipt.worker === "worker-1")
    sometimes("it was stopped first", receipt._tag === "Stopped")
    sometimes("its worker died first", receipt._tag === "WorkerLost")
  },
)

it.race(
  "a task that is being cancelled is not run again when its worker dies (R36, R39, G2)",
  twoWorkers,
  function* ({ submit, job, world, never, sometimes }) {
    const work = job("work")
    const future = yield* submit(work)
    yield* world.crash("worker-1")
    const receipt = yield* Future.cancel(future)
    const runs = work.running > 0
    yield* Future.await(yield* submit(job("next")))
    never(receipt.cancelled && (runs || work.running > 0))
    sometimes("it had been lost", receipt._tag === "WorkerLost")
    sometimes("it had not been sent anywhere", receipt._tag === "Stopped")
  },
)

it.race(
  "after a lost attempt a cancel is never told Stopped, for it may run on (R40, G2)",
  everyOrder,
  function* ({ submit, job, world, never, sometimes }) {
    const work = job("work", { ends: "never", interruptible: false })
    const future = yield* submit(work)
    yield* world.cut("worker-1")
    const receipt = yield* Future.cancel(future)
    never(receipt._tag === "Stopped" && work.running > 0)
    sometimes("it runs on", receipt._tag === "WorkerLost" && work.running > 0)
    sometimes("it never began", receipt._tag === "Stopped" && work.started === 0)
  },
)

it.race(
  "a task that only its timeout stopped ends as timed out when its worker dies (R41)",
  { ...twoWorkers, earlyTimers: 1 },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work, undefined, { timeoutMs: 10 })
    yield* world.crash("worker-1")
    const outcome = yield* Future.outcome(future)
    const isTimedOut = outcome._tag === "Failed" && outcome.error._tag === "TaskTimedOut"
    always(isTimedOut)
    const worker = isTimedOut && "worker" in outcome.error ? outcome.error.worker : ""
    sometimes("the worker died while it was stopped", worker === "worker-1")
    sometimes("the worker died before", worker === "worker-2")
  },
)
