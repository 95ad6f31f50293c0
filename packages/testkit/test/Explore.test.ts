import { Future } from "@scaler-ts/future"
import { Explore, lineOf, type RaceBody } from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { bothCancelled, cancelled, explore, neverFinished, violated } from "./support/races.ts"

describe("a race that holds is verified", () => {
  test("with the bounds, the classes and the guarantees whose premise held", async () => {
    const verdict = await explore(cancelled)
    assert.equal(verdict._tag, "Verified")
    if (verdict._tag !== "Verified") return
    assert.deepEqual(verdict.bounds, {
      clients: 1,
      workers: 1,
      slots: 1,
      prefetch: 0,
      earlyTimers: 0,
      faults: {},
      faultsMax: 0,
    })
    assert.equal(verdict.classes, 12)
    const { G1, G2, G3, G4, G5 } = verdict.stats.exercised
    assert.deepEqual([G1, G2, G3, G4, G5], [12, 3, 12, 12, 9])
    assert.match(
      lineOf("cancel", verdict),
      /^✓ cancel: verified, 12 schedules cover every order \(about [\d,]+ raw\) within 1 client, 1 worker, no early timer, \d+\.\d s$/,
    )
  })

  test("source sets, sleep sets and no reduction at all agree on the classes of a real cluster", async () => {
    for (const options of [{}, { workers: 2 }, { earlyTimers: 1 }]) {
      const source = await explore(cancelled, options)
      const sleep = await explore(cancelled, { ...options, reduction: "sleep" })
      assert.ok(source._tag === "Verified" && sleep._tag === "Verified")
      assert.equal(source.classes, sleep.classes)
    }
    const two = await explore(bothCancelled)
    const twoBySleep = await explore(bothCancelled, { reduction: "sleep" })
    assert.ok(two._tag === "Verified" && twoBySleep._tag === "Verified")
    assert.equal(two.classes, 534)
    assert.equal(twoBySleep.classes, 534)
    const every = await explore(cancelled, { reduction: "none", selfCheckEvery: 0 })
    assert.ok(every._tag === "Verified")
    assert.ok(every.classes > 10 * 12, `${every.classes} raw orders`)
  })

  test("early timers are tried with none first, and add orders", async () => {
    const none = await explore(cancelled)
    const one = await explore(cancelled, { earlyTimers: 1 })
    assert.ok(none._tag === "Verified" && one._tag === "Verified")
    assert.ok(one.classes > none.classes)
    assert.equal(one.bounds.earlyTimers, 1)
    const { failure } = await violated(
      function* ({ submit, job, never }) {
        const receipt = yield* Future.cancel(yield* submit(job("work")))
        never(receipt._tag === "Unconfirmed")
      },
      { earlyTimers: 2 },
    )
    assert.equal(failure.steps.filter((id) => id.startsWith("early ")).length, 1)
  })

  test("also when the hellos are part of it", async () => {
    const verdict = await explore(cancelled, { handshake: true })
    assert.ok(verdict._tag === "Verified")
    assert.ok(verdict.classes > 12, `${verdict.classes} classes`)
  })
})

