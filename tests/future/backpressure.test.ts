import { assert, it } from "@effect/vitest"
import { type Client, Future, Overloaded } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

const started = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.tap(Effect.forkChild(effect, { startImmediately: true }), () => settle)

/** A client that may send one task, and has. */
const atItsBound = Effect.gen(function* () {
  const rig = yield* Rig.make()
  rig.scheduler.say(say.credit(1))
  yield* settle
  return { ...rig, first: Rig.only(yield* rig.submit()) }
})

const heard = ({ scheduler }: Pick<Rig.Rig, "scheduler">): ReadonlyArray<number> =>
  scheduler.heardOf("Task").map(({ task }) => task)

it.effect("without any credit given nothing waits", () =>
  Effect.gen(function* () {
    const rig = yield* Rig.make()
    yield* rig.submit(1_000)
    assert.strictEqual((yield* rig.client.status).waiting, 0)
  }),
)

it.effect("submit waits for credit, in order, and status says how many do", () =>
  Effect.gen(function* () {
    const rig = yield* atItsBound
    const [second, third] = [yield* submitting(rig.client), yield* submitting(rig.client)]
    assert.deepStrictEqual([heard(rig), second.pollUnsafe()], [[1], undefined])
    const { futures, waiting } = yield* rig.client.status
    assert.deepStrictEqual([futures.pending, waiting], [3, 2])
    rig.scheduler.say(say.credit(1))
    yield* settle
    assert.deepStrictEqual([heard(rig), third.pollUnsafe()], [[1, 2], undefined])
    rig.scheduler.say(say.credit(5), say.succeeded(2, 22))
    assert.strictEqual(yield* Future.await(yield* Fiber.join(second)), 22)
    yield* Fiber.join(third)
    yield* settle
    assert.deepStrictEqual(heard(rig), [1, 2, 3])
  }),
)

const submitting = (client: Client) => started(client.submit(Rig.work, 1))

it.effect("bytes count too, and one input may be longer than what is left of them", () =>
  Effect.gen(function* () {
    const rig = yield* Rig.make()
    rig.scheduler.say(say.credit(10, 3))
    yield* settle
    yield* rig.client.submit(Rig.work, 2 ** 40) // 9 bytes
    const second = yield* submitting(rig.client)
    rig.scheduler.say(say.credit(1, 6))
    yield* settle
    assert.strictEqual(second.pollUnsafe(), undefined, "that makes up for what was too much")
    rig.scheduler.say(say.credit(0, 1))
    yield* Fiber.join(second)
    yield* settle
    assert.deepStrictEqual(heard(rig), [1, 2])
  }),
)

it.effect("an interruption takes back what waits, and nothing is sent of it", () =>
  Effect.gen(function* () {
    const rig = yield* atItsBound
    const [submits, calls] = [
      yield* submitting(rig.client),
      yield* started(rig.client.call(Rig.work, 1)),
    ]
    yield* Fiber.interrupt(submits)
    yield* Fiber.interrupt(calls)
    assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(submits)))
    assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(calls)))
    rig.scheduler.say(say.credit(5))
    yield* settle
    assert.deepStrictEqual([heard(rig), rig.scheduler.cancels], [[1], []])
    assert.strictEqual((yield* rig.client.status).futures.pending, 1)
  }),
)

it.effect("cancels do not wait: not of what was sent, and not of what was not (G4)", () =>
  Effect.gen(function* () {
    const rig = yield* atItsBound
    const second = yield* submitting(rig.client)
    const cancelling = yield* started(rig.client.cancelAll())
    assert.deepStrictEqual(rig.scheduler.cancels, [1])
    rig.scheduler.say(say.stopped(1))
    const [, taken] = yield* Fiber.join(cancelling)
    assert.deepStrictEqual(taken, receipts.neverStarted)
    const future = yield* Fiber.join(second)
    assert.strictEqual((yield* Future.outcome(future))._tag, "Cancelled")
    assert.deepStrictEqual(heard(rig), [1])
  }),
)

it.effect("who waits when the client closes or is cut off is told as `submit` tells it", () =>
  Effect.gen(function* () {
    for (const [end, tag] of [
      [({ client }: Rig.Rig) => Effect.asVoid(client.disconnect()), "ClientClosed"],
      [({ cut }: Rig.Rig) => cut, "ConnectionLost"],
    ] as const) {
      const rig = yield* atItsBound
      const { client } = rig
      const submits = yield* started(Effect.flip(client.submit(Rig.work, 1)))
      const calls = yield* started(Effect.flip(client.call(Rig.work, 1)))
      const maps = yield* started(client.map(Rig.work, [1]))
      yield* started(end(rig))
      assert.strictEqual((yield* Fiber.join(submits))._tag, tag)
      assert.strictEqual((yield* Fiber.join(calls))._tag, tag)
      const [item] = yield* Fiber.join(maps)
      assert.strictEqual(item?._tag === "NotSubmitted" && item.error._tag, tag)
      rig.scheduler.say(say.stopped(1))
    }
  }),
)

it.effect("the items of a map wait like any other task", () =>
  Effect.gen(function* () {
    const rig = yield* atItsBound
    const mapping = yield* started(rig.client.map(Rig.work, [1, 2]))
    rig.scheduler.say(say.credit(2))
    yield* settle
    rig.scheduler.say(say.succeeded(2), say.succeeded(3))
    assert.strictEqual((yield* Fiber.join(mapping)).length, 2)
    assert.deepStrictEqual(heard(rig), [1, 2, 3])
  }),
)

it.effect("trySubmit says at once that there is no room, and how many wait", () =>
  Effect.gen(function* () {
    const rig = yield* Rig.make()
    rig.scheduler.say(say.credit(1))
    yield* settle
    yield* rig.client.trySubmit(Rig.work, 1)
    yield* submitting(rig.client)
    const error = yield* Effect.flip(rig.client.trySubmit(Rig.work, 1))
    assert.instanceOf(error, Overloaded)
    assert.strictEqual(
      error.message,
      'task "work" was not submitted: the scheduler has as many unfinished tasks of this client as ' +
        "it takes, and 1 tasks wait here already; submit fewer at a time, and wait for some to end",
    )
    assert.deepStrictEqual([heard(rig), error.waiting, error.credit.tasks], [[1], 1, 0])
  }),
)
