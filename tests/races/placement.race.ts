/** Which task goes to whom, and what it takes there beside a slot. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { everyOrder } from "../support/bounds.ts"

const gpus = (quantity: number) => ({ capabilities: { gpu: quantity } })

it.race(
  "a task that nobody can take holds up no other, and can be cancelled (R29, G4)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const [missed, other] = [job("missed"), job("other", { value: 2 })]
    const one = yield* submit(missed, undefined, { ...gpus(1), priority: 1 })
    const two = yield* submit(other)
    always((yield* Future.await(two)) === 2)
    const receipt = yield* Future.cancel(one)
    always(receipt._tag === "Stopped" && receipt.how === "never-started")
    always(missed.started === 0)
    sometimes("the other ran", other.ended)
  },
)

it.race(
  "what a task needs is not free when it is asked to stop, but when it has stopped (R10, G6)",
  { ...everyOrder, slots: 2, ...gpus(1) },
  function* ({ submit, job, fork, never, sometimes }) {
    const [first, second] = [job("first"), job("second")]
    const one = yield* submit(first, undefined, gpus(1))
    const two = yield* submit(second, undefined, gpus(1))
    yield* fork("canceller", function* () {
      yield* Future.cancel(one)
    })
    yield* Future.await(two)
    never(first.running > 0)
    sometimes("the first was stopped", first.stopped === 1)
    sometimes("the first came to its end", first.ended)
  },
)

it.race(
  "what a task needed is given back once, by a cancel, its confirm and a result together (R11, G6)",
  { ...everyOrder, slots: 3, ...gpus(3) },
  function* ({ submit, job, always, sometimes }) {
    const [first, stuck, third] = [job("first"), job("stuck", { ends: "never" }), job("third")]
    const one = yield* submit(first, undefined, gpus(1))
    yield* submit(stuck, undefined, gpus(2))
    const three = yield* submit(third, undefined, gpus(2))
    const receipt = yield* Future.cancel(one)
    const last = yield* Future.cancel(three)
    always(last._tag === "Stopped" && third.started === 0, "there is one left, and it needs two")
    sometimes("by a confirm", receipt._tag === "Stopped")
    sometimes("by a result", receipt._tag === "Finished")
  },
)

it.race(
  "what has ended needs nothing any more, while others go on (G6, G7)",
  { ...everyOrder, slots: 2, ...gpus(1) },
  function* ({ submit, job, always }) {
    yield* submit(job("stuck", { ends: "never" }))
    yield* Future.await(yield* submit(job("first"), undefined, gpus(1)))
    const second = yield* submit(job("second", { value: 2 }), undefined, gpus(1))
    always((yield* Future.await(second)) === 2)
  },
)

it.race(
  "a task with a higher priority goes before those that wait already",
  everyOrder,
  function* ({ submit, job, always }) {
    const [low, high] = [job("low"), job("high")]
    const first = yield* submit(job("running", { ends: "never" }))
    const one = yield* submit(low)
    const two = yield* submit(high, undefined, { priority: 1 })
    yield* Future.cancel(first)
    yield* Future.await(one)
    always(high.ended, "it was there before the slot was free")
    yield* Future.await(two)
  },
)
