import assert from "node:assert/strict"
import { test } from "vitest"
import { taskOf, TablesRig } from "./inlineSupport.ts"

/** A rig that runs task 1, whose client wants its output. */
const talking = (): TablesRig => {
  const rig = new TablesRig(2)
  rig.tables.dispatched({ ...taskOf(1), wantsOutput: true })
  rig.take()
  return rig
}

const say = (rig: TablesRig, count: number, from = 1): void => {
  for (let n = 0; n < count; n++) rig.tables.log(1, `${from + n}`, "stdout")
}

const credit = (rig: TablesRig, lines: number, task = 1, attempt = 1): void =>
  rig.tables.outputTaken({ _tag: "TaskLogTaken", task, attempt, lines })

const lines = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: to - from + 1 }, (_, n) => `stdout 1.1 ${from + n}`)

test("with 256 lines on their way the executor is told to hold, once, and what comes is kept", () => {
  const rig = talking()
  say(rig, 300)
  assert.deepEqual(rig.take(), lines(1, 256))
  assert.deepEqual(rig.executor.told, ["start 1.1", "hold 1"])
})

test("credit sends what is kept, in order, and then lets the executor go on", () => {
  const rig = talking()
  say(rig, 300)
  rig.take()
  credit(rig, 30)
  assert.deepEqual([rig.take(), rig.executor.told.at(-1)], [lines(257, 286), "hold 1"])
  credit(rig, 128)
  assert.deepEqual([rig.take(), rig.executor.told.at(-1)], [lines(287, 300), "release 1"])
  say(rig, 1, 301)
  assert.deepEqual(rig.take(), lines(301, 301))
})

test("of what an executor cannot hold a line says how much is missing, in its place (G10)", () => {
  const rig = talking()
  say(rig, 256 + 256 + 1_234)
  rig.take()
  credit(rig, 128)
  assert.deepEqual(rig.take(), lines(257, 384))
  say(rig, 1, 2_000)
  credit(rig, 256)
  const missing = "log 1.1 … 1,234 lines left out: the client takes them too slowly"
  assert.deepEqual(rig.take(), [...lines(385, 512), missing, ...lines(2_000, 2_000)])
})

test("the end of an attempt waits for no credit: what is kept goes before it (G10)", () => {
  const rig = talking()
  say(rig, 256 + 256 + 1)
  rig.executor.returned(1)
  const missing = "log 1.1 … 1 line left out: the client takes them too slowly"
  assert.deepEqual(rig.take(), [...lines(1, 512), missing, "success 1.1"])
  assert.equal(rig.executor.told.at(-1), "release 1")
})

for (const [what, ask] of [
  ["a cancel", (rig: TablesRig) => void rig.cancel(1)],
  ["the bound of a drain", (rig: TablesRig) => rig.tables.drainBoundPassed()],
  ["the loss of the session", (rig: TablesRig) => rig.tables.sessionGone()],
] as const) {
  test(`${what} lets go what is held before it asks it to stop, and it is held no more (G10)`, () => {
    const rig = talking()
    say(rig, 256)
    ask(rig)
    assert.deepEqual(rig.executor.told.slice(1), ["hold 1", "release 1", "interrupt 1"])
    credit(rig, 256)
    say(rig, 600)
    assert.equal(rig.executor.told.length, 4)
  })
}

test("what a cancelled task has said last is told before its confirm", () => {
  const rig = talking()
  say(rig, 300)
  rig.cancel(1)
  rig.take()
  rig.executor.stopped(1)
  assert.deepEqual(rig.take(), [...lines(257, 300), "canceled 1.1 cooperative"])
})

test("credit for another attempt, for lines that are not out, or of nobody is counted (G9)", () => {
  const rig = talking().dispatch(2)
  say(rig, 300)
  rig.take()
  credit(rig, 1, 1, 2)
  credit(rig, 1, 2)
  credit(rig, 1, 3)
  credit(rig, 257)
  credit(rig, Number.MAX_SAFE_INTEGER)
  credit(rig, 0)
  credit(rig, -1)
  assert.deepEqual([rig.take(), rig.tables.status().ignored], [[], { creditUnowed: 7 }])
})

test("every attempt has a window of its own", () => {
  const rig = talking()
  rig.tables.dispatched({ ...taskOf(2), wantsOutput: true })
  say(rig, 300)
  rig.take()
  rig.tables.log(2, "heard", "log")
  assert.deepEqual(rig.take(), ["log 2.1 heard"])
})
