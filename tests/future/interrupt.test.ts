import { assert, it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { type Embedded, embedded } from "../support/Embedded.ts"
import * as say from "../support/messages.ts"
import * as Rig from "../support/Rig.ts"
import * as Script from "../support/script.ts"
import { settle } from "../support/turns.ts"

/** Ways to give up a call, each as an effect that is over when the call has been given up. */
const ways: ReadonlyArray<{
  readonly name: string
  readonly giveUp: (
    call: Effect.Effect<unknown, unknown>,
    now: Deferred.Deferred<void>,
  ) => Effect.Effect<unknown, unknown>
}> = [
  {
    name: "Effect.race",
    giveUp: (call, now) => Effect.race(call, Deferred.await(now)),
  },
  {
    name: "Effect.timeoutOption",
    giveUp: (call, now) =>
      Effect.andThen(
        Effect.forkChild(Effect.andThen(Deferred.await(now), TestClock.adjust(50))),
        Effect.timeoutOption(call, 50),
      ),
  },
  {
    name: "a closed scope",
    giveUp: (call, now) =>
      Effect.scoped(Effect.andThen(Effect.forkScoped(call), Deferred.await(now))),
  },
  {
    name: "an aborted signal",
    giveUp: (call, now) =>
      Effect.gen(function* () {
        const aborter = new AbortController()
        yield* Effect.forkChild(
          Effect.andThen(
            Deferred.await(now),
            Effect.sync(() => aborter.abort()),
          ),
        )
        return yield* Effect.promise(() => Effect.runPromiseExit(call, { signal: aborter.signal }))
      }),
  },
  {
    name: "Fiber.interrupt",
    giveUp: (call, now) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(call)
        yield* Deferred.await(now)
        yield* Fiber.interrupt(fiber)
      }),
  },
]

for (const { name, giveUp } of ways) {
  it.effect(`${name} is not over before the loser's cancel is confirmed (G2)`, () =>
    Effect.gen(function* () {
      const { client, scheduler } = yield* Rig.make()
      const now = Deferred.makeUnsafe<void>()
      const giving = yield* Effect.forkChild(giveUp(client.call(Rig.work, 1), now))
      yield* settle
      assert.strictEqual(scheduler.heardOf("Task").length, 1)
      Deferred.doneUnsafe(now, Exit.void)
      yield* settle
      assert.deepStrictEqual(scheduler.cancels, [1])
      assert.isUndefined(giving.pollUnsafe(), "it waits for the confirm")
      scheduler.say(say.stopped(1))
      yield* Fiber.join(giving)
    }),
  )

  it.effect(`${name} stops the task before it is over, however slow the stop is (G2, G7)`, () => {
    const script = Script.make()
    return embedded({ tasks: script.tasks }, (cluster) => stopsFirst(script, cluster, giveUp))
  })
}

const stopsFirst = (
  { tasks, record, recorded, finish }: Script.Script,
  { client }: Embedded,
  giveUp: (typeof ways)[number]["giveUp"],
) =>
  Effect.gen(function* () {
    const now = Deferred.makeUnsafe<void>()
    const recordAtReturn = Effect.map(giveUp(client.call(tasks.tidy, "a"), now), () => [...record])
    const giving = yield* Effect.forkChild(recordAtReturn)
    yield* recorded("began a")
    Deferred.doneUnsafe(now, Exit.void)
    yield* recorded("began tidying a")
    yield* settle
    assert.isUndefined(giving.pollUnsafe(), "the task has not stopped yet")
    finish("tidying a")
    assert.include(yield* Fiber.join(giving), "stopped a")
  })

it.effect("an aborted signal interrupts a call and nothing else says why (G2)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const aborter = new AbortController()
    const promise = Effect.runPromiseExit(client.call(Rig.work, 1), { signal: aborter.signal })
    yield* settle
    aborter.abort()
    yield* settle
    scheduler.say(say.stopped(1))
    const exit = yield* Effect.promise(() => promise)
    assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
  }),
)

it.effect("an interrupted call nobody answers is over when its bound has passed (G8)", () =>
  Effect.gen(function* () {
    const { client } = yield* Rig.make()
    const calling = yield* Effect.forkChild(client.call(Rig.work, 1))
    yield* settle
    const interrupting = yield* Effect.forkChild(Fiber.interrupt(calling))
    yield* TestClock.adjust(29_999)
    assert.isUndefined(interrupting.pollUnsafe())
    yield* TestClock.adjust(1)
    yield* Fiber.join(interrupting)
    assert.strictEqual((yield* client.status).futures.cancelling, 1, "it is still being cancelled")
  }),
)

it.effect("an interrupted call that is refused is over, and its task runs on (R14)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const calling = yield* Effect.forkChild(client.call(Rig.work, 1))
    yield* settle
    const interrupting = yield* Effect.forkChild(Fiber.interrupt(calling))
    yield* settle
    scheduler.say(say.refused(1))
    yield* Fiber.join(interrupting)
    assert.strictEqual((yield* client.status).futures.running, 1)
  }),
)

it.effect("a call interrupted after its value has come sends no cancel (R18)", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const calling = yield* Effect.forkChild(Effect.andThen(client.call(Rig.work, 1), Effect.never))
    yield* settle
    scheduler.say(say.succeeded(1))
    yield* settle
    yield* Fiber.interrupt(calling)
    yield* settle
    assert.deepStrictEqual(scheduler.cancels, [])
  }),
)

it.effect("giving up an await leaves the task alone: somebody else may own the future (G5)", () => {
  const { tasks, record, recorded, finish } = Script.make()
  return embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.held, "a")
      yield* recorded("began a")
      const awaiting = yield* Effect.forkChild(Future.await(future), { startImmediately: true })
      yield* Fiber.interrupt(awaiting)
      yield* settle
      assert.strictEqual(Future.state(future), "running")
      finish("a")
      assert.strictEqual(yield* Future.await(future), "a")
      assert.notInclude(record, "stopped a")
    }),
  )
})

it("cluster.run with an aborted signal rejects only once the task has stopped (G2)", async () => {
  const { tasks, record, recorded, finish } = Script.make()
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const aborter = new AbortController()
  const call = Effect.flatMap(Client, (client) => client.call(tasks.tidy, "a"))
  const running = cluster.run(call, { signal: aborter.signal }).then(
    () => assert.fail("it was aborted"),
    () => [...record],
  )
  await Effect.runPromise(recorded("began a"))
  aborter.abort()
  await Effect.runPromise(recorded("began tidying a"))
  await Effect.runPromise(settle)
  finish("tidying a")
  assert.include(await running, "stopped a")
  const { tasks: left, workers } = cluster.status().scheduler
  assert.deepStrictEqual(left, { queued: 0, running: 0, recalling: 0, cancelling: 0 })
  assert.strictEqual(workers[0]?.held, 0)
})
