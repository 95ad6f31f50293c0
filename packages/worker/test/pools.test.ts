import { Values } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { assert, describe, it } from "@effect/vitest"
import { pools } from "./fixtures/pools.ts"
import { tasks } from "./fixtures/threadTasks.ts"
import { type End, PoolProbe } from "./fixtures/poolProbe.ts"

const errorOf = (end: End): Error & Record<string, unknown> => {
  if ((end._tag !== "threw" && end._tag !== "stopped") || !(end.error instanceof Error)) {
    throw new Error(`no error but ${JSON.stringify(end)}`)
  }
  // Own fields of errors are carried as properties.
  return end.error as Error & Record<string, unknown>
}

const valueOf = (end: End): unknown => (end._tag === "returned" ? end.value : end)

const fixture = (name: string): string => new URL(`./fixtures/${name}.ts`, import.meta.url).href

describe.each(pools)("what functions yield in a $kind", ({ make }) => {
  it("synchronous, async and Effect functions return their values, in order", async () => {
    await using pool = await PoolProbe.open(make(1))
    const keys = [
      pool.start(tasks.add, 1),
      pool.start(tasks.addAsync, 2),
      pool.start(tasks.addEffect, 3),
      pool.start(tasks.add, 4),
      pool.start(tasks.none),
      pool.start(tasks.attempt),
    ]
    const values: Array<unknown> = []
    for (const key of keys) values.push(valueOf(await pool.end(key)))
    assert.deepStrictEqual(values, [2, 3, 4, 5, undefined, 1])
    assert.deepStrictEqual(pool.story, [
      "slot 1",
      ...[1, 2, 3, 4, 5].flatMap((key) => [`returned ${key}`, `started ${key + 1}`]),
      "returned 6",
    ])
  })

  it("each attempt knows the span it is, and so does its Effect", async () => {
    await using pool = await PoolProbe.open(make(1))
    const traceparentOf = (n: number) => `00-${"a".repeat(32)}-${String(n).repeat(16)}-01`
    // In one post to a thread, some with and some without.
    const keys = ["", traceparentOf(1), "", traceparentOf(2)].flatMap((traceparent) =>
      [tasks.traceparent, tasks.span].map((task) =>
        pool.startBytes(task, Values.encode(undefined), 0, traceparent),
      ),
    )
    const values: Array<unknown> = []
    for (const key of keys) values.push(valueOf(await pool.end(key)))
    const none = [undefined, undefined]
    const spans = [1, 2].map((n) => [traceparentOf(n), String(n).repeat(16)])
    assert.deepStrictEqual(values, [...none, ...(spans[0] ?? []), ...none, ...(spans[1] ?? [])])
  })

  it("an error arrives with name, message, stack, cause and fields", async () => {
    await using pool = await PoolProbe.open(make(1))
    const error = errorOf(await pool.run(tasks.refuse))
    assert.strictEqual(error.name, "Refused")
    assert.strictEqual(error.message, "refused")
    assert.match(String(error.stack), /threadTasks\.ts/)
    assert.strictEqual(error["code"], 7)
    assert.deepStrictEqual(error["detail"], { page: 3 })
    assert.strictEqual(String(error.cause), "TypeError: deeper")
    assert.strictEqual(errorOf(await pool.run(tasks.refuseAsync)).message, "refused later")
    assert.strictEqual(errorOf(await pool.run(tasks.refuseEffect)).message, "refused by an Effect")
  })

  it("what cannot be sent is an error that names the task and the place", async () => {
    await using pool = await PoolProbe.open(make(1))
    const { message } = errorOf(await pool.run(tasks.unsendable))
    assert.include(message, '"unsendable"')
    assert.include(message, "result.pages[1]")
    assert.include(errorOf(await pool.run(tasks.throwUnsendable)).message, "cannot be sent")
    assert.strictEqual(valueOf(await pool.run(tasks.add, 1)), 2)
  })

  it("large inputs and results cross, and the input stays with whoever gave it", async () => {
    await using pool = await PoolProbe.open(make(1))
    const frame = Values.encode(new Uint8Array(100_000).fill(1))
    const view = new Uint8Array(frame.length + 8).subarray(8)
    view.set(frame)
    assert.strictEqual(valueOf(await pool.end(pool.startBytes(tasks.sum, view))), 100_000)
    assert.strictEqual(valueOf(await pool.end(pool.startBytes(tasks.sum, frame))), 100_000)
    assert.deepStrictEqual([frame.length, view.length], [frame.byteLength, frame.length])
    assert.deepStrictEqual(Values.decode(frame), new Uint8Array(100_000).fill(1))
    const bytes = valueOf(await pool.run(tasks.bytes, 50_000))
    assert.deepStrictEqual(bytes, new Uint8Array(50_000).fill(7))
  })

  it("progress and log lines arrive in order, before the end", async () => {
    await using pool = await PoolProbe.open(make(1))
    await pool.run(tasks.talk, { lines: 2 })
    // How much of the progress arrives depends on how fast it is taken; the newest always does.
    const [logs, progress] = ["log", "progress"].map((kind) =>
      pool.story.filter((line) => line.startsWith(kind)),
    )
    assert.deepStrictEqual(logs, ["log 1 line 1", "log 1 line 2"])
    assert.strictEqual(progress?.at(-1), "progress 1 1")
    assert.strictEqual(pool.story.at(-1), "returned 1")
  })
})

