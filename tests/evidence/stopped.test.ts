// `Stopped` is true of what the kernel knows, whatever a task does about being asked to stop (G2).
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import {
  allOpens,
  allSteps,
  tasks as leftovers,
} from "../../packages/worker/test/fixtures/leftoverTasks.ts"
import {
  assertKilled,
  assertSilent,
  executors,
  linesOf,
  untilLines,
  whereOf,
} from "../support/evidence.ts"
import { finished, neverStarted, stopped, untimed } from "../support/receipts.ts"
import { Stage } from "../support/Stage.ts"
import { tasks as effects } from "./fixtures/effectTasks.ts"
import { tasks as plain } from "./fixtures/plainTasks.ts"
import { tasks as stubborn } from "./fixtures/stubbornTasks.ts"

const cooperative = stopped("cooperative", "worker-1")
const killed = stopped("killed", "worker-1")

describe.each(executors)("in a %s", (executor) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor })
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const { finalize: _, ...deaf } = { ...stubborn, ...effects }
  it.each(Object.entries(deaf))("%s: does not stop, and is killed", async (_, task) => {
    const { future, file } = stage.submit(task, {})
    await assertKilled(future, file)
  })

  it.each(allSteps)("%s: is killed where it only races the signal", async (kind) => {
    const { future, file } = stage.submit(leftovers.leaveWork, { kind })
    await untilLines(file, 2)
    assert.deepStrictEqual(untimed(await future.cancel()), killed)
    await assertSilent(file)
  })

  it.each(allOpens)("%s: is killed where it is left open", async (kind) => {
    const { future, file } = stage.submit(leftovers.leaveOpen, { kind })
    await untilLines(file, 1)
    assert.deepStrictEqual(untimed(await future.cancel()), killed)
    await assertSilent(file)
  })
})

describe.each(executors)("in a %s, when it is asked to stop", (executor) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor, graceMs: 60_000 })
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  it("cleanup is awaited before a task is said to have stopped", async () => {
    const { future, file } = stage.submit(plain.clearUp, {})
    const where = await whereOf(file)
    assert.deepStrictEqual(untimed(await future.cancel()), cooperative)
    assert.deepStrictEqual(linesOf(file), [where, "clearing up", "cleared up"])
    await assertSilent(file)
  })

  it("so are an Effect's finalizers, last first", async () => {
    const { future, file } = stage.submit(effects.finalize, {})
    const [where] = await untilLines(file, 2)
    assert.deepStrictEqual(untimed(await future.cancel()), cooperative)
    assert.deepStrictEqual(linesOf(file).slice(1), ["waiting", "second finalized", "first finalized"]) // oxfmt-ignore
    assert.isString(where)
    await assertSilent(file)
  })

  it("a task that finishes when it is asked to stop has finished (G3)", async () => {
    const { future, file } = stage.submit(plain.finishWhenAsked, {})
    const where = await whereOf(file)
    assert.deepStrictEqual(await future.cancel(), finished("finished"))
    assert.strictEqual(future.state, "cancelled")
    assert.deepStrictEqual(linesOf(file), [where, "finished"])
  })

  it("a task whose turn has not come has never begun, wherever it waits", async () => {
    const running = [stage.submit(plain.clearUp, {}), stage.submit(plain.clearUp, {})]
    for (const { file } of running) await whereOf(file)
    const waiting = Array.from({ length: 5 }, () => stage.submit(plain.once, {}))
    await stage.untilPlaced(7)
    const unsent = stage.submit(plain.once, {})
    const receipts = await Promise.all([unsent, ...waiting].map(({ future }) => future.cancel()))
    await Promise.all(running.map(({ future }) => future.cancel()))
    const withdrawn = waiting.map(() => stopped("never-started", "worker-1"))
    assert.deepStrictEqual(receipts.map(untimed), [neverStarted, ...withdrawn])
    for (const { file } of [unsent, ...waiting]) assert.deepStrictEqual(linesOf(file), [])
  })
})
