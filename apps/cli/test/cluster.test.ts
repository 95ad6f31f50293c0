import type { WaitingStatus } from "@scaler-ts/operator"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Cluster, clusterTasks } from "./Cluster.ts"
import { Directory, jsonLines } from "./support.ts"

let cluster: Cluster
beforeAll(async () => {
  cluster = await Cluster.start(
    ["--name", "w1", "--slots", "2", "--executor", "process"],
    ["--name", "big", "--slots", "4", "--executor", "thread", "--capabilities", "gpu=1"],
  )
})
afterAll(() => cluster[Symbol.asyncDispose]())

describe.concurrent("tasks of a cluster", () => {
  it("call prints a value, and a text as it is", async () => {
    const square = await cluster.run(["call", "square", "12"])
    assert.deepStrictEqual([square.code, square.stdout, square.stderr], [0, "144\n", ""])
    const greet = await cluster.run(["call", "greet", "Ann", "--text"])
    assert.deepStrictEqual([greet.code, greet.stdout], [0, "Hello, Ann\n"])
  })

  it("call reads its input from stdin, and says what the task says on stderr", async () => {
    const { code, stderr, stdout } = await cluster.run(["call", "talk", "-"], { stdin: "2\n" })
    assert.deepStrictEqual([code, stdout, stderr], [0, "2\n", "line 1\nline 2\n"])
  })

  it("a failed call says why, on stderr, and exits with 1", async () => {
    const { code, stderr, stdout } = await cluster.run(["call", "fail", '"too much"'])
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.match(stderr, /task "fail" \(attempt 1 on "[^"]+"\) failed: RangeError: too much\.\n$/)
  })

  it("call --within cancels what takes longer, and waits for the receipt", async () => {
    const { code, stderr } = await cluster.run(["call", "listen", "--within", "500ms"])
    assert.strictEqual(code, 124)
    assert.match(stderr, /Time is up: cancelling (\S+), waiting for its receipt .*\n.*\1 (stopped|never started)/) // oxfmt-ignore
  })

  it("submit prints an id, by which its value can be had", async () => {
    const id = await cluster.submit("square", "5")
    const result = await cluster.run(["result", id])
    assert.deepStrictEqual([result.code, result.stdout], [0, "25\n"])
  })

  it("submit takes a line of stdin each", async () => {
    const { code, stdout } = await cluster.run(["submit", "square", "-", "--json"], {
      stdin: "1\n2\n\n3\n",
    })
    const lines = jsonLines(stdout)
    assert.strictEqual(code, 0)
    for (const line of lines) assert.deepInclude(line, { type: "submitted", task: "square" })
    assert.strictEqual(new Set(lines.map(({ id }) => id)).size, 3)
  })

  it("submit submits all, and keeps their ids, also when nobody reads these", async () => {
    const submit = cluster.begin(["submit", "square", "-"], { stdin: "6\n".repeat(300) })
    submit.child.stdout.destroy()
    const { code, stderr } = await submit.finished
    assert.deepStrictEqual([code, stderr], [0, ""])
    const file = join(cluster.directory.path, ".local/state/scaler-ts/submitted.ndjson")
    const kept = readFileSync(file, "utf8").trimEnd().split("\n")
    assert.isAtLeast(kept.length, 300)
    for (const line of kept) assert.include(line, `"address":"${cluster.address}"`)
  })

  it("submit submits nothing when one line is no JSON", async () => {
    const { code, stderr, stdout } = await cluster.run(["submit", "square", "-"], {
      stdin: "1\nabc\n",
    })
    assert.deepStrictEqual([code, stdout], [2, ""])
    assert.match(stderr, /Line 2 "abc" is no JSON: .*say --text/)
  })

  it("logs follows a task to its end", async () => {
    const id = await cluster.running("listen")
    const logs = cluster.begin(["logs", id, "--follow"])
    const cancelled = await cluster.run(["cancel", id])
    assert.strictEqual(cancelled.code, 0)
    const { code, stderr } = await logs.finished
    assert.strictEqual(code, 0)
    assert.match(stderr, /It has ended: cancelled\.|is known|forgotten/)
  })

  it("map runs a line each and keeps their order", async () => {
    const numbers = Array.from({ length: 100 }, (_, n) => n)
    const { code, stdout } = await cluster.run(["map", "square", "-"], {
      stdin: numbers.map((n) => `${n}\n`).join(""),
    })
    const lines = jsonLines(stdout)
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(
      lines.slice(0, 100).map(({ line, value }) => [line, value]),
      numbers.map((n) => [n + 1, n * n]),
    )
    assert.strictEqual(lines[100]?.["succeeded"], 100)
  })

  it("map tells a failed line from the others, and fails", async () => {
    const { code, stdout } = await cluster.run(["map", "fail", "-", "--text"], { stdin: "a\nb\n" })
    assert.strictEqual(code, 1)
    for (const [at, message] of ["a", "b"].entries())
      assert.deepInclude(jsonLines(stdout)[at], { state: "failed", error: { name: "RangeError", message } }) // oxfmt-ignore
  })
})

describe.concurrent("map of files on a cluster", () => {
  it("gives a task their paths, or what is in them, and keeps their order", async () => {
    using directory = new Directory({ "a.name": "Ann", "b.name": "Bo" })
    const files = ["a.name", "b.name"].map((name) => join(directory.path, name))
    const greet = ["map", "greet", join(directory.path, "*.name")]
    const [paths, contents] = await Promise.all([
      cluster.run([...greet, "--json"]),
      cluster.run([...greet, "--contents"]),
    ])
    assert.sameDeepMembers(
      jsonLines(paths.stdout).map(({ file, state, value }) => [file, state, value]),
      [...files.map((file) => [file, "succeeded", `Hello, ${file}`]), [undefined, undefined, undefined]], // oxfmt-ignore
    )
    assert.match(contents.stdout, /^file +result\n\S+ +Hello, Ann\n\S+ +Hello, Bo\n\n2 succeeded/)
    assert.deepStrictEqual([paths.stderr, contents.stderr], ["", ""])
  })

  it("names a task that no worker offers, and the one that was meant", async () => {
    const map = cluster.begin(["map", "sqare", clusterTasks])
    await map.says("stderr", "sqare still waits: no worker offers it. Did you mean square?")
    map.child.kill("SIGINT")
    const { code, stdout } = await map.finished
    assert.strictEqual(code, 130)
    assert.include(stdout, "receipts: 1 never started")
  })
})

describe.concurrent("map of lines that is stopped", () => {
  it("says of every line how it ended, and what its cancel was told", async () => {
    const map = ["map", "listen", "-", "--within", "1s"]
    const { code, stderr, stdout } = await cluster.run(map, { stdin: "null\n".repeat(20) })
    const lines = jsonLines(stdout)
    assert.strictEqual(code, 124)
    assert.include(stderr, "Time is up: cancelling 20 lines, waiting for receipts")
    const ends = lines.slice(0, -1).map(({ line, receipt, state }) => [line, state, Object(receipt)._tag]) // oxfmt-ignore
    assert.deepStrictEqual(ends, Array.from({ length: 20 }, (_, n) => [n + 1, "cancelled", "Stopped"])) // oxfmt-ignore
    const { cancelled, receipts, total } = lines.at(-1) ?? {}
    assert.deepStrictEqual([total, cancelled], [20, 20])
    assert.hasAllKeys(receipts, ["cooperative", "never-started"])
  })

  it("leaves when it is told again, and names what is unconfirmed", async () => {
    const map = cluster.begin(["map", "deaf", "-", "--within", "1s"], { stdin: "null\n" })
    await map.says("stderr", "Time is up: cancelling 1 line,")
    map.child.kill("SIGINT")
    const { code, stderr, stdout } = await map.finished
    assert.deepStrictEqual([code, stdout], [130, ""])
    assert.match(stderr, /Left without confirmation of 1:\n {2}line 1 {2}\w+\.1\n$/)
  })
})

describe.concurrent("cancel", () => {
  it("says that a task stopped by itself, or was killed, and exits with 0", async () => {
    const [listen, spin] = await Promise.all([
      cluster.running("listen"),
      cluster.running("spin", { graceMs: 50 }),
    ])
    const { code, stdout } = await cluster.run(["cancel", listen, spin])
    assert.strictEqual(code, 0)
    assert.match(stdout, new RegExp(`${listen}  stopped after .*, by itself on (w1|big)\n`))
    assert.match(stdout, new RegExp(`${spin}  stopped after .*, killed on (w1|big)\n`))
  })

  it("exits with 3 for one that finished first, as logs says, too", async () => {
    const id = await cluster.submit("square", "5")
    const logs = await cluster.run(["logs", id])
    assert.match(logs.stderr, /It has ended: succeeded\. It has said nothing since .* kept nowhere/)
    const { code, stdout } = await cluster.run(["cancel", id, "--json"])
    const [receipt, summary] = jsonLines(stdout)
    assert.strictEqual(code, 3)
    assert.deepStrictEqual(summary?.["receipts"], { Finished: 1 })
    assert.strictEqual(receipt?.["id"], id)
  })

  it("exits with 4 for what nobody knows", async () => {
    const { code, stdout } = await cluster.run(["cancel", "nobody.1"])
    assert.strictEqual(code, 4)
    assert.match(stdout, /^nobody\.1  not found/)
  })

  it("exits with 124 when nobody confirms within the bound", async () => {
    const id = await cluster.running("spin", { graceMs: 2_000 })
    const { code, stdout } = await cluster.run(["cancel", id, "--wait", "100ms"])
    assert.strictEqual(code, 124)
    assert.match(stdout, /no confirmation within \d+ ms; the order stands/)
  })

  it("takes ten thousand ids from stdin", async () => {
    const ids = Array.from({ length: 10_000 }, (_, n) => `nobody.${n + 1}\n`).join("")
    const { code, stdout } = await cluster.run(["cancel", "-", "--json"], { stdin: ids })
    const lines = jsonLines(stdout)
    assert.strictEqual(code, 4)
    assert.strictEqual(lines.length, 10_001)
    assert.deepStrictEqual(lines.at(-1)?.["receipts"], { NotFound: 10_000 })
  })

  it.each([
    [
      [],
      'Which tasks? Give ids ("scaler-ts tasks" lists them), or --mine, --name <task> or --all.',
    ],
    [["a.1", "--all"], "Give ids, --mine, --name or --all, and only one of these."],
    [["--all"], "say --yes if that is meant"],
    [["nonsense"], '"nonsense" is no id of a task; "scaler-ts tasks" lists'],
  ])("refuses %j", async (args, says) => {
    const { code, stderr } = await cluster.run(["cancel", ...args])
    assert.strictEqual(code, 2)
    assert.include(stderr, says)
  })
})

it("cancel --mine stops what this user has submitted, and --name what is called so", async () => {
  const names = ["a", "b"].map((name) => `elsewhere-${name}`)
  const ids = await Promise.all(names.map((name) => cluster.submit(name)))
  const byName = await cluster.run(["cancel", "--name", "elsewhere-b"])
  assert.deepStrictEqual([byName.code, byName.stdout], [0, `${ids[1]}  never started\n`])
  const mine = await cluster.run(["cancel", "--mine", "--wait", "20s"])
  assert.include(mine.stdout, `${ids[0]}  never started\n`)
  const another = await cluster.submit("elsewhere-c")
  const all = await cluster.run(["cancel", "--all", "--yes"])
  assert.include(all.stdout, `${another}  never started\n`)
})

describe("looking", () => {
  it("workers lists slots, capabilities and tasks", async () => {
    const { stdout } = await cluster.run(["workers"])
    assert.match(stdout, /^worker +state +slots +holds +heard +cpu +memory +has +tasks\n/)
    assert.match(stdout, /^big +ready +4 .*gpu=1 +square, greet, fail, listen, spin, deaf, talk$/m)
    assert.match(stdout, /^w1 +ready +2 /m)
  })

  it("status says why a task waits", async () => {
    const ids = [await cluster.submit("squire"), await cluster.submit("square", "1", "--needs", "gpu=3")] // oxfmt-ignore
    const { stdout } = await cluster.run(["status"])
    assert.include(stdout, "1 of squire: no worker offers it")
    assert.include(stdout, "1 of square (gpu=3): no worker has enough gpu")
    const [status] = jsonLines((await cluster.run(["status", "--json"])).stdout)
    assert.includeDeepMembers(
      Object(status).waiting.map(({ name, why }: WaitingStatus) => [name, why]),
      [
        ["squire", "notOffered"],
        ["square", "tooLittle"],
      ],
    )
    const tasks = await cluster.run(["tasks", "--name", "squire", "--json"])
    assert.deepStrictEqual(
      jsonLines(tasks.stdout).map(({ id, state, type }) => [type, id, state]),
      [
        ["task", ids[0], "queued"],
        ["tasks", undefined, undefined],
      ],
    )
    assert.strictEqual((await cluster.run(["cancel", ...ids])).code, 0)
  })

  it("call says after a while why it waits, and what was meant", async () => {
    const call = cluster.begin(["call", "squares", "1"])
    await call.says("stderr", "squares still waits: no worker offers it. Did you mean square?")
    call.child.kill("SIGINT")
    const { code, stderr } = await call.finished
    assert.strictEqual(code, 130)
    assert.match(stderr, /Interrupted: cancelling (\S+), .*\n.*\1 never started\.\n$/)
  })
})

it("a drained worker finishes, leaves, and is missed", async () => {
  const worker = await cluster.background(["worker", clusterTasks, "--name", "late"], "works for") // oxfmt-ignore
  const drained = await cluster.run(["drain", "late"])
  assert.deepStrictEqual([drained.code, drained.stdout], [0, "late has left; no task was left\n"])
  assert.strictEqual((await worker.finished).code, 0)
  const again = await cluster.run(["drain", "late"])
  assert.strictEqual(again.code, 4)
  assert.include(
    again.stderr,
    'There is no worker late; "scaler-ts workers" lists those there are.',
  )
})

it("a scheduler that is drained stops, and leaves nothing", async () => {
  await using own = new Cluster()
  const scheduler = await own.background(["scheduler"], "listening at")
  await own.submit("elsewhere")
  const { code, stdout } = await own.run(["drain", "--scheduler", "--drain", "100ms", "--json"])
  const [stopped] = jsonLines(stdout)
  assert.deepInclude(stopped, { type: "stopped", _tag: "Stopped", left: [], more: 0 })
  assert.deepStrictEqual([code, (await scheduler.finished).code], [0, 0])
})
