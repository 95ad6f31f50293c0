// What ends the thread or process of a task is told of that task, and of no other; nothing that died runs again.
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { untilGone } from "../../packages/worker/test/fixtures/processEvidence.ts"
import {
  assertSilent,
  executors,
  isThere,
  linesOf,
  lossOf,
  runs,
  untilLines,
  whereOf,
} from "../support/evidence.ts"
import { stopped, untimed } from "../support/receipts.ts"
import { Stage } from "../support/Stage.ts"
import { type Death, tasks as dying } from "./fixtures/dyingTasks.ts"
import { tasks as plain } from "./fixtures/plainTasks.ts"
import { tasks as stubborn } from "./fixtures/stubbornTasks.ts"

/** How a death is told. */
const told: Record<(typeof executors)[number], Partial<Record<Death, RegExp>>> = {
  thread: {
    "exits with 7": /ended itself with exit code 7/,
    "exits with 0": /ended itself with exit code 0/,
    "throws where nobody catches it": /died of an uncaught error: Error: nobody catches this/,
    "rejects where nobody looks": /died of an uncaught error: Error: nobody looks at this/,
  },
  process: {
    "exits with 7": /ended itself with exit code 7/,
    "exits with 0": /ended itself with exit code 0/,
    "throws where nobody catches it": /died of an uncaught error: Error: nobody catches this/,
    "rejects where nobody looks": /died of an uncaught error: Error: nobody looks at this/,
    "is ended by SIGKILL": /was ended by SIGKILL/,
    "is ended by SIGTERM": /was ended by SIGTERM/,
    crashes: /was ended by SIGABRT/,
  },
}

describe.each(executors)("a %s that ends by itself", (executor) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor, slots: 1 })
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const deaths = Object.entries(told[executor]) as ReadonlyArray<[Death, RegExp]>

  it.each(deaths)("while its task runs: one that %s is lost, once", async (death, how) => {
    const { future, file } = stage.submit(dying.die, { death })
    const waiting = Array.from({ length: 3 }, () => stage.submit(plain.once, {}))
    const loss = await lossOf(future)
    assert.match(loss.message, how)
    assert.deepStrictEqual([loss.reason, loss.attempts, loss.workers], ["workerDied", 1, ["worker-1"]]) // oxfmt-ignore
    // Those that waited behind it have run: what was to be run again would have, too.
    for (const { future } of waiting) await future
    for (const one of [...waiting, { file }]) assert.strictEqual(linesOf(one.file).length, 1)
    assert.isFalse(isThere(await whereOf(file)))
    assert.deepStrictEqual((await future.cancel())._tag, "AlreadyDone")
  })

  it.each(deaths)("while its task is stopped: one that %s has stopped", async (death) => {
    const { future, file } = stage.submit(dying.dieWhenAsked, { death })
    const where = await whereOf(file)
    const waiting = Array.from({ length: 3 }, () => stage.submit(plain.once, {}))
    const withdrawn = stage.submit(plain.once, {})
    await stage.untilPlaced(5)
    const neverStarted = stopped("never-started", "worker-1")
    assert.deepStrictEqual(untimed(await withdrawn.future.cancel()), neverStarted)
    assert.deepStrictEqual(untimed(await future.cancel()), stopped("killed", "worker-1"))
    assert.isFalse(isThere(where))
    for (const { future } of waiting) await future
    for (const { file } of waiting) assert.strictEqual(linesOf(file).length, 1)
    assert.deepStrictEqual([linesOf(file), linesOf(withdrawn.file)], [[where], []])
    await assertSilent(file)
  })
})

describe("a process that is killed from outside", () => {
  const pidOf = async (file: string): Promise<number> => Number.parseInt(await whereOf(file), 10)

  it("while its task runs: that is lost, and what waited runs elsewhere, once", async () => {
    await using stage = await Stage.open({ executor: "process", slots: 1 })
    const { future, file } = stage.submit(stubborn.ignoreSignal, {})
    const pid = await pidOf(file)
    const waiting = Array.from({ length: 3 }, () => stage.submit(plain.once, {}))
    process.kill(pid, "SIGKILL")
    assert.match((await lossOf(future)).message, /was ended by SIGKILL \(attempt 1, on worker-1\)/)
    for (const { future } of waiting) await future
    for (const { file } of waiting) assert.strictEqual(linesOf(file).length, 1)
    await assertSilent(file)
  })

  it("while its task is being stopped: it has stopped", async () => {
    await using stage = await Stage.open({ executor: "process", slots: 1, graceMs: 1e6 })
    const { future, file } = stage.submit(stubborn.catchAbort, {})
    const pid = await pidOf(file)
    const answered = future.cancel()
    assert.strictEqual((await untilLines(file, 2))[1], "caught")
    process.kill(pid, "SIGKILL")
    assert.deepStrictEqual(untimed(await answered), stopped("killed", "worker-1"))
    assert.isFalse(runs(pid))
    await assertSilent(file)
  })

  it("while it has nothing to do: nobody notices, and the next task has another", async () => {
    await using stage = await Stage.open({ executor: "process", slots: 1 })
    const first = stage.submit(plain.once, {})
    await first.future
    const pid = await pidOf(first.file)
    process.kill(pid, "SIGKILL")
    await untilGone(pid)
    const second = stage.submit(plain.once, {})
    await second.future
    assert.notStrictEqual(await pidOf(second.file), pid)
    assert.strictEqual(linesOf(second.file).length, 1)
  })
})
