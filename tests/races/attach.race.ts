/** Several clients have a future of one task: they leave, stop it, or come when it has ended. */
import { Future, type Outcome } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../support/bounds.ts"

const oneByOne = { ...everyOrder, clientTasksMax: 1 }
const twoClients = { ...everyOrder, clients: 2 }
const onOther = { client: 2 }
const detached = { detached: true }

const lostAs = (outcome: Outcome<unknown>, reason: string): boolean =>
  outcome._tag === "Lost" && outcome.error.reason === reason

const isValue = (outcome: Outcome<number>): boolean =>
  outcome._tag === "Succeeded" && outcome.value === 42

it.race(
  "a detached task outlives the client that leaves, and tells whoever attaches how it ends (R49, G1, G5)",
  twoClients,
  function* ({ client, submit, job, fork, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work, undefined, detached)
    yield* fork(
      "other",
      function* (there) {
        const outcome = yield* Future.outcome(yield* there.client.attach(future.id, work))
        // It may have been there before the task.
        always(isValue(outcome) || lostAs(outcome, "notAttached"))
        sometimes("it was told", isValue(outcome))
      },
      onOther,
    )
    yield* client.disconnect()
    const mine = yield* Future.outcome(future)
    always(isValue(mine) || lostAs(mine, "detached"))
    sometimes("it went on without its client", lostAs(mine, "detached"))
  },
)

it.race(
  "whoever attaches to a detached task when it has ended is told how, again and again (R49, G1, G5)",
  twoClients,
  function* ({ submit, job, fork, world, always }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work, undefined, detached)
    yield* Future.await(future)
    yield* fork(
      "other",
      function* (there) {
        for (let time = 0; time < 2; time++) {
          always((yield* Future.await(yield* there.client.attach(future.id, work))) === 42)
        }
      },
      onOther,
    )
    yield* world.crash("client-1")
  },
)

it.race(
  "the oldest end that is kept goes first, and who comes too late is told so (R49, G7)",
  { ...everyOrder, keptEndsMax: 1 },
  function* ({ client, submit, job, always }) {
    const work = job("work", { value: 42 })
    const first = yield* submit(work, undefined, detached)
    const second = yield* submit(work, undefined, detached)
    const ends = [yield* Future.outcome(first), yield* Future.outcome(second)]
    const again = [
      yield* Future.outcome(yield* client.attach(first.id, work)),
      yield* Future.outcome(yield* client.attach(second.id, work)),
    ]
    always(ends.every(isValue))
    always(again.some((one) => lostAs(one, "notAttached")) && again.some(isValue))
  },
)

