// What a task sits in or has started: a process group ends with a task, a thread cannot end it (docs/executors.md).
import { writeFileSync } from "node:fs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { writerOf } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { tasks as parents } from "../../packages/worker/test/fixtures/processTasks.ts"
import { assertKilled, assertSilent, linesOf, runs, untilLines } from "../support/evidence.ts"
import { stopped, untimed } from "../support/receipts.ts"
import { graceMs, Stage } from "../support/Stage.ts"
import { tasks as native } from "./fixtures/nativeTasks.ts"

const killed = stopped("killed", "worker-1")

const { execSync, spawnAndIgnore, orphan, leaveChild } = parents

const stageOf = (executor: "thread" | "process"): (() => Stage) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor })
  })
  afterAll(() => stage[Symbol.asyncDispose]())
  return () => stage
}

describe("in a process", () => {
  const stage = stageOf("process")

  it.each(Object.entries({ execSync, spawnAndIgnore, orphan, leaveChild }))(
    "%s: the child process is dead, and writes nothing more, once the task is said to have stopped",
    async (_, task) => {
      const { future, file } = stage().submit(task, {})
      const child = await writerOf(file)
      assert.isTrue(runs(child))
      const receipt = await future.cancel()
      const silent = assertSilent(file)
      assert.isFalse(runs(child), `${child} runs`)
      assert.deepStrictEqual(untimed(receipt), killed)
      await silent
    },
  )

  it("native code that has minutes to go is ended", async () => {
    const { future, file } = stage().submit(native.deriveOneKey, {})
    await assertKilled(future, file)
  })
})

describe("in a thread", () => {
  const stage = stageOf("thread")

  it.each(Object.entries({ spawnAndIgnore, orphan, leaveChild }))(
    "%s: the child process goes on",
    async (_, task) => {
      const { future, file } = stage().submit(task, {})
      const child = await writerOf(file)
      try {
        assert.deepStrictEqual(untimed(await future.cancel()), killed)
        assert.isTrue(runs(child))
        await untilLines(file, linesOf(file).length + 5)
      } finally {
        process.kill(child, "SIGKILL")
      }
    },
  )

  it("the cancel is answered when the call returns, and nothing comes after the call", async () => {
    const gate = stage().newFile()
    const { future, file } = stage().submit(native.callUntil, { gate })
    await untilLines(file, 2)
    const answered = future.cancel()
    // It goes on for longer than the grace period.
    assert.strictEqual(
      await Promise.race([answered, untilMarksFor(5 * graceMs, file)]),
      "it goes on",
    )
    writeFileSync(gate, "")
    assert.deepStrictEqual(untimed(await answered), killed)
    assert.strictEqual(linesOf(file).at(-1), "returned")
    await assertSilent(file)
  })
})

/** Waits until a file has been written to for so long. */
const untilMarksFor = async (forMs: number, file: string): Promise<string> => {
  const sinceMs = performance.now()
  while (performance.now() - sinceMs < forMs) await untilLines(file, linesOf(file).length + 1)
  return "it goes on"
}
