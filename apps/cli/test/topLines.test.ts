// Without a terminal, and with one that is not the whole screen's: in one process with a cluster.
import { type Cluster, start } from "@scaler-ts/local"
import { Operator } from "@scaler-ts/operator"
import xterm from "@xterm/headless"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { PassThrough, Writable } from "node:stream"
import { text } from "node:stream/consumers"
import { assert, it } from "vitest"
import { live } from "../src/top/live.ts"
import { lookAt } from "../src/top/look.ts"
import { Screen, type TopOutput } from "../src/top/Screen.ts"
import { top, type TopOptions } from "../src/top/top.ts"
import { jsonLines } from "./support.ts"
import { tasks } from "./fixtures/topTasks.ts"

/** A cluster in which a task that does not listen refuses to stop after 100 ms. */
const cluster = (): Promise<Cluster> => start({ tasks, executor: "inline", slots: 2, graceMs: 100 })

const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.andThen(Effect.sleep(1), until(holds))))

const shown = async (
  within: Cluster,
  options: TopOptions,
  meanwhile: (operator: Operator) => Effect.Effect<unknown, unknown> = () => Effect.void,
) => {
  const output = new PassThrough()
  const errors = new PassThrough()
  const texts = Promise.all([text(output), text(errors)])
  const code = await within.run(
    Effect.flatMap(Operator, (operator) =>
      Effect.map(
        Effect.all(
          [top(operator, { everyMs: 1, ...options, output, errors }), meanwhile(operator)],
          {
            concurrency: "unbounded",
          },
        ),
        ([code]) => code,
      ),
    ),
  )
  output.end()
  errors.end()
  const [stdout, stderr] = await texts
  return { code, stdout, stderr }
}

it("prints as many lines as are asked for, or snapshots", async () => {
  await using here = await cluster()
  const held = here.submit(tasks.hold, "")
  await here.call(tasks.echo, "")
  const { code, stderr, stdout } = await shown(here, { count: 2 })
  assert.match(
    stdout,
    /^(queued 0, dispatched 0, running 1, recalling 0, cancelling 0; ended 1; 1 worker, 1\/2 slots; 1 client\n){2}$/,
  )
  assert.deepStrictEqual([code, stderr], [0, ""])
  const snapshots = jsonLines((await shown(here, { count: 2, json: true })).stdout)
  assert.strictEqual(snapshots.length, 2)
  const [first] = snapshots
  assert.deepInclude(first, { version: 1, type: "snapshot", ended: { succeeded: 1 }, more: 0 })
  assert.match(
    JSON.stringify(first?.["tasks"]),
    new RegExp(`^\\[\\{"id":"${held.id}","name":"hold"`),
  )
})

it("tells how long cancels take, from the moves of tasks, to a reader however slow", async () => {
  await using here = await cluster()
  const held = here.submit(tasks.hold, "")
  held.catch(() => {})
  const output = new PassThrough({ highWaterMark: 100 })
  const program = Effect.gen(function* () {
    const operator = yield* Operator
    const options = { output, errors: new PassThrough(), json: true, everyMs: 1 }
    const shown = yield* Effect.forkChild(top(operator, options), { startImmediately: true })
    const seen: Array<Record<string, unknown> | undefined> = []
    const next = Effect.gen(function* () {
      yield* until(() => output.readableLength > 0)
      // Time for many more, if anything but the reader held them back.
      yield* Effect.sleep(20)
      const [one, ...more] = jsonLines(String(output.read()))
      assert.deepStrictEqual(more, [])
      seen.push(one)
    })
    yield* next
    yield* operator.cancel(held.id)
    while (!JSON.stringify(seen.at(-1)).includes('"confirmed":1')) yield* next
    output.destroy(Object.assign(new Error("nobody reads"), { code: "EPIPE" }))
    assert.strictEqual(yield* Fiber.join(shown), 0)
    return seen
  })
  const seen = await here.run(program)
  assert.deepInclude(seen[0]?.["cancels"], { confirmed: 0, p50Ms: null })
  assert.deepInclude(seen.at(-1)?.["cancels"], { confirmed: 1 })
})

it("says that the connection is gone, and fails", async () => {
  const here = await cluster()
  const stop = (operator: Operator) => operator.stop(0)
  const { code, stderr, stdout } = await shown(here, { everyMs: 60_000 }, stop)
  assert.isAtMost(stdout.split("\n").length, 2)
  assert.match(
    stderr,
    /^scaler-ts: Lost the scheduler: .*\. Once it is there, run the command again\.\n$/,
  )
  assert.strictEqual(code, 1)
  await here.close()
})

