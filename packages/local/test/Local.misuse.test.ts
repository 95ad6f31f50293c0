import * as Local from "@scaler-ts/local"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import assert from "node:assert/strict"
import { test } from "vitest"
import { tasks } from "./fixtures/tasks.ts"

test.each(["thread", "process"])(
  "a %s whose module starts the cluster starts no further ones, and the task says what to do",
  async (kind) => {
    const file = join(import.meta.dirname, "fixtures/selfStarting.ts")
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@scaler-ts/source", file],
      { env: { ...process.env, SCALER_SELF_STARTING: kind } },
    )
    assert.match(
      stdout,
      new RegExp(
        `failed: .*a ${kind} .*move the tasks to a module of their own, which starts nothing`,
      ),
    )
  },
)

// Untyped programs may pass anything.
const start = Local.start as (options?: unknown) => Promise<Local.Cluster>

test("what is no option is refused with a sentence", async () => {
  await assert.rejects(start(), /no tasks: pass what defineTasks returned, as \{ tasks \}/)
  await assert.rejects(start({ tasks: () => 1 }), /no tasks: pass what defineTasks returned/)
  await assert.rejects(
    start({ tasks, executor: "inlin" }),
    /executor is "inlin"; give "thread", "process" or "inline"/,
  )
  await assert.rejects(
    start({ tasks, executor: "inline", policy: "result_wins" }),
    /policy is "result_wins"; give one of "cancel-wins", "result-wins"/,
  )
  for (const a of [() => 1, null, { name: "a" }]) {
    await assert.rejects(
      start({ tasks: { a }, executor: "inline" }),
      /TypeError: "a" is no task; pass what defineTasks returned, as in defineTasks\(import.meta.url/,
    )
  }
})

test("what is no task, or has a name too long to send, is refused and harms nothing (G10)", async () => {
  await using cluster = await Local.start({
    tasks,
    executor: "inline",
    limits: { textBytesMax: 4_096 },
  })
  const submit = cluster.submit as (task: unknown, input?: unknown) => unknown
  for (const what of [
    tasks,
    {},
    "sqrt",
    Math.sqrt,
    undefined,
    { name: 5 },
    { name: Symbol("s") },
  ]) {
    assert.throws(() => submit(what, 16), /not a task: pass one of those that defineTasks returned/)
  }
  assert.throws(
    () => submit({ ...tasks.sqrt, name: "é".repeat(3_000) }, 16),
    /the name of the task is 6000 bytes long, and 4096 are allowed/,
  )
  const map = cluster.map as (task: unknown, inputs: unknown) => AsyncIterable<unknown>
  assert.throws(() => map(tasks, [16]), /not a task/)
  assert.throws(() => map(tasks.sqrt, 5), /the inputs of a map are no iterable/)
  assert.equal(await cluster.call(tasks.sqrt, 16), 4)
})

test("the characters of a text are inputs like any others", async () => {
  await using cluster = await Local.start({ tasks, executor: "inline" })
  const outcomes = await Array.fromAsync(cluster.map(tasks.echo, "abc"))
  assert.deepEqual(
    outcomes.map((one) => one._tag === "Succeeded" && one.value),
    ["a", "b", "c"],
  )
})
