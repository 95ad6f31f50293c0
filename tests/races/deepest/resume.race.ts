/** Connections of three workers and their clients break, twice or beside a death: `npm run race -- --deep` alone tries them. */
import { Future } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import { it } from "@scaler-ts/testkit/vitest"
import { deepest, deepestSampled } from "../../support/bounds.ts"

const resuming = { ...deepest, resumeMs: 10_000 }
const sampled = { ...deepestSampled, resumeMs: 10_000 }

it.race(
  "three tasks, three workers: two connections break, and nothing is lost, doubled or run again (R6, R33, G4, G5)",
  { ...resuming, faults: { cut: 2 } },
  function* ({ submit, job, world, always, sometimes }) {
    const [first, second] = [job("first", { value: 1 }), job("second", { value: 2 })]
    const third = job("third")
    const one = yield* submit(first)
    const two = yield* submit(second)
    const receipt = yield* Future.cancel(yield* submit(third))
    always((yield* Future.await(one)) === 1)
    always((yield* Future.await(two)) === 2)
    always(["Stopped", "Finished", "AlreadyDone"].includes(receipt._tag))
    always(
      [first, second, third].every(({ started }) => started <= 1),
      "it was run again",
    )
    const { clients, workers } = yield* world.status
    always(clients === 1 && workers.length === 3)
    sometimes("it was stopped", receipt._tag === "Stopped")
    sometimes(
      "a worker was away",
      workers.some(({ away }) => away),
    )
  },
)

it.race(
  "three tasks, three workers: a client's connection breaks and a worker dies, and it hears what became of each (R8, R33, G4, G5)",
  { ...resuming, faults: { cut: { times: 1, nodes: ["client"] }, crash: 1 } },
  function* ({ submit, job, world, always, sometimes }) {
    const work = job("first", { value: 1 })
    const one = yield* submit(work)
    const two = yield* submit(job("second"))
    const three = yield* submit(job("third", { ends: "never" }))
    const receipt = yield* Future.cancel(three)
    always((yield* Future.await(one)) === 1)
    yield* Future.await(two)
    always(receipt._tag === "Stopped" || receipt._tag === "WorkerLost")
    always((yield* world.status).clients === 1)
    sometimes("it was stopped", receipt._tag === "Stopped")
    sometimes("its worker was lost", receipt._tag === "WorkerLost")
    sometimes("a task was run twice", work.started === 2)
  },
)

it.race(
  "three clients, three workers: connections of two break, and each client hears of its own task (R12, R21, R33, G1, G5)",
  { ...sampled, clients: 3, faults: { cut: 2 } },
  function* ({ submit, job, fork, always, sometimes }) {
    const [second, third] = [job("second", { value: 2 }), job("third")]
    const awaits: RaceBody = function* (there) {
      always((yield* Future.await(yield* there.submit(second))) === 2)
    }
    const cancels: RaceBody = function* (there) {
      const receipt = yield* Future.cancel(yield* there.submit(third))
      always(["Stopped", "Finished", "AlreadyDone"].includes(receipt._tag))
      sometimes("it was stopped", receipt._tag === "Stopped")
      sometimes("it was faster", receipt._tag === "Finished")
    }
    yield* fork("awaits", awaits, { client: 2 })
    yield* fork("cancels", cancels, { client: 3 })
    const first = job("first", { value: 1 })
    always((yield* Future.await(yield* submit(first))) === 1)
    always(
      [first, second, third].every(({ started }) => started <= 1),
      "it was run again",
    )
  },
)

/** A client that stands still for too long has lost its session, and cannot submit. */
const allWorkers = ["worker-1", "worker-2", "worker-3"]

it.race(
  "three tasks, three workers: one cannot be reached, another stands still, and no receipt is untrue (R15, R40, G2, G4, G8)",
  {
    ...sampled,
    faults: { partition: { times: 1, nodes: allWorkers }, freeze: { times: 1, nodes: allWorkers } },
  },
  function* ({ submit, job, never, always, sometimes }) {
    const [first, second] = [job("first"), job("second")]
    const one = yield* submit(first)
    const two = yield* submit(second)
    const three = yield* submit(job("third"))
    const receipts = [yield* Future.cancel(one), yield* Future.cancel(two)]
    never(receipts[1]?._tag === "Stopped" && second.running > 0)
    never(receipts.some(({ _tag }) => _tag === "NotFound" || _tag === "Refused"))
    const outcome = yield* Future.outcome(three)
    always(outcome._tag === "Succeeded")
    sometimes(
      "both were stopped",
      receipts.every(({ _tag }) => _tag === "Stopped"),
    )
    sometimes(
      "neither was answered in time",
      receipts.every(({ _tag }) => _tag === "Unconfirmed"),
    )
  },
)
