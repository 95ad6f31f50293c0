import { TaskCancelled, TaskFailed, TaskTimedOut } from "@scaler-ts/future/promise"
import { named, retry } from "@scaler-ts/future/retry"
import * as Local from "@scaler-ts/local"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Schedule from "effect/Schedule"
import { getEventListeners } from "node:events"
import { setTimeout } from "node:timers/promises"
import { assert, describe, it } from "vitest"

let calls = 0

/** Read anew each time: the tasks run on this very event loop. */
const called = (): number => calls

const fail = (name: string): never => {
  throw Object.assign(new Error("not now"), { name })
}

const tasks = defineTasks(import.meta.url, {
  /** Fails in the ways it is given, one after the other, then yields how often it was called. */
  failing: (names: ReadonlyArray<string>) => {
    const name = names[calls++]
    return name === undefined ? calls : fail(name)
  },
  pause: (ms: number, { signal }: TaskContext) => {
    calls++
    return setTimeout(ms, "slept", { signal })
  },
})

const open = async (): Promise<Local.Cluster> => {
  calls = 0
  return Local.start({ tasks, executor: "inline" })
}

const schedule = Schedule.spaced("1 millis")
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it has a value"),
    (error: unknown) => error,
  )

describe("retry", () => {
  it("calls again after the failures that are named, and resolves with the first value", async () => {
    await using cluster = await open()
    const names = ["Busy", "TooMany"]
    const call = (): Promise<number> => cluster.call(tasks.failing, names)
    assert.strictEqual(await retry(call, { on: named("Busy", "TooMany"), schedule }), 3)
  })

  it("rejects with a failure that is not named, at once", async () => {
    await using cluster = await open()
    const call = (): Promise<number> => cluster.call(tasks.failing, ["Busy", "Broken", "Busy"])
    const error = await rejection(retry(call, { on: named("Busy"), schedule }))
    assert.instanceOf(error, TaskFailed)
    assert.include(String(error), "Broken")
    assert.strictEqual(calls, 2)
  })

  it("rejects with the last failure when its times are over, or its schedule is", async () => {
    await using cluster = await open()
    const call = (): Promise<number> => cluster.call(tasks.failing, Array(20).fill("Busy"))
    const on = named("Busy")
    assert.instanceOf(await rejection(retry(call, { on, schedule })), TaskFailed)
    assert.strictEqual(calls, 4)
    calls = 0
    assert.instanceOf(await rejection(retry(call, { on, schedule, times: 1 })), TaskFailed)
    assert.strictEqual(calls, 2)
    calls = 0
    const thrice = Schedule.upTo(schedule, { times: 2 })
    assert.instanceOf(await rejection(retry(call, { on, schedule: thrice })), TaskFailed)
    assert.strictEqual(calls, 3)
  })

  it("a task that ran out of time is a failure with a name", async () => {
    await using cluster = await open()
    const numbers: Array<number> = []
    const call = (number: number): Promise<string> => {
      numbers.push(number)
      return cluster.call(tasks.pause, number === 1 ? 60_000 : 1, { timeoutMs: 10 * number ** 8 })
    }
    assert.strictEqual(await retry(call, { on: named("TaskTimedOut"), schedule }), "slept")
    assert.deepStrictEqual(numbers, [1, 2])
    const error = await rejection(retry(() => call(1), { on: named("TaskLost"), schedule }))
    assert.instanceOf(error, TaskTimedOut)
  })

  it("a task that was cancelled is never called again, whatever is wanted (R36)", async () => {
    await using cluster = await open()
    const controller = new AbortController()
    const { signal } = controller
    const asked: Array<unknown> = []
    const on = (failure: unknown): boolean => asked.push(failure) > 0
    const value = retry(() => cluster.call(tasks.pause, 60_000, { signal }), { on, schedule })
    const error = rejection(value)
    while (called() === 0) await setTimeout(1)
    controller.abort(new Error("enough"))
    const cancelled = await error
    assert.instanceOf(cancelled, TaskCancelled)
    assert.strictEqual(cancelled.receipt?._tag, "Stopped")
    assert.deepStrictEqual([calls, asked], [1, []])
  })

  it("an abort during a pause rejects with its reason, and nothing is called again", async () => {
    await using cluster = await open()
    const controller = new AbortController()
    const { signal } = controller
    let paused = (): void => {}
    const pause = new Promise<void>((resolve) => (paused = resolve))
    const on = (): boolean => {
      paused()
      return true
    }
    const value = retry(() => cluster.call(tasks.failing, ["Busy"], { signal }), {
      on,
      schedule: Schedule.spaced("1 hour"),
      signal,
    })
    const error = rejection(value)
    await pause
    await setTimeout(1)
    const reason = new Error("enough")
    controller.abort(reason)
    assert.strictEqual(await error, reason)
    assert.strictEqual(calls, 1)
    assert.strictEqual(getEventListeners(signal, "abort").length, 0)
  })

  it("what cannot be submitted, and what is no failure of a task, is rejected with at once", async () => {
    await using cluster = await open()
    const on = (): boolean => true
    const refused = retry(() => cluster.call(tasks.pause, (() => 1) as never), { on, schedule })
    assert.strictEqual(((await rejection(refused)) as Error).name, "InputRefused")
    const thrown = retry(() => fail("Mine"), { on, schedule })
    assert.strictEqual(((await rejection(thrown)) as Error).name, "Mine")
    await cluster.close()
    const closed = retry(() => cluster.call(tasks.pause, 1), { on, schedule })
    assert.strictEqual(((await rejection(closed)) as Error).name, "ClientClosed")
  })

  it("what is no option is refused with a sentence", () => {
    const call = (): Promise<number> => Promise.resolve(1)
    assert.throws(() => retry(call, {} as never), /named\("RateLimited"\)/)
    assert.throws(() => retry(call, { on: named("Busy"), times: 0 }), /times is 0/)
  })
})
