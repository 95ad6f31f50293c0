import { Future } from "@scaler-ts/future"
import { type RaceBody } from "@scaler-ts/testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { explore, violated } from "./support/races.ts"

describe("stuck: nothing can happen any more, and", () => {
  const stuck = async (body: RaceBody, ...lines: ReadonlyArray<string>): Promise<void> => {
    const { failure } = await violated(body)
    assert.equal(failure.guarantee, "stuck")
    assert.deepEqual(failure.what.split("\n  ").slice(1), lines)
  }

  test("a script waits for a job that never ends", () =>
    stuck(
      function* ({ submit, job }) {
        yield* Future.await(yield* submit(job("work", { ends: "never" })))
      },
      "client waits in step 2: await(work)",
      "work is pending: attempt 1 runs on worker-1",
    ))

  test("a script waits behind a full worker", () =>
    stuck(
      function* ({ submit, job }) {
        yield* submit(job("first", { ends: "never" }))
        yield* Future.await(yield* submit(job("second")))
      },
      "client waits in step 3: await(second)",
      "first is pending: attempt 1 runs on worker-1",
      "second is pending: no worker has it",
      "1 tasks are queued at the scheduler",
    ))

  test("a script waits for something that is no future", () =>
    stuck(function* () {
      yield* Effect.never
    }, "client waits in step 1: something that is no future (a Deferred, a latch, Effect.never)"))

  test("a cancel that asked for no bound gets none, which breaks no guarantee (G8)", () =>
    stuck(
      function* ({ submit, job, world }) {
        yield* world.hold("client>scheduler")
        yield* Future.cancel(yield* submit(job("work")), { boundMs: Infinity })
      },
      "client waits in step 3: cancel(work)",
      "work is being cancelled: no worker has it",
      "messages on client>scheduler are held",
    ))

  test("messages are held", () =>
    stuck(
      function* ({ submit, job, world }) {
        yield* world.hold("scheduler>client")
        yield* Future.await(yield* submit(job("work")))
      },
      "client waits in step 3: await(work)",
      "work is pending: no worker has it",
      "messages on scheduler>client are held",
    ))
})

describe("what is not of the world is refused", () => {
  const calls: ReadonlyArray<readonly [string, () => unknown, RegExp]> = [
    [
      "Date.now()",
      () => Date.now(),
      /Date\.now\(\) was called at Explore\.refusals\.test\.ts:\d+ inside a race.*Clock/,
    ],
    ["new Date()", () => new Date(), /new Date\(\).*Clock/],
    ["Math.random()", () => Math.random(), /Math\.random\(\).*Random/],
    ["setTimeout", () => setTimeout(() => {}, 1), /setTimeout.*Effect\.sleep/],
    ["setInterval", () => setInterval(() => {}, 1), /setInterval.*Effect\.sleep/],
    ["setImmediate", () => setImmediate(() => {}), /setImmediate.*yieldNow/],
    ["queueMicrotask", () => queueMicrotask(() => {}), /queueMicrotask.*yieldNow/],
    ["performance.now()", () => performance.now(), /performance\.now\(\).*Clock/],
    ["crypto.randomUUID()", () => crypto.randomUUID(), /randomUUID.*Random/],
    ["AbortSignal.timeout", () => AbortSignal.timeout(1), /AbortSignal\.timeout.*Effect\.sleep/],
    ["process.nextTick", () => process.nextTick(() => {}), /process\.nextTick.*yieldNow/],
    ["process.hrtime", () => process.hrtime(), /process\.hrtime.*Clock/],
    ["fetch", () => fetch("http://localhost/"), /fetch.*job/],
  ]
  for (const [name, call, sentence] of calls) {
    test(`${name}, by a sentence that names the service to use`, async () => {
      const { failure } = await violated(function* () {
        yield* Effect.sync(call)
      })
      assert.equal(failure.guarantee, "ambient")
      assert.match(failure.what, sentence)
    })
  }

  test("also when whoever called it caught the error", async () => {
    const { failure } = await violated(function* ({ submit, job }) {
      const future = yield* submit(job("work"))
      yield* Effect.sync(() => {
        try {
          return Date.now()
        } catch {
          return 0
        }
      })
      yield* Future.await(future)
    })
    assert.equal(failure.guarantee, "ambient")
  })

  test("a promise that was awaited is reported, with the node that waited", async () => {
    const { failure } = await violated(function* ({ submit, job }) {
      yield* submit(job("work"))
      yield* Effect.promise(() => Promise.resolve(1))
    })
    assert.equal(failure.guarantee, "ambient")
    assert.match(failure.what, /something on client waited for the world outside/)
  })

  test("what a promise does although nobody awaits it is reported, too", async () => {
    const { failure } = await violated(function* ({ submit, job }) {
      yield* Effect.forkDetach(
        Effect.andThen(
          Effect.promise(() => Promise.resolve(1)),
          Effect.sleep(1),
        ),
      )
      yield* submit(job("work"))
    })
    assert.equal(failure.guarantee, "ambient")
  })

  test("dates made of numbers are values like any other, and everything is back afterwards", async () => {
    const before = [Date, setTimeout, Math.random]
    const verdict = await explore(function* () {
      yield* Effect.sync(() => assert.equal(new Date(0).toISOString(), "1970-01-01T00:00:00.000Z"))
      yield* Effect.sync(() => assert.ok(new Date(5) instanceof Date))
    })
    assert.equal(verdict._tag, "Verified")
    assert.deepEqual([Date, setTimeout, Math.random], before)
    assert.ok(Date.now() > 1e12)
  })

  test("Effect's clock, sleep and random numbers are the world's, the same in every run", async () => {
    const seen = new Set<string>()
    const verdict = await explore(
      function* ({ always }) {
        const began = yield* Clock.currentTimeMillis
        yield* Effect.sleep("1 hour")
        always((yield* Clock.currentTimeMillis) === began + 3_600_000)
        seen.add(String(yield* Random.next))
      },
      { selfCheckEvery: 1 },
    )
    assert.equal(verdict._tag, "Verified")
    assert.equal(seen.size, 1)
  })
})

describe("a race that does not repeat is refused", () => {
  test("when it depends on what earlier executions left behind", async () => {
    let executions = 0
    const { failure } = await violated(function* ({ submit, job }) {
      executions++
      const work = job("work")
      yield* submit(work)
      if (executions % 2 === 0) yield* submit(work)
    })
    assert.equal(failure.guarantee, "determinism")
    assert.match(failure.what, /the same \d+ steps (gave|led to) something else/)
  })

  test("when only the bytes differ", async () => {
    let executions = 0
    const { failure } = await violated(function* ({ client, job }) {
      yield* client.submit(job("work"), undefined, { timeoutMs: 1_000 + executions++ })
    })
    assert.equal(failure.guarantee, "determinism")
    assert.match(failure.what, /other bytes in client>scheduler#/)
  })
})

describe("a race that never comes to rest is given up", () => {
  const endless: RaceBody = function* () {
    for (;;) yield* Effect.sleep("1 second")
  }

  test("with a sentence, its first steps, and in no time", async () => {
    for (const explored of ["exhaustive", "sample"] as const) {
      const { failure } = await violated(endless, { stepsMax: 500, explore: explored })
      assert.equal(failure.guarantee, "endless")
      assert.match(failure.what, /after 500 steps it has not come to rest; something in it goes on/)
      assert.match(failure.columns, /… \d+ more steps/)
    }
  })
})