describe.each(pools)("what is missing or broken in a $kind", ({ make }) => {
  const cases = [
    {
      name: "a module that does not exist",
      task: defineTasks(fixture("threadNowhere"), { any: () => 1 }).any,
      says: [/task "any"/, /threadNowhere\.ts cannot be loaded/],
    },
    {
      name: "a module that throws on import",
      task: defineTasks(fixture("threadBroken"), { any: () => 1 }).any,
      says: [/threadBroken\.ts cannot be loaded/, /broken on purpose/],
    },
    {
      name: "a module without tasks",
      task: defineTasks(fixture("threadNoTasks"), { any: () => 1 }).any,
      says: [/task "any"/, /threadNoTasks\.ts/, /it exports no tasks/],
    },
    {
      name: "a name the module does not have",
      task: defineTasks(fixture("threadTasks"), { nobody: () => 1 }).nobody,
      says: [/task "nobody"/, /threadTasks\.ts/, /it exports the tasks "add", /],
    },
    {
      name: "a task that names another module",
      task: defineTasks(fixture("threadTasks"), { stray: () => 1 }).stray,
      says: [/task "stray"/, /file:\/\/\/elsewhere\.ts/, /import\.meta\.url/],
    },
  ]
  it.each(cases)("$name is a failed attempt, and its runner lives on", async ({ task, says }) => {
    await using pool = await PoolProbe.open(make(1))
    const { message } = errorOf(await pool.run(task))
    for (const pattern of says) assert.match(message, pattern)
    assert.strictEqual(valueOf(await pool.run(tasks.add, 1)), 2)
  })

  it("an input that cannot be decoded is a failed attempt that names the task", async () => {
    await using pool = await PoolProbe.open(make(1))
    const key = pool.startBytes(tasks.add, Uint8Array.of(0xc1, 1, 2))
    assert.match(errorOf(await pool.end(key)).message, /input of task "add" cannot be decoded/)
    assert.strictEqual(valueOf(await pool.run(tasks.add, 1)), 2)
  })
})

describe.each(pools)("being asked to stop in a $kind", ({ make }) => {
  it.each(["obey", "obeyEffect"] as const)("%s ends as stopped", async (name) => {
    await using pool = await PoolProbe.open(make(1))
    const key = pool.start(tasks[name])
    await pool.heard(`log ${key} waiting`)
    pool.executor.interrupt(key)
    assert.strictEqual((await pool.end(key))._tag, "stopped")
    assert.strictEqual(valueOf(await pool.run(tasks.add, 1)), 2)
  })

  it("a function that finishes although asked to stop has returned", async () => {
    await using pool = await PoolProbe.open(make(1))
    const key = pool.start(tasks.finishOnAbort)
    await pool.heard(`log ${key} waiting`)
    pool.executor.interrupt(key)
    assert.strictEqual(valueOf(await pool.end(key)), "finished")
  })

  it("an attempt that nobody has got to stops without having run, on a later turn", async () => {
    await using pool = await PoolProbe.open(make(1))
    // Nobody can have begun it: we are still in the turn that hands it over.
    const key = pool.start(tasks.spin)
    const next = pool.start(tasks.add, 1)
    pool.executor.interrupt(key)
    assert.deepStrictEqual(pool.story, [`slot ${key}`])
    assert.match(
      errorOf(await pool.end(key)).message,
      /"spin" was stopped before its function began/,
    )
    assert.strictEqual(valueOf(await pool.end(next)), 2)
    assert.deepStrictEqual(pool.story.slice(1, 3), [`stopped ${key}`, `started ${next}`])
  })
})
