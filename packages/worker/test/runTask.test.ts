import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { assert, describe, it } from "vitest"
import { type RunEnd, type RunHost, runTask } from "../src/executor/runTask.ts"

const host: RunHost = {
  progress: () => {},
  log: () => {},
  nesting: () => assert.fail("no task here has children"),
  runEffect: () => assert.fail("no task here returns an Effect"),
}

const attempt = { task: { name: "a task" }, attempt: 1, traceparent: "" }

const throwing = (what: string) => {
  throw new RangeError(what)
}

const tasks = defineTasks(import.meta.url, {
  throwingGetter: () => ({
    get then() {
      return throwing("then was read")
    },
  }),
  throwingThen: () => ({ then: () => throwing("then was called") }),
  settlesTwice: () => ({
    then: (resolve: (value: number) => void, reject: (error: unknown) => void) => {
      resolve(1)
      resolve(2)
      reject(new Error("3"))
    },
  }),
  hostileProxy: () => new Proxy({}, { has: () => throwing("has was asked") }),
  badProgress: (fraction: number, { progress }: TaskContext) => progress(fraction),
})

/** Every end the run reports, once the microtasks it may use have run. */
const endsOf = async (
  run: (done: (end: RunEnd) => void) => void,
): Promise<ReadonlyArray<string>> => {
  const ends: Array<string> = []
  run((end) => {
    ends.push(
      end._tag === "returned" ? `returned ${String(end.value)}` : `threw ${String(end.error)}`,
    )
  })
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  return ends
}

describe("runTask reports one end and throws nothing at its caller, whatever a function returns (G10)", () => {
  it.each([
    [tasks.throwingGetter, "threw RangeError: then was read"],
    [tasks.throwingThen, "threw RangeError: then was called"],
    [tasks.settlesTwice, "returned 1"],
    [tasks.hostileProxy, "threw RangeError: has was asked"],
  ])("%#", async (task, end) => {
    assert.deepStrictEqual(await endsOf((done) => runTask(task, undefined, attempt, host, done)), [
      end,
    ])
  })

  it.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])(
    "a progress of %d fails the task and is not sent",
    async (fraction) => {
      const strict: RunHost = { ...host, progress: () => assert.fail("it was sent") }
      const run = (done: (end: RunEnd) => void) =>
        runTask(tasks.badProgress, fraction, attempt, strict, done)
      assert.match((await endsOf(run))[0] ?? "", /^threw RangeError: progress takes a fraction/)
    },
  )
})
