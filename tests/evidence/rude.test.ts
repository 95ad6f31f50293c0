// Whatever the code of a task does, it harms its own task and no other, and its client is told what it was (G10).
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { executors, linesOf, whereOf } from "../support/evidence.ts"
import { stopped, untimed } from "../support/receipts.ts"
import { type Begun, Stage } from "../support/Stage.ts"
import { tasks as plain } from "./fixtures/plainTasks.ts"
import { arriving, ending, endless, overriding } from "./fixtures/rudeTasks.ts"

type Rude = TaskDefinition<void, unknown>

const unsent = (why: string): RegExp =>
  new RegExp(`: Error: The task threw something that cannot be sent: ${why}$`)
const unsendable = (task: string, why: string): RegExp =>
  new RegExp(`: TypeError: what task "${task}" returned cannot be sent: ${why}$`)

const anInstance =
  "an instance of Unreadable cannot be sent; send a plain object with what it holds"

/** What the client is told of a task that failed. */
const told: Readonly<Record<keyof typeof ending, RegExp>> = {
  throwFunction: unsent("a function cannot be sent"),
  throwErrorWithFunction: /: Error: mine$/,
  throwErrorWithLoopingMessage: /: Error: \[not sent: a getter or setter cannot be sent\]$/,
  throwErrorWithThrowingName: /: \[not sent: a getter or setter cannot be sent\]: mine$/,
  throwErrorWithItselfAsCause: /: Error: mine$/,
  throwRevoked: unsent("it could not be read"),
  throwThrowingProxy: unsent("it could not be read"),
  throwUnreadable: unsent(anInstance),
  throwLater: unsent("it could not be read"),
  failWithProxy: unsent("it could not be read"),
  returnFunction: unsendable("returnFunction", "result: a function cannot be sent"),
  returnLoopingGetter: unsendable(
    "returnLoopingGetter",
    "result.value: a getter or setter cannot be sent",
  ),
  returnThrowingProxy: /: Error: trap$/,
  returnRevoked: /: TypeError: Cannot perform 'has' on a proxy that has been revoked$/,
  returnUnreadable: unsendable("returnUnreadable", `result: ${anInstance}`),
  returnThrowingThen: /: Error: then was called$/,
  returnThrowingThenGetter: /: Error: then was read$/,
  logUnreadable: /: Error: toPrimitive$/,
  progressUnreadable: /: Error: toPrimitive$/,
}

/** What arrives of a task that succeeded. */
const arrives: Readonly<Record<keyof typeof arriving, unknown>> = {
  returnProxy: { n: 1 },
  settleTwice: 1,
}

const listening = { onLog: () => {}, onProgress: () => {} }

/** Long enough for whoever stops when it is asked, on the busiest machine. */
const patientMs = 100_000

/** Asserts that a task which clears up when it is asked to stop can do so. */
const assertClearsUp = async ({ future, file }: Begun): Promise<void> => {
  const where = await whereOf(file)
  assert.deepStrictEqual(untimed(await future.cancel()), stopped("cooperative", "worker-1"))
  assert.deepStrictEqual(linesOf(file), [where, "clearing up", "cleared up"])
}

/**
 * Runs something rude in one of two slots while a neighbour is in the other. Both the neighbour and what
 * runs afterwards, where the rude one was, are stopped as always.
 */
const besideOthers = async (stage: Stage, rude: () => Promise<void>): Promise<void> => {
  const neighbour = stage.submit(plain.clearUp, {})
  const where = await whereOf(neighbour.file)
  await rude()
  const others = Array.from({ length: 4 }, () => stage.submit(plain.once, {}))
  for (const { future } of others) await future
  for (const { file } of others) assert.strictEqual(linesOf(file).length, 1)
  await assertClearsUp(stage.submit(plain.clearUp, {}))
  assert.deepStrictEqual(linesOf(neighbour.file), [where])
  await assertClearsUp(neighbour)
}

const assertFails = async (stage: Stage, task: Rude, error: RegExp): Promise<void> => {
  const outcome = await stage.cluster.submit(task, undefined, listening).outcome()
  if (outcome._tag !== "Failed") return assert.fail(`it ended as ${outcome._tag}`)
  assert.match(outcome.error.message, error)
}

/** Waits until a task has begun, and asserts what its cancel does. */
const assertStops = async (
  stage: Stage,
  task: Rude,
  how: "cooperative" | "killed",
): Promise<void> => {
  const begun = Promise.withResolvers<void>()
  const options = { ...listening, onLog: () => begun.resolve() }
  const graceMs = how === "killed" ? 20 : patientMs
  const future = stage.cluster.submit(task, undefined, { ...options, graceMs })
  await begun.promise
  assert.deepStrictEqual(untimed(await future.cancel()), stopped(how, "worker-1"))
}

const stageOf = (executor: "inline" | "thread" | "process"): (() => Stage) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await Stage.open({ executor, graceMs: patientMs })
  })
  afterAll(() => stage[Symbol.asyncDispose]())
  return () => stage
}

describe.each(["inline", ...executors] as const)("%s, a task that ends", (executor) => {
  const stage = stageOf(executor)

  it.each(Object.entries(told))("%s: fails, and harms no other (G10)", (name, error) =>
    besideOthers(stage(), () => assertFails(stage(), ending[name as keyof typeof told], error)),
  )

  it.each(Object.entries(arrives))("%s: succeeds, and harms no other (G10)", (name, value) =>
    besideOthers(stage(), async () => {
      const task: Rude = arriving[name as keyof typeof arrives]
      assert.deepStrictEqual(await stage().cluster.submit(task), value)
    }),
  )
})

describe.each(executors)("%s, a task that does not end", (executor) => {
  const stage = stageOf(executor)

  it.each(Object.entries<Rude>(endless))("%s: is killed, and harms no other (G10)", (_, task) =>
    besideOthers(stage(), () => assertStops(stage(), task, "killed")),
  )
})

describe.each(executors)("%s, a task that overrides what every program uses", (executor) => {
  const stage = stageOf(executor)
  const { override, overrideAndFail, overrideAndStop, overrideAndHang } = overriding

  it("ends, fails, is stopped and is killed as any other, and harms no other (G10)", async () => {
    await besideOthers(stage(), async () => {
      await stage().cluster.submit(override)
      await assertFails(stage(), overrideAndFail, /: Error: mine$/)
    })
    await besideOthers(stage(), () => assertStops(stage(), overrideAndStop, "cooperative"))
    await besideOthers(stage(), () => assertStops(stage(), overrideAndHang, "killed"))
  })
})