it.race(
  "the owner and one who has attached both cancel, and both are told the same (R50, G1, G3, G4)",
  twoClients,
  function* ({ submit, job, fork, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* fork(
      "other",
      function* (there) {
        const receipt = yield* Future.cancel(yield* there.client.attach(future.id, work))
        always(receipt._tag !== "Refused" && receipt._tag !== "Unconfirmed")
        sometimes("the other one stopped it", receipt._tag === "Stopped")
        sometimes("the other one was too late", receipt._tag === "Finished")
      },
      onOther,
    )
    const receipt = yield* Future.cancel(future)
    always(["Stopped", "Finished", "AlreadyDone"].includes(receipt._tag))
  },
)

it.race(
  "a cancel by one who has attached ends the owner's future, too (R50, G1, G2)",
  twoClients,
  function* ({ submit, job, fork, always }) {
    const work = job("endless", { ends: "never" })
    const future = yield* submit(work)
    // By its answer the task before it has arrived.
    yield* Future.cancel(yield* submit(job("next")))
    yield* fork(
      "other",
      function* (there) {
        const receipt = yield* Future.cancel(yield* there.client.attach(future.id, work))
        always(receipt._tag === "Stopped")
      },
      onOther,
    )
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Cancelled" && outcome.receipt === undefined)
  },
)

it.race(
  "a task goes on for one who has attached when the client that submitted it dies (R51, G5, G9)",
  twoClients,
  function* ({ job, submit, fork, world, client, always, sometimes }) {
    const work = job("work", { value: 42 })
    const ids: Array<string> = []
    yield* fork(
      "mortal",
      function* (there) {
        ids.push((yield* there.submit(work)).id)
      },
      onOther,
    )
    yield* world.crash("client-2")
    const [id] = ids
    if (id === undefined) return
    const outcome = yield* Future.outcome(yield* client.attach(id, work))
    // Or it was not there any more, or was being stopped for the client that died.
    always(isValue(outcome) || lostAs(outcome, "notAttached") || outcome._tag === "Cancelled")
    yield* Future.await(yield* submit(job("next")))
    sometimes("it went on", isValue(outcome))
  },
)

it.race(
  "a task that is not detached is stopped when the last one who has it is gone (R51, R22, G6)",
  { ...everyOrder, clients: 2 },
  function* ({ job, submit, fork, world, always, sometimes }) {
    const work = job("endless", { ends: "never" })
    yield* fork(
      "mortal",
      function* (there) {
        const { id } = yield* there.submit(work)
        yield* there.client.attach(id, work)
        sometimes("it had it twice", true)
      },
      onOther,
    )
    yield* world.crash("client-2")
    yield* Future.await(yield* submit(job("next")))
    always(work.running === 0)
  },
)

it.race(
  "a task that is detached late goes on from then, or has ended (R49, R51, G7)",
  everyOrder,
  function* ({ client, submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* Future.detach(future)
    yield* client.disconnect()
    const { kept, ownerless } = yield* world.status
    const mine = yield* Future.outcome(future)
    always(isValue(mine) || lostAs(mine, "detached"))
    sometimes("it goes on", ownerless === 1)
    sometimes("its end is kept", kept.ends === 1)
  },
)

it.race(
  "a task whose worker dies ends once for all who have it (R50, R6, G1, G9)",
  { ...everyOrder, workers: 2 },
  function* ({ client, submit, job, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work, undefined, detached)
    const twin = yield* client.attach(future.id, work)
    yield* world.crash("worker-1")
    always(isValue(yield* Future.outcome(twin)) && isValue(yield* Future.outcome(future)))
    sometimes("it was run again", work.started === 2)
  },
)

it.race(
  "a detached task that was cancelled tells its end to whoever attaches (R49, G4)",
  everyOrder,
  function* ({ client, submit, job, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work, undefined, detached)
    const receipt = yield* Future.cancel(future)
    const outcome = yield* Future.outcome(yield* client.attach(future.id, work))
    always(outcome._tag === (receipt._tag === "Stopped" ? "Cancelled" : "Succeeded"))
    sometimes("it was stopped", receipt._tag === "Stopped")
    sometimes("its result raced", receipt._tag === "Finished")
  },
)

it.race(
  "whoever attaches across a broken connection is told the end (R50, R33, G5)",
  { ...everyOrder, resumeMs: Infinity },
  function* ({ client, submit, job, world, always }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work, undefined, detached)
    const twin = yield* client.attach(future.id, work)
    yield* world.cut("client")
    always(isValue(yield* Future.outcome(twin)) && isValue(yield* Future.outcome(future)))
  },
)

it.race(
  "what waits for credit is not lost because its client attaches to something meanwhile (R48, R50, G5)",
  oneByOne,
  function* ({ client, submit, job, fork, always }) {
    const first = job("first", { value: 42 })
    const future = yield* submit(first)
    const waiting = yield* fork("second", function* ({ call }) {
      return yield* call(job("second", { value: 2 }))
    })
    const outcome = yield* Future.outcome(yield* client.attach(future.id, first))
    always(isValue(outcome) || lostAs(outcome, "notAttached"))
    always((yield* Fiber.join(waiting)) === 2)
  },
)

const lines = 300

it.race(
  "one who attaches and takes no line holds neither the task nor who submitted it (R47, R50, G10)",
  everyOrder,
  function* ({ client, submit, job, always }) {
    const told: Array<string> = []
    const onLog = (line: string): void => void told.push(line)
    const talker = job("talker", { lines })
    const future = yield* submit(talker, undefined, { onLog })
    yield* client.attach(future.id, talker, { onLog: () => new Promise(() => {}) })
    yield* Future.await(future)
    always(told.length === lines)
  },
)

it.race(
  "a detached task that never ends goes on when the last one who had it has left (R49, G7)",
  everyOrder,
  function* ({ client, submit, job, always, sometimes, world }) {
    const work = job("endless", { ends: "never" })
    yield* submit(work, undefined, detached)
    yield* client.disconnect()
    always((yield* world.status).ownerless === 1)
    sometimes("it was running already", work.running === 1)
  },
)

it.race(
  "a client attaches to as many unfinished tasks as it may submit, and is told when it may not (R50, G1)",
  { ...twoClients, clientTasksMax: 1 },
  function* ({ submit, job, fork, always, sometimes }) {
    const work = job("work", { value: 42 })
    const future = yield* submit(work)
    yield* fork(
      "other",
      function* (there) {
        const one = yield* there.client.attach(future.id, work)
        const two = yield* Future.outcome(yield* there.client.attach(future.id, work))
        // Either the first is there, or the task has ended, or it was not there yet for the first.
        const first = yield* Future.outcome(one)
        always(!isValue(first) || lostAs(two, "notAttached"))
        sometimes("the first was attached", isValue(first))
      },
      onOther,
    )
    always((yield* Future.await(future)) === 42)
  },
)

it.race(
  "a detached task that has waited at its client goes on when that leaves (R48, R49, G7)",
  oneByOne,
  function* ({ client, submit, job, world, always, sometimes }) {
    yield* submit(job("first", { ends: "at-once" }))
    const future = yield* submit(job("second", { value: 42 }), undefined, detached)
    yield* client.disconnect()
    const { kept, ownerless } = yield* world.status
    const outcome = yield* Future.outcome(future)
    always(isValue(outcome) || lostAs(outcome, "detached"))
    always(kept.ends + ownerless === 1)
    sometimes("it goes on", lostAs(outcome, "detached"))
  },
)
