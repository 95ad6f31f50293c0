/** Tasks that submit tasks, wait for them, and are cancelled with them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import { everyOrder } from "../support/bounds.ts"

it.race(
  "a parent that waits on the only slot starves none of its children (R31, G6)",
  everyOrder,
  function* ({ submit, job, world, always }) {
    const leaf = job("leaf", { value: 20 })
    const middle = job("middle", {
      value: 0,
      does: ({ call }) => Effect.map(call(leaf), (half) => half + 1),
    })
    const parent = job("parent", {
      value: 0,
      does: ({ call }) => Effect.map(call(middle), (half) => 2 * half),
    })
    always((yield* Future.await(yield* submit(parent))) === 42)
    const { workers } = yield* world.status
    always(workers.every(({ held, attempts, waiting }) => held + attempts + waiting === 0))
  },
)

it.race(
  "two parents share one slot with the children of both (R31, G6)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const leaf = job("leaf", { value: 1, ends: "at-once" })
    const parent = job("parent", { value: 0, does: ({ call }) => call(leaf) })
    const [one, two] = [yield* submit(parent), yield* submit(parent)]
    always((yield* Future.await(one)) === 1)
    sometimes("the second has not begun", parent.started === 1)
    always((yield* Future.await(two)) === 1)
  },
)

it.race(
  "a cancel of a parent is told when its child has stopped (R31, G2)",
  everyOrder,
  function* ({ submit, job, never, sometimes }) {
    const leaf = job("leaf")
    const future = yield* submit(job("parent", { does: ({ call }) => call(leaf) }))
    const receipt = yield* Future.cancel(future)
    never(leaf.running > 0)
    const isStopped = receipt._tag === "Stopped"
    sometimes("the child was stopped", isStopped && leaf.stopped === 1)
    sometimes("the child came to its end, and its parent did not", isStopped && leaf.ended)
    sometimes("both came to their end", receipt._tag === "Finished")
  },
)

it.race(
  "a cancel of the root stops all who descend from it (R31, G2)",
  everyOrder,
  function* ({ submit, job, never, sometimes }) {
    const leaf = job("leaf", { ends: "never" })
    const middle = job("middle", { does: ({ call }) => call(leaf) })
    const future = yield* submit(job("root", { does: ({ call }) => call(middle) }))
    const receipt = yield* Future.cancel(future)
    never(leaf.running + middle.running > 0)
    sometimes("the leaf was stopped", receipt._tag === "Stopped" && leaf.stopped === 1)
  },
)

it.race(
  "a child that nobody waits for is stopped before the end of its parent is told (R31, G2)",
  { ...everyOrder, slots: 2 },
  function* ({ submit, job, always, never, sometimes }) {
    const [leaf, other] = [job("leaf"), job("other", { value: 7, ends: "at-once" })]
    const careless = job("careless", {
      value: 0,
      does: (within) => Effect.andThen(within.submit(leaf), within.call(other)),
    })
    always((yield* Future.await(yield* submit(careless))) === 7)
    never(leaf.running > 0)
    sometimes("it was stopped", leaf.stopped === 1)
    sometimes("it came to its end", leaf.ended)
  },
)

it.race(
  "a parent that ignores its signal is killed, and its child is stopped before that is told (R31, R35, G2)",
  { ...everyOrder, graceMs: 10 },
  function* ({ submit, job, never, sometimes }) {
    const leaf = job("leaf", { ends: "never" })
    const deaf = job("deaf", { does: ({ call }) => Effect.uninterruptible(call(leaf)) })
    const receipt = yield* Future.cancel(yield* submit(deaf))
    never(deaf.running > 0)
    sometimes("it was killed", receipt._tag === "Stopped" && receipt.how === "killed")
  },
)

it.race(
  "a parent is not killed for the time that its child takes to stop (R31, R35)",
  { ...everyOrder, graceMs: 10 },
  function* ({ submit, job, always, sometimes }) {
    const leaf = job("leaf", { ends: "never", interruptible: false })
    const parent = job("parent", { does: ({ call }) => call(leaf, undefined, { graceMs: 100 }) })
    const receipt = yield* Future.cancel(yield* submit(parent))
    always(receipt._tag === "Stopped" && receipt.how === "cooperative")
    sometimes("the child was killed", leaf.stopped === 1)
  },
)

it.race(
  "a child that refuses to stop is let go, and its parent ends (R31, R14)",
  { ...everyOrder, canKill: false, graceMs: 10 },
  function* ({ submit, job, always, sometimes }) {
    const leaf = job("leaf", { ends: "never", interruptible: false })
    const parent = job("parent", { does: ({ call }) => call(leaf) })
    const receipt = yield* Future.cancel(yield* submit(parent))
    always(receipt._tag === "Stopped" && parent.running === 0)
    sometimes("the child runs on", leaf.running === 1)
  },
)

it.race(
  "children end with the worker of their parent, and its next attempt has its own (R31, R22, G9)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const leaf = job("leaf", { value: 1 })
    const parent = job("parent", { value: 0, does: ({ call }) => call(leaf) })
    const future = yield* submit(parent)
    yield* world.cut("worker-1")
    always((yield* Future.await(future)) === 1)
    sometimes("the parent was run anew, with a child of its own", leaf.started === 2)
    sometimes("the first child was stopped", leaf.stopped === 1)
    sometimes("nothing was lost", parent.started === 1 && leaf.started === 1)
  },
)

it.race(
  "a child that was lost with its worker is run again, and its parent does not notice (R31, R6)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const leaf = job("leaf", { value: 1 })
    const parent = job("parent", { value: 0, does: ({ call }) => call(leaf) })
    const future = yield* submit(parent)
    yield* world.crash("worker-2")
    always((yield* Future.await(future)) === 1)
    always(parent.started === 1)
    sometimes("it was run again, beside its parent", leaf.started === 2)
    sometimes("nothing was lost", leaf.started === 1)
  },
)

it.race(
  "a cancel of a parent whose child is lost with its worker is answered (R31, R8, G4)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, fork, world, always, sometimes }) {
    const leaf = job("leaf", { ends: "never" })
    const parent = job("parent", { does: ({ call }) => call(leaf) })
    const future = yield* submit(parent)
    yield* fork("weather", function* () {
      yield* world.crash("worker-2")
    })
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Stopped" && parent.running === 0)
    sometimes("the child was stopped in time", leaf.stopped === 1)
  },
)

it.race(
  "a worker that drains lets its parents finish, whoever runs their children (R31, G8)",
  { ...everyOrder, workers: 2 },
  function* ({ submit, job, world, always, sometimes }) {
    const leaf = job("leaf", { value: 1, ends: "at-once" })
    const parent = job("parent", { value: 0, does: ({ call }) => call(leaf) })
    const future = yield* submit(parent)
    yield* world.drain("worker-1", Infinity)
    always((yield* Future.await(future)) === 1)
    always(parent.started === 1)
    const { workers } = yield* world.status
    sometimes("it has left", workers.length === 1)
  },
)

it.race(
  "a parent that waits to have more children starves none of those that it has (R31, R48, G6)",
  { ...everyOrder, childrenMax: 1 },
  function* ({ submit, job, always }) {
    const leaves = [1, 2].map((value) => job(`leaf-${value}`, { value, ends: "at-once" }))
    const parent = job("parent", {
      value: 0,
      does: (within) =>
        Effect.gen(function* () {
          const futures = yield* Effect.forEach(leaves, (leaf) => within.submit(leaf))
          // One at a time: to be sent, the second has to wait for the end of the first.
          always(
            futures.slice(0, 1).every((one) => Future.state(one) === "succeeded"),
            "the first had not ended",
          )
          const values = yield* Effect.forEach(futures, (future) => Future.await(future))
          return values.reduce((sum, value) => sum + value)
        }),
    })
    always((yield* Future.await(yield* submit(parent))) === 3)
    always(leaves.every(({ started }) => started === 1))
  },
)

it.race(
  "a cancel of a parent that waits to have more children takes back what waits (R31, R48, G2)",
  { ...everyOrder, childrenMax: 1 },
  function* ({ submit, job, never, sometimes }) {
    const [first, second] = [job("first", { ends: "never" }), job("second")]
    const parent = job("parent", {
      does: (within) => Effect.andThen(within.submit(first), within.call(second)),
    })
    const receipt = yield* Future.cancel(yield* submit(parent))
    never(first.running + second.started > 0)
    sometimes("the first was stopped", receipt._tag === "Stopped" && first.stopped === 1)
  },
)
