/** Three tasks on three workers, of which two fail: `npm run race -- --deep` alone tries them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { deepest, deepestSampled } from "../../support/bounds.ts"

it.race(
  "three tasks, three workers: one dies and may come back; cancels are told the truth, the rest is run (R6, R8, R36, R39, G2, G5)",
  { ...deepestSampled, faults: { crash: 1, restart: 1 } },
  function* ({ submit, job, never, always, sometimes }) {
    const [first, second] = [job("first"), job("second")]
    const one = yield* submit(first)
    const two = yield* submit(second)
    const three = yield* submit(job("third", { value: 3 }))
    const receipts = [yield* Future.cancel(one), yield* Future.cancel(two)]
    const tags = receipts.map(({ _tag }) => _tag)
    never(receipts[0]?._tag === "Stopped" && first.running > 0)
    never(tags.includes("NotFound") || tags.includes("Refused") || tags.includes("Unconfirmed"))
    always((yield* Future.await(three)) === 3)
    always(first.started <= 2 && second.started <= 2)
    sometimes("one was lost, the other stopped", tags.toSorted().join() === "Stopped,WorkerLost")
    sometimes("both were stopped", tags.join() === "Stopped,Stopped")
    sometimes("one was run twice", first.started + second.started > 2)
  },
)

it.race(
  "three tasks, three workers: two die, and each task is run or names those it was lost with (R7, R9, G5, G9)",
  { ...deepest, faults: { crash: 2 } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("first", { value: 1 })
    const one = yield* submit(work, undefined, { attemptsMax: 2 })
    const two = yield* submit(job("second"))
    const three = yield* submit(job("third"))
    yield* world.recall(one)
    const outcome = yield* Future.outcome(one)
    yield* Future.wait([two, three])
    if (outcome._tag === "Lost") {
      always(outcome.error.attempts === 2 && new Set(outcome.error.workers).size === 2)
    } else always(outcome._tag === "Succeeded")
    always(Future.state(two) === "succeeded" && Future.state(three) === "succeeded")
    sometimes("it was lost with two", outcome._tag === "Lost")
    sometimes("it was run by the second", work.started === 2 && outcome._tag === "Succeeded")
  },
)

/** Who is left has a slot for the other two. */
const mortal = ["worker-1", "worker-2"]

it.race(
  "three tasks, three workers: one is cut off, one dies; what was refused or is under way is not run again (R38, R39, R40, G2)",
  {
    ...deepest,
    canKill: false,
    slots: 2,
    faults: { cut: { times: 1, nodes: mortal }, crash: { times: 1, nodes: mortal } },
  },
  function* ({ submit, job, never, always, sometimes }) {
    const deaf = job("deaf", { ends: "never", interruptible: false })
    const one = yield* submit(deaf)
    const two = yield* submit(job("second"))
    const three = yield* submit(job("third"))
    const receipt = yield* Future.cancel(one)
    const { started, running } = deaf
    never(receipt._tag === "Stopped" && running > 0)
    yield* Future.wait([two, three])
    always(deaf.started === started, "it was run again")
    sometimes("it was refused", receipt._tag === "Refused")
    sometimes("it runs on, and is lost", receipt._tag === "WorkerLost" && running > 0)
  },
)
