/** Workers die or are cut off whenever the explorer likes, whichever it likes, while a task is with them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder, unkillable } from "../support/bounds.ts"

const twoWorkers = { ...everyOrder, workers: 2 }
const workers = ["worker-1", "worker-2"]

it.race(
  "whichever worker is cut off, its task runs anew elsewhere and ends once (R6, G1, G9)",
  { ...twoWorkers, faults: { cut: { times: 1, nodes: workers } } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    always((yield* Future.await(yield* submit(work))) === 42)
    always((yield* world.status).workers.every(({ held }) => held === 0))
    sometimes("both came to their end", work.finished === 2)
    sometimes("the first runs on", work.running === 1)
  },
)

it.race(
  "whichever workers die, a task is lost with as many as it may, and its error names them (R7)",
  { ...twoWorkers, faults: { crash: 2 } },
  function* ({ submit, job, always, sometimes }) {
    const work = job("poison", { ends: "never" })
    const future = yield* submit(work, undefined, { attemptsMax: 2 })
    const receipt = yield* Future.cancel(future)
    const outcome = yield* Future.outcome(future)
    always(work.started <= 2)
    if (outcome._tag === "Lost") {
      always(outcome.error.attempts === 2)
      always(outcome.error.workers.toSorted().join() === workers.join())
    }
    sometimes("it was lost with both", outcome._tag === "Lost")
    sometimes("it was lost with one, and waited", receipt._tag === "WorkerLost")
    sometimes("nobody was there to run it", receipt._tag === "Stopped" && work.started === 0)
  },
)

it.race(
  "whichever worker dies during a cancel, its loss is told as WorkerLost, and the task is not run again (R8, R39, G4)",
  { ...twoWorkers, faults: { crash: 1 } },
  function* ({ submit, job, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const receipt = yield* Future.cancel(yield* submit(work))
    yield* Future.await(yield* submit(job("next")))
    always(receipt._tag === "Stopped" || receipt._tag === "WorkerLost")
    always(work.running === 0)
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
    sometimes("it was lost before and stopped elsewhere", work.started === 2)
  },
)

it.race(
  "whichever worker dies during a recall, its task is run by another (R9)",
  { ...twoWorkers, faults: { crash: 1 } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.recall(future)
    always((yield* Future.await(future)) === 42)
    sometimes("it had been run by both", work.started === 2)
  },
)

it.race(
  "whenever its worker is cut off during a recall, the task is run once more and no more (R9, R6, G9)",
  { ...twoWorkers, faults: { cut: { times: 1, nodes: workers } } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* world.recall(future)
    always((yield* Future.await(future)) === 42)
    always(work.started <= 2)
    sometimes("both came to their end", work.finished === 2)
  },
)

it.race(
  "whenever its worker dies, a task whose cancel was refused is not run again (R39)",
  { ...unkillable, cancelBoundMs: Infinity, workers: 2, faults: { crash: 1 } },
  function* ({ submit, job, always, sometimes }) {
    const deaf = job("deaf", { interruptible: false })
    const future = yield* submit(deaf)
    const receipt = yield* Future.cancel(future)
    const { started } = deaf
    const outcome = yield* Future.outcome(future)
    always(receipt._tag !== "Refused" || deaf.started === started)
    sometimes("it was refused and lost", receipt._tag === "Refused" && outcome._tag === "Lost")
  },
)

it.race(
  "whenever its worker was cut off, nobody is told Stopped of what may run on (R40, G2)",
  { ...twoWorkers, faults: { cut: { times: 1, nodes: workers } } },
  function* ({ submit, job, never, sometimes }) {
    const work = job("work", { ends: "never", interruptible: false })
    const receipt = yield* Future.cancel(yield* submit(work))
    never(receipt._tag === "Stopped" && work.running > 0)
    sometimes("it runs on", receipt._tag === "WorkerLost" && work.running > 0)
  },
)

it.race(
  "whenever its worker dies, what only its timeout stopped is told as timed out (R41)",
  { ...twoWorkers, earlyTimers: 1, faults: { crash: 1 } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work, undefined, { timeoutMs: 10 })
    const outcome = yield* Future.outcome(future)
    const isTimedOut = outcome._tag === "Failed" && outcome.error._tag === "TaskTimedOut"
    always(isTimedOut)
    const { workers: left } = yield* world.status
    sometimes("its worker died", work.started === 1 && left.length === 1)
    sometimes("another worker ran it again", work.started === 2)
  },
)