it("keeps what refused to stop in sight, whatever is listed, until it is known to be over", async () => {
  await using here = await cluster()
  const deaf = here.submit(tasks.deaf)
  const seen = await here.run(
    Effect.scoped(
      Effect.gen(function* () {
        const look = yield* lookAt(yield* Operator)
        while ((yield* look.read()).status.tasks["running"] !== 1) yield* Effect.sleep(1)
        const { receipt } = yield* look.cancel({ id: deaf.id, name: "deaf" })
        assert.strictEqual(receipt._tag, "Refused")
        // The whole list has it; the list of another state says nothing of it.
        return [yield* look.read("queued"), yield* look.read()].map(({ cancels }) =>
          cancels.stillRunning.map(({ id, why }) => [id, why]),
        )
      }),
    ),
  )
  assert.deepStrictEqual(seen, [[[deaf.id, "refused"]], [[deaf.id, "refused"]]])
})

it("ends when what it prints cannot be written", async () => {
  await using here = await cluster()
  for (const [reason, code, said] of [
    ["EPIPE", 0, ""],
    ["ENOSPC", 1, "scaler-ts: Nothing can be written: full.\n"],
  ] as const) {
    const errors = new PassThrough()
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("full"), { code: reason })),
    })
    const ended = await here.run(
      Effect.flatMap(Operator, (operator) => top(operator, { output, errors, everyMs: 1 })),
    )
    errors.end()
    assert.deepStrictEqual([ended, await text(errors)], [code, said])
  }
})

const terminal = (columns: number, rows: number) => {
  const shown = new xterm.Terminal({
    cols: columns,
    rows,
    allowProposedApi: true,
    convertEol: true,
  })
  const written = new Writable({
    write: (chunk, _encoding, done) => shown.write(chunk, () => done()),
  })
  const output: TopOutput = Object.assign(written, { isTTY: true, columns, rows })
  const lines = (): ReadonlyArray<string> =>
    Array.from(
      { length: rows },
      (_, row) => shown.buffer.active.getLine(row)?.translateToString(true) ?? "",
    ).filter((line) => line !== "")
  return { output, lines }
}

it("a live view stands beneath what is said, and goes when it is over", async () => {
  await using here = await cluster()
  here.submit(tasks.hold, "")
  const { lines, output } = terminal(80, 20)
  const view = Effect.gen(function* () {
    const { say } = yield* live(yield* Operator, { output, env: {}, everyMs: 1, color: false })
    yield* until(() => lines().some((line) => /hold +running/.test(line)))
    say("one")
    say("two\n")
    yield* until(() => lines().includes("two"))
    return lines()
  })
  const seen = await here.run(Effect.scoped(view))
  assert.deepStrictEqual(seen.slice(0, 2), ["one", "two"])
  assert.match(seen[2] ?? "", /^scaler-ts .* 1 client {2}1 worker, 1\/2 slots$/)
  assert.isTrue(seen.every((line) => line.length < 80))
  await here.run(until(() => lines().length === 2))
  assert.deepStrictEqual(lines(), ["one", "two"])
})

it("a live view is lines off a terminal", async () => {
  await using here = await cluster()
  const output = new PassThrough()
  const view = Effect.gen(function* () {
    const { say } = yield* live(yield* Operator, { output, env: {}, everyMs: 60_000 })
    say("one")
    yield* until(() => output.readableLength > 10)
  })
  await here.run(Effect.scoped(view))
  output.end()
  assert.match(await text(output), /^one\nqueued 0, .*\n$/)
})

it("a screen gives a terminal that is behind nothing to be behind with, and leaves no listeners", () => {
  const listeners = () =>
    ["exit", "SIGTSTP", "SIGCONT", "SIGHUP"].map((name) => process.listenerCount(name))
  const before = listeners()
  const output = new PassThrough({ highWaterMark: 50 })
  const screen = new Screen(new PassThrough(), output, {
    onKey: () => {},
    onRedraw: () => {},
    onGone: () => {},
  })
  output.read()
  screen.draw(["a".repeat(60), "b"])
  const { readableLength, writableLength } = output
  for (let frame = 0; frame < 100; frame++) screen.draw([`frame ${frame}`, "b"])
  assert.deepStrictEqual(
    [output.readableLength, output.writableLength],
    [readableLength, writableLength],
  )
  screen.close()
  assert.deepStrictEqual(listeners(), before)
})
