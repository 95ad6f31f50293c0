import { Future } from "@scaler-ts/future"
import { type RaceBody } from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { explore, violated } from "./support/races.ts"

describe("scripts", () => {
  test("of one client happen in every order", async () => {
    const orders = new Set<string>()
    const verdict = await explore(function* ({ fork }) {
      const order: Array<string> = []
      const say = (what: string) => Effect.sync(() => void order.push(what))
      const other = yield* fork("other", function* () {
        yield* say("a")
        yield* say("b")
      })
      yield* say("1")
      yield* say("2")
      yield* Fiber.join(other)
      orders.add(order.join(""))
    })
    assert.equal(verdict._tag, "Verified")
    assert.deepEqual([...orders].toSorted(), ["12ab", "1a2b", "1ab2", "a12b", "a1b2", "ab12"])
  })

  test("of two clients share the scheduler and nothing else", async () => {
    const verdict = await explore(
      function* ({ submit, job, fork }) {
        const theirs = job("theirs")
        const other = yield* fork(
          "other",
          function* (their) {
            yield* their.submit(theirs)
          },
          { client: 2 },
        )
        yield* Future.cancel(yield* submit(job("ours")))
        yield* Fiber.join(other)
      },
      { clients: 2, slots: 2 },
    )
    assert.equal(verdict._tag, "Verified")
  })

  test("for a client that is not there are refused with a sentence", async () => {
    const { failure } = await violated(function* ({ fork }) {
      yield* fork("other", function* () {}, { client: 2 })
    })
    assert.match(failure.what, /there is no client 2; the race has 1/)
  })
})

describe("jobs", () => {
  test("a job ends in every way its options allow, and in no other", async () => {
    const ends = new Set<string>()
    const end = async (options: object): Promise<ReadonlyArray<string>> => {
      ends.clear()
      const verdict = await explore(function* ({ submit, job }) {
        const outcome = yield* Future.outcome(yield* submit(job("work", options)))
        ends.add(outcome._tag)
      })
      assert.equal(verdict._tag, "Verified")
      return [...ends].toSorted()
    }
    assert.deepEqual(await end({}), ["Succeeded"])
    assert.deepEqual(await end({ ends: "at-once" }), ["Succeeded"])
    assert.deepEqual(await end({ mayFail: true }), ["Failed", "Succeeded"])
    assert.deepEqual(await end({ mayDie: true }), ["Lost", "Succeeded"])
  })

  test("a job that does not listen is killed where that is possible, and refused where it is not", async () => {
    const receipts = new Set<string>()
    const deaf = { interruptible: false, ends: "never" } as const
    const body: RaceBody = function* ({ submit, job }) {
      const receipt = yield* Future.cancel(yield* submit(job("work", deaf)))
      receipts.add(receipt._tag === "Stopped" ? `Stopped ${receipt.how}` : receipt._tag)
    }
    await explore(body)
    assert.deepEqual([...receipts], ["Stopped killed"])
    receipts.clear()
    await explore(body, { canKill: false })
    assert.deepEqual([...receipts], ["Refused"])
  })

  test("a job tells what its calls came to, and its value arrives", async () => {
    const verdict = await explore(function* ({ submit, job, always }) {
      const work = job("work", { value: 42 })
      always(work.started === 0 && !work.ended)
      const value: number = yield* Future.await(yield* submit(work))
      always(value === 42)
      always(work.started === 1 && work.finished === 1 && work.running === 0 && work.ended)
    })
    assert.equal(verdict._tag, "Verified")
  })

  test("two jobs of one name are refused", async () => {
    const { failure } = await violated(function* ({ job }) {
      job("work")
      job("work")
      yield* Effect.void
    })
    assert.match(failure.what, /there is a job or task "work" already; give each its own name/)
  })
})
