// The table "what a cancel tells you" is only as good as its rule, and as the eye that it has on the tasks.
import { assert, describe, it } from "vitest"
import type { Kind, Mark } from "../src/cancel/evidence.ts"
import { call } from "../src/cancel/functions.ts"
import { observe } from "../src/cancel/observe.ts"
import { rowOf } from "../src/cancel/report.ts"
import { type Scenario, scenariosOf } from "../src/cancel/scenarios.ts"
import { type Running, type Told, toldBy } from "../src/cancel/System.ts"
import { executors, startOurs } from "../src/cancel/systems/ours.ts"
import { judge, type Observation } from "../src/cancel/verdict.ts"

const askedMs = 1_000
const toldMs = 1_010

const seen = (claim: Told["claim"], ...marks: ReadonlyArray<[Kind, number]>): Observation => ({
  askedMs,
  toldMs,
  told: { said: "what it says", claim },
  marks: marks.map(([kind, atMs]): Mark => ({ kind, atMs })),
})

describe("the rule", () => {
  const lies = (observation: Observation) => judge(observation).lie

  it("a task that was silent when its caller was told is stopped", () => {
    assert.isUndefined(lies(seen("cancelled", ["began", 900], ["alive", 1_009])))
  })

  it.each<Kind>(["began", "alive", "returned", "child", "wrote"])(
    "nothing may come after the telling: %s",
    (kind) => {
      assert.strictEqual(lies(seen("cancelled", ["began", 900], [kind, 1_011])), "went on")
      assert.strictEqual(lies(seen("ended", ["began", 900], [kind, 1_011])), "went on")
    },
  )

  it("what was done before the telling may be told of", () => {
    assert.isUndefined(lies(seen("cancelled", ["began", 900], ["wrote", 1_009])))
  })

  it("a function that had returned was not cancelled, whether it did so before the asking or after", () => {
    assert.strictEqual(lies(seen("cancelled", ["began", 900], ["returned", 990])), "had finished")
    assert.strictEqual(lies(seen("cancelled", ["began", 900], ["returned", 1_009])), "had finished")
    assert.isUndefined(lies(seen("ended", ["began", 900], ["returned", 990])))
  })

  it("who claims nothing does not lie, and who never starts a task may say that it is cancelled", () => {
    assert.isUndefined(lies(seen("unknown", ["began", 900], ["alive", 1_011])))
    assert.isUndefined(lies(seen("cancelled")))
  })

  it("says what became of the task", () => {
    const again = judge(seen("ended", ["began", 900], ["began", 1_001], ["returned", 1_008]))
    assert.deepStrictEqual([again.runs, again.gotToEnd, again.stoppedMs], [2, "function", 8])
    const child = judge(seen("cancelled", ["began", 900], ["child", 999], ["wrote", 1_005]))
    assert.deepStrictEqual([child.runs, child.gotToEnd, child.stoppedMs], [1, "child", 5])
    const none = judge(seen("cancelled"))
    assert.deepStrictEqual([none.runs, none.gotToEnd, none.stoppedMs], [0, "none", undefined])
  })

  it("a row counts the lies of its rounds, and names what happened most often first", () => {
    const rounds = [
      seen("cancelled"),
      seen("cancelled", ["began", 900], ["alive", 1_020]),
      seen("cancelled", ["began", 900], ["alive", 1_030]),
    ].map((observation) => ({ observation, verdict: judge(observation) }))
    const row = rowOf("does something", "somewhere", rounds)
    assert.deepStrictEqual([row.lied, row.rounds], [2, 3])
    assert.deepStrictEqual(row.truth, ["stopped", "never ran"])
    assert.deepStrictEqual(row.stoppedMs, { median: 25, min: 20, max: 30 })
    assert.deepStrictEqual(row.toldMs, { median: 10, min: 10, max: 10 })
  })
})

const ms = 150
const lookLongerMs = 50
const scenarioOf = (run: Scenario["run"], when: Scenario["when"] = "running"): Scenario => ({
  ...{ what: run, run, ms, when, attemptsMax: 1 },
})

describe("the eye", () => {
  /** Runs the function here, and answers as it is told to. */
  const here = (answer: (value: Promise<string>) => Told | Promise<Told>): Running => ({
    submit: (name, input) => {
      const controller = new AbortController()
      const value = Promise.resolve(call(name, input, controller.signal))
      value.catch(() => {})
      return {
        cancel: () => {
          controller.abort()
          return answer(value)
        },
      }
    },
    stop: async () => {},
  })
  const lieOf = async (running: Running, scenario: Scenario) =>
    judge(await observe(running, scenario, lookLongerMs)).lie

  const hasty = here(() => ({ said: "cancelled", claim: "cancelled" }))
  const patient = here(toldBy)
  const forgetful = here(async (value) => {
    await value
    return { said: "cancelled", claim: "cancelled" }
  })

  it("sees who says that it is cancelled while it runs, cleans up, or has a process that runs", async () => {
    assert.strictEqual(await lieOf(hasty, scenarioOf("idle")), "went on")
    assert.strictEqual(await lieOf(hasty, scenarioOf("cleanUp")), "went on")
    assert.strictEqual(await lieOf(hasty, scenarioOf("awaitChild", "in child")), "went on")
  })

  it("sees who waits for the end and calls it cancelled", async () => {
    assert.strictEqual(await lieOf(forgetful, scenarioOf("idle")), "had finished")
  })

  it("believes who waits and says what there was", async () => {
    assert.isUndefined(await lieOf(patient, scenarioOf("idle")))
    assert.isUndefined(await lieOf(patient, scenarioOf("cleanUp")))
    assert.isUndefined(await lieOf(patient, scenarioOf("awaitChild", "in child")))
  })
})

/** What an executor does not promise: a thread ends its own code, and no process that it has started. */
const beyond: Readonly<Record<(typeof executors)[number], ReadonlyArray<Scenario["run"]>>> = {
  thread: ["awaitChild"],
  process: [],
}

describe.each(executors)("scaler-ts, %s", (executor) => {
  const promised = scenariosOf(300).filter(({ run }) => !beyond[executor].includes(run))

  it.each(promised)("tells the truth (G2, G5): $what", async (scenario) => {
    const running = await startOurs(executor, 150)
    try {
      const observation = await observe(running, scenario, lookLongerMs)
      assert.notStrictEqual(observation.told.claim, "unknown", observation.told.said)
      assert.isUndefined(judge(observation).lie, JSON.stringify(observation))
    } finally {
      await running.stop()
    }
  })
})