describe("a race that fails", () => {
  test("is shown as short as it can be, in columns and as a diagram", async () => {
    const { failure, shrunkFrom } = await violated(neverFinished, { name: "finish" })
    assert.equal(failure.guarantee, "never")
    assert.equal(failure.what, "the result was faster")
    assert.equal(failure.steps.length, 9)
    assert.ok(shrunkFrom >= 9)
    assert.equal(
      failure.columns,
      `\
   client                        scheduler                      worker-1
   ────────────────────────────  ─────────────────────────────  ────────────────────────
1  submit(work)
2  cancel(work)
3                                c → Task(work)
4                                c → TaskCancel(work)
5                                                               s → Task(work) attempt 1
6                                                               work returns
7                                w1 → TaskStarted(work)
8                                w1 → TaskResult(work) success
9  s → TaskResult(work) success
   cancel(work): Finished
✗ never: the result was faster`,
    )
    assert.equal(
      failure.diagram,
      `\
sequenceDiagram
  participant c as client
  participant s as scheduler
  participant w1 as worker-1
  Note over c: submit(work)
  Note over c: cancel(work)
  c->>s: Task(work)
  c->>s: TaskCancel(work)
  s->>w1: Task(work) attempt 1
  Note over w1: work returns
  w1->>s: TaskStarted(work)
  w1->>s: TaskResult(work) success
  s->>c: TaskResult(work) success
  Note over c: cancel(work): Finished
  Note over c,w1: never: the result was faster`,
    )
  })

  test("fails in the same way when its token is replayed", async () => {
    const { failure, token } = await violated(neverFinished)
    const again = await violated(neverFinished, { replay: token })
    assert.deepEqual(again.failure, failure)
    assert.equal(again.token, token)
  })

  test("passes its own token once it is mended", async () => {
    const { token } = await violated(neverFinished)
    const mended = await explore(cancelled, { replay: token })
    assert.equal(mended._tag, "Sampled")
    assert.equal(mended.stats.executions, 1)
  })

  test("names the step of a check that fails on the way, and none for what shows only at rest", async () => {
    const early = await violated(function* ({ submit, job, always }) {
      yield* submit(job("work"))
      always(false, "nothing is right")
      yield* Effect.void
    })
    assert.equal(early.failure.step, 0)
    assert.equal(early.failure.steps.length, 1)
    const late = await violated(function* ({ submit, job }) {
      yield* Future.await(yield* submit(job("work", { ends: "never" })))
    })
    assert.equal(late.failure.step, undefined)
  })

  test("with its error: one that the body throws or fails with", async () => {
    const thrown = await violated(function* ({ submit, job }) {
      yield* submit(job("work"))
      throw new RangeError("out of luck")
    })
    assert.equal(thrown.failure.guarantee, "body")
    assert.equal(thrown.failure.what, "client failed: RangeError: out of luck")
    const failed = await violated(function* () {
      yield* Effect.fail(new TypeError("no luck"))
    })
    assert.equal(failed.failure.what, "client failed: TypeError: no luck")
  })

  test("with a sentence for a body that is no generator, or that yields what is no Effect", async () => {
    const bodies: ReadonlyArray<readonly [() => unknown, RegExp]> = [
      [async () => {}, /its body is no generator function; write function\* \(race\)/],
      [async function* () {}, /its body is no generator function/],
      [() => undefined, /its body is no generator function/],
      [
        function* () {
          yield 1
        },
        /step 1 yields something that is no Effect; write yield\* before an Effect/,
      ],
    ]
    for (const [body, sentence] of bodies) {
      const { failure } = await violated(body as RaceBody)
      assert.equal(failure.guarantee, "body")
      assert.match(failure.what, sentence)
    }
  })

  test("when what was to happen sometimes happens never", async () => {
    const { failure, token } = await violated(function* ({ submit, job, sometimes }) {
      const future = yield* submit(job("work"))
      yield* Future.await(future)
      sometimes("it ended", Future.state(future) === "succeeded")
      sometimes("it was refused", Future.state(future) === "lost")
    })
    assert.equal(failure.guarantee, "sometimes")
    assert.equal(failure.what, "in none of the executions: it was refused")
    assert.equal(token, "")
  })
})

describe("when the budget ends first", () => {
  test("the verdict says how much was sampled, of how much, and the seed", async () => {
    const verdict = await explore(bothCancelled, { workers: 2, budgetMs: 200 })
    assert.ok(verdict._tag === "Sampled")
    assert.ok(verdict.classes > 0 && verdict.estimate >= verdict.classes)
    assert.equal(verdict.verified, undefined)
    assert.match(
      lineOf("both", verdict),
      /^~ both: sampled [\d,]+ schedules?, \d+ % of at least [\d,·^]+ within .*, seed race, /,
    )
  })

  test("what was verified before with fewer early timers is said", async () => {
    // Without early timers there is one order; with eleven of twelve there are more than any machine runs.
    const verdict = await explore(
      function* ({ fork }) {
        for (let client = 2; client <= 12; client++) {
          yield* fork(
            `sleeper-${client}`,
            function* () {
              yield* Effect.sleep(client * 1_000)
            },
            { client },
          )
        }
      },
      { clients: 12, earlyTimers: 11, budgetMs: 2_000 },
    )
    assert.ok(verdict._tag === "Sampled", verdict._tag)
    assert.ok(verdict.verified !== undefined && verdict.verified.earlyTimers < 11)
    assert.match(
      lineOf("sleepers", verdict),
      /; verified within 12 clients, 1 worker, (no|\d) early timer/,
    )
  })

  test("a random search finds what is wrong, and its token replays", async () => {
    const { token, failure } = await violated(neverFinished, { explore: "sample" })
    assert.equal(failure.guarantee, "never")
    assert.deepEqual((await violated(neverFinished, { replay: token })).failure, failure)
  })

  test("a search can be interrupted", async () => {
    const search = Effect.runFork(
      Explore.run(bothCancelled, { workers: 2, prefetch: 1, budgetMs: Infinity }),
    )
    await Effect.runPromise(Effect.sleep(50))
    await Effect.runPromise(Fiber.interrupt(search))
    const exit = search.pollUnsafe()
    assert.ok(exit !== undefined && Exit.hasInterrupts(exit))
  })
})
