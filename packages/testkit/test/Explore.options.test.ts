import type { RaceBody } from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { cancelled, explore, violated } from "./support/races.ts"

describe("what cannot be meant is refused with a sentence", () => {
  const refused = (options: object, sentence: RegExp): Promise<void> =>
    assert.rejects(explore(cancelled, options), sentence)

  const failing = async (body: RaceBody, sentence: RegExp): Promise<void> => {
    const { failure } = await violated(body)
    assert.equal(failure.guarantee, "body")
    assert.match(failure.what, sentence)
  }

  test("options of the wrong kind, and options there are none of", async () => {
    await refused({ workers: 0 }, /workers is 0; give a whole number from 1 up/)
    await refused({ slots: 1.5 }, /slots is 1.5; give a whole number from 1 up/)
    await refused({ clients: -1 }, /clients is -1; give a whole number from 1 up/)
    await refused({ prefetch: -1 }, /prefetch is -1; give a whole number from 0 up/)
    await refused({ earlyTimers: -1 }, /earlyTimers is -1; give a whole number from 0 up/)
    await refused({ budgetMs: Number.NaN }, /budgetMs is NaN; give milliseconds from 0 up/)
    await refused({ selfCheckEvery: -1 }, /selfCheckEvery is -1; give a whole number from 0 up/)
    await refused({ shrink: "no" }, /shrink is "no"/)
    await refused({ graceMs: -5 }, /graceMs is -5; give milliseconds from 0 up/)
    await refused({ policy: "cancelwins" }, /policy is "cancelwins"; give one of "cancel-wins"/)
    await refused({ explore: "all" }, /explore is "all"; give one of "exhaustive", "sample"/)
    await refused({ reduction: "dpor" }, /reduction is "dpor"; give one of "source"/)
    await refused({ replay: 5 }, /replay is no text; give one/)
    await refused(
      { worker: 2 },
      /"worker" is no option of a race; there are name, clients, workers/,
    )
  })

  test("what is no option of a job fails the script, and not a guarantee", async () => {
    const refused = (options: object, sentence: RegExp): Promise<void> =>
      failing(function* ({ submit, job }) {
        yield* submit(job("work", options))
      }, sentence)
    await refused({ mayfail: true }, /"mayfail" is no option of job "work"; there are value, ends/)
    await refused({ ends: "sometime" }, /ends is "sometime"; give one of "any-time", "at-once"/)
    await refused({ mayDie: 1 }, /mayDie is 1; give one of true, false/)
    await refused({ value: () => 1 }, /value: a function cannot be sent/)
  })

  test("a task that no worker of the race can run", () =>
    failing(function* ({ client }) {
      const stranger = { name: "sqrt", module: "file:///tasks.ts", run: () => 2 }
      yield* client.submit(stranger)
    }, /"sqrt" was submitted, and is no job of this race; make it with job\(\)/))

  test("a job without a name, and two scripts of one", async () => {
    await failing(function* ({ job }) {
      job("")
    }, /give each job a name/)
    await failing(function* ({ fork }) {
      yield* fork("twin", function* () {})
      yield* fork("twin", function* () {})
    }, /there is a script "twin" already; give each fork its own name/)
  })

  test("a script that ends itself before its checks", () =>
    failing(function* ({ submit, job }) {
      yield* submit(job("work"))
      yield* Effect.interrupt
    }, /client interrupted itself/))

  test("a node that goes on for ever within one step", async () => {
    const { failure } = await violated(function* () {
      yield* Effect.forever(Effect.yieldNow)
    })
    assert.equal(failure.guarantee, "endless")
  })
})
