// Tasks that have children, in threads and processes: what the kernel and the files say of all of them (R31, G2).
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { assertSilent, executors, lossOf, untilLines } from "../support/evidence.ts"
import { stopped, untimed } from "../support/receipts.ts"
import { Stage } from "../support/Stage.ts"
import { tasks } from "./fixtures/familyTasks.ts"

/** Every level is a thread or process of its own, and machines may be busy. */
const timeoutMs = 120_000

describe.each(executors)("with one %s", { timeout: timeoutMs }, (executor) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor, slots: 1, graceMs: 60_000 })
  }, timeoutMs)
  afterAll(() => stage[Symbol.asyncDispose](), timeoutMs)

  it.each([tasks.fib, tasks.fibonacci])(
    "$name: parents starve none of their children",
    async (task) => {
      assert.strictEqual(await stage.cluster.submit(task, 4), 3)
    },
  )

  it("a cancel of the root stops all who descend from it, before it is told", async () => {
    const { future, file } = stage.submit(tasks.line, { depth: 2, isDeaf: false })
    await untilLines(file, 3)
    const receipt = await future.cancel()
    await assertSilent(file)
    assert.deepStrictEqual(untimed(receipt), stopped("cooperative", "worker-1"))
  })
})

describe.each(executors)("with two of kind %s", { timeout: timeoutMs }, (executor) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor, slots: 2, graceMs: 300 })
  }, timeoutMs)
  afterAll(() => stage[Symbol.asyncDispose](), timeoutMs)

  it("a child that nobody waits for is stopped before the end of its parent is told", async () => {
    const { future, file } = stage.submit(tasks.careless, {})
    assert.strictEqual(await future, "done")
    await assertSilent(file)
  })

  it("what dies takes its children with it, before that is told", async () => {
    const { future, file } = stage.submit(tasks.exiting, {})
    const { reason } = await lossOf(future)
    await assertSilent(file)
    assert.strictEqual(reason, "workerDied")
  })

  it("a parent that ignores its signal is killed, and its child is gone before that is told", async () => {
    const { future, file } = stage.submit(tasks.spinning, {})
    await untilLines(file, 3)
    const receipt = await future.cancel()
    await assertSilent(file)
    assert.deepStrictEqual(untimed(receipt), stopped("killed", "worker-1"))
  })

  it("a child that ignores its signal is killed, and its parents are not", async () => {
    const { future, file } = stage.submit(tasks.line, { depth: 1, isDeaf: true })
    await untilLines(file, 3)
    const receipt = await future.cancel()
    await assertSilent(file)
    assert.deepStrictEqual(untimed(receipt), stopped("cooperative", "worker-1"))
  })
})

it("a task that calls itself without end is stopped by an error that says what to do", async () => {
  await using stage = await Stage.open({ executor: "inline", slots: 1 })
  const error = await stage.cluster.submit(tasks.endless, 0)
  assert.match(
    error,
    /NestedTooDeep: nestingMax is 256 .* nested 257 deep; give the executor a larger/,
  )
})
