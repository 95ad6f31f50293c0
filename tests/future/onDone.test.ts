import { assert, it } from "@effect/vitest"
import { type Client, Future, type Receipt } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import { settle, until } from "../support/turns.ts"

it.effect("a callback is told the outcome exactly once, whatever comes twice (R20)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const told: Array<unknown> = []
    yield* Future.onDone(future, (outcome) => told.push(outcome))
    scheduler.say(say.succeeded(1, 5), say.succeeded(1, 6), say.stopped(1))
    yield* settle
    yield* Future.cancel(future)
    yield* settle
    assert.deepStrictEqual(told, [{ _tag: "Succeeded", value: 5 }])
  }),
)

it.effect("a callback is told once of a cancel, also when its confirm comes twice (R20)", () =>
  Effect.gen(function* () {
    const { submit, scheduler, cancelling } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const told: Array<unknown> = []
    yield* Future.onDone(future, (outcome) => told.push(outcome))
    yield* cancelling(future)
    scheduler.say(say.stopped(1), say.stopped(1), say.succeeded(1))
    yield* settle
    yield* Future.cancel(future)
    yield* settle
    assert.deepStrictEqual(told, [{ _tag: "Cancelled", receipt: receipts.stopped() }])
  }),
)

it.effect(
  "a callback registered after the end is told once, never on the caller's stack (R20)",
  () =>
    Effect.gen(function* () {
      const { submit, scheduler } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      scheduler.say(say.succeeded(1, 5))
      yield* Future.await(future)
      const told: Array<unknown> = []
      Effect.runSync(Future.onDone(future, (outcome) => told.push(outcome)))
      assert.deepStrictEqual(told, [], "not before onDone returned")
      yield* settle
      assert.deepStrictEqual(told, [{ _tag: "Succeeded", value: 5 }])
    }),
)

it.effect("no callback runs before all messages that came with its end are worked in (G10)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const [one, two] = yield* submit(2)
    if (one === undefined || two === undefined) return assert.fail()
    const seen: Array<string> = []
    yield* Future.onDone(one, () => seen.push(Future.state(two)))
    scheduler.say(say.succeeded(1), say.succeeded(2))
    yield* settle
    assert.deepStrictEqual(seen, ["succeeded"])
  }),
)

it.effect("callbacks of one future run in the order they were registered", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const order: Array<number> = []
    for (const place of [1, 2, 3]) yield* Future.onDone(future, () => order.push(place))
    scheduler.say(say.succeeded(1))
    yield* Future.await(future)
    for (const place of [4, 5]) yield* Future.onDone(future, () => order.push(place))
    yield* settle
    assert.deepStrictEqual(order, [1, 2, 3, 4, 5])
  }),
)

it.effect("a function registered twice is called twice", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    let calls = 0
    const count = (): void => {
      calls++
    }
    yield* Future.onDone(future, count)
    yield* Future.onDone(future, count)
    scheduler.say(say.succeeded(1))
    yield* settle
    assert.strictEqual(calls, 2)
  }),
)

it.effect("a callback that throws is logged and harms nobody (G10)", () => {
  const logged: Array<string> = []
  const keeping = Logger.layer([
    Logger.make(({ logLevel, message }) => logged.push(`${logLevel}: ${String(message)}`)),
  ])
  return Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const [one, two] = yield* submit(2)
    if (one === undefined || two === undefined) return assert.fail()
    const told: Array<string> = []
    yield* Future.onDone(one, () => {
      throw new Error("the callback's own")
    })
    yield* Future.onDone(one, () => told.push("next of one"))
    yield* Future.onDone(two, () => told.push("two"))
    scheduler.say(say.succeeded(1), say.succeeded(2))
    yield* until("all are told", () => told.length === 2 && logged.length > 0)
    assert.deepStrictEqual(told, ["next of one", "two"])
    assert.strictEqual(logged.length, 1)
    assert.include(
      logged[0],
      'Error: a callback of task "work" (1) threw,Error: the callback\'s own',
    )
    yield* client.submit(Rig.work, 3)
    yield* until("the client goes on", () => scheduler.heardOf("Task").length === 3)
  }).pipe(Effect.provide(keeping))
})

/** What a callback may do: run an effect that uses the client. */
const inCallback = <A>(
  use: (client: Client, other: Future.Future<number>) => Effect.Effect<A, unknown>,
) =>
  Effect.gen(function* () {
    const rig = yield* Rig.make()
    const [one, other] = yield* rig.submit(2)
    if (one === undefined || other === undefined) return yield* Effect.die("no futures")
    const ended: Array<A> = []
    yield* Future.onDone(one, () => {
      Effect.runFork(Effect.map(use(rig.client, other), (value) => ended.push(value)))
    })
    rig.scheduler.say(say.succeeded(1))
    yield* settle
    return { ...rig, ended }
  })

it.effect("a callback may cancel another future (G10)", () =>
  Effect.gen(function* () {
    const { scheduler, ended } = yield* inCallback<Receipt<number>>((_, other) =>
      Future.cancel(other),
    )
    assert.deepStrictEqual(scheduler.cancels, [2])
    scheduler.say(say.stopped(2))
    yield* settle
    assert.deepStrictEqual(ended, [receipts.stopped()])
  }),
)

it.effect("a callback may submit another task (G10)", () =>
  Effect.gen(function* () {
    const { scheduler, ended } = yield* inCallback((client) => client.call(Rig.work, 3))
    assert.strictEqual(scheduler.heardOf("Task").length, 3)
    scheduler.say(say.succeeded(3, 30))
    yield* settle
    assert.deepStrictEqual(ended, [30])
  }),
)

it.effect("a callback may await another future (G10)", () =>
  Effect.gen(function* () {
    const { scheduler, ended } = yield* inCallback((_, other) => Future.await(other))
    scheduler.say(say.succeeded(2, 20))
    yield* settle
    assert.deepStrictEqual(ended, [20])
  }),
)

it.effect("a callback may register another, also on its own future (R20)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const future = Rig.only(yield* submit())
    const order: Array<string> = []
    yield* Future.onDone(future, () => {
      order.push("first")
      Effect.runSync(Future.onDone(future, () => order.push("third")))
      order.push("second")
    })
    scheduler.say(say.succeeded(1))
    yield* settle
    assert.deepStrictEqual(order, ["first", "second", "third"])
  }),
)

it.effect("ten thousand callbacks whose futures end together are all told (G1)", () =>
  Effect.gen(function* () {
    const { submit, scheduler } = yield* Rig.make()
    const futures = yield* submit(10_000)
    let told = 0
    for (const future of futures) yield* Future.onDone(future, () => told++)
    for (const { number } of futures) scheduler.say(say.succeeded(number, 0))
    yield* until("all are told", () => told === futures.length)
  }),
)
