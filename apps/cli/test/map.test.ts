import { join } from "node:path"
import { assert, it } from "vitest"
import { Directory, fixture, jsonLines, Run, scaler } from "./support.ts"

const describeTask = `${fixture("tasks.ts")}#describe`
const obey = `${fixture("tasks.ts")}#obey`

const sum = (counts: unknown): number =>
  Object.values(counts as Record<string, number>).reduce((total, n) => total + n, 0)

const receiptsOf = (stdout: string): unknown => jsonLines(stdout).at(-1)?.["receipts"]

it.concurrent("the version says package and protocol", async () => {
  const { code, stdout } = await scaler(".", ["--version"])
  assert.match(stdout, /^scaler-ts \d+\.\d+\.\d+ \(protocol \d+\.\d+\)\n$/)
  assert.strictEqual(code, 0)
})

/** Runs a command line, and says beside what it prints which modules it has loaded. */
const loading = async (...args: ReadonlyArray<string>) => {
  const hook = `import { registerHooks } from "node:module"
    registerHooks({ load: (url, context, next) => { process._rawDebug("loads " + url); return next(url, context) } })`
  const { code, stderr, stdout } = await scaler(".", args, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
  })
  const lines = stderr.trim().split("\n")
  const loaded = lines
    .flatMap((line) => (line.startsWith("loads file:") ? [line] : []))
    .map((line) => line.replace(/^.*?(?=(apps|packages|node_modules)\/)/, ""))
  return { code, stdout, loaded, said: lines.filter((line) => !line.startsWith("loads ")) }
}

it.concurrent("the version loads nothing but what it says", async () => {
  const { loaded } = await loading("--version")
  assert.deepStrictEqual(
    loaded,
    ["main.ts", "CommandError.ts", "version.ts"].map((name) => `apps/cli/src/${name}`).concat("packages/protocol/src/version.ts"), // oxfmt-ignore
  )
})

it.concurrent("help that was asked for is on stdout, and loads only what it is made of", async () => {
  const { code, loaded, said, stdout } = await loading("map", "--help")
  assert.include(stdout, "scaler-ts map [flags] <task> <glob...>")
  assert.deepStrictEqual(said, [])
  assert.strictEqual(code, 0)
  const others = loaded.filter((path) => !path.startsWith("node_modules/effect/"))
  // A tenth of a second is lost with a few more: no command's own module, no package that runs a cluster.
  const own = ["main", "CommandError", "stream", "unread", "command", "commandsOfClusters", "define", "complain", "output", "settings/settings", "settings/kinds", "duration", "top/words", "commandsOfTasks", "completions", "meant", "noPlatform", "version"] // oxfmt-ignore
  assert.sameMembers(others, own.map((name) => `apps/cli/src/${name}.ts`).concat("packages/protocol/src/version.ts")) // oxfmt-ignore
})

it.concurrent("results come as a table in the order of the files", async () => {
  using directory = new Directory({ "a.txt": "7", "b.txt": "10", "c.txt": "123" })
  const { code, stderr, stdout } = await scaler(directory.path, ["map", describeTask, "*.txt"])
  const lines = stdout.split("\n")
  assert.deepStrictEqual(lines.slice(0, 5), [
    "file   number  letters",
    "a.txt       7  7",
    "b.txt      10  1 0",
    "c.txt     123  1 2 3",
    "",
  ])
  assert.match(lines[5] ?? "", /^3 succeeded, 0 failed, 0 cancelled in \d/)
  assert.strictEqual(stderr, "")
  assert.strictEqual(code, 0)
})

it.concurrent("a file named twice runs once, and --rows shows what was asked for", async () => {
  using directory = new Directory({ "a.txt": "7", "b.txt": "10" })
  const args = ["map", describeTask, "b.txt", "*.txt", "./a.txt", "--rows", "1"]
  const { stdout } = await scaler(directory.path, args)
  assert.include(stdout, "a.txt       7  7\n… and 1 more")
  assert.include(stdout, "2 succeeded")
})

it.concurrent("a failed file shows its error and fails the command, and no other file", async () => {
  using directory = new Directory({ "a.txt": "return fine", "b.txt": "throw much" })
  const { code, stdout } = await scaler(directory.path, ["map", obey, "*.txt"])
  assert.include(stdout, "a.txt  fine\nb.txt  RangeError: much\n")
  assert.include(stdout, "1 succeeded, 1 failed, 0 cancelled")
  assert.strictEqual(code, 1)
})

it.concurrent("--json has a line per file and a summary", async () => {
  using directory = new Directory({ "a.txt": "return fine", "b.txt": "throw much" })
  const args = ["map", obey, "*.txt", "--json", "--slots", "1"]
  const { code, stdout } = await scaler(directory.path, args)
  const [first, second, summary, ...more] = jsonLines(stdout)
  assert.deepInclude(first, {
    version: 1,
    type: "item",
    file: join(directory.path, "a.txt"),
    state: "succeeded",
    value: "fine",
  })
  assert.typeOf(first?.["ms"], "number")
  assert.deepInclude(second, { state: "failed", error: { name: "RangeError", message: "much" } })
  assert.deepInclude(summary, {
    version: 1,
    type: "summary",
    total: 2,
    succeeded: 1,
    failed: 1,
    cancelled: 0,
    lost: 0,
    receipts: {},
  })
  assert.deepStrictEqual(more, [])
  assert.strictEqual(code, 1)
})

it.concurrent("when the time is up every file has an outcome or a receipt", async () => {
  using directory = new Directory({ "a.txt": "spin", "b.txt": "spin", "c.txt": "spin" })
  const args = ["map", obey, "*.txt", "--json", "--slots", "1", "--within", "500ms"]
  const { code, stderr, stdout } = await scaler(directory.path, args)
  assert.include(stderr, "Time is up (--within 500ms): cancelling 3 of 3")
  const lines = jsonLines(stdout)
  const summary = lines.at(-1)
  assert.deepInclude(summary, { total: 3, succeeded: 0, failed: 0, cancelled: 3, lost: 0 })
  assert.strictEqual(sum(summary?.["receipts"]), 3)
  assert.deepStrictEqual(
    lines.slice(0, -1).map((line) => line["state"]),
    ["cancelled", "cancelled", "cancelled"],
  )
  assert.strictEqual(code, 124)
})

it.concurrent("the table shows the receipts of what the clock has stopped", async () => {
  using directory = new Directory({ "a.txt": "spin", "b.txt": "spin" })
  const args = ["map", obey, "*.txt", "--slots", "1", "--within", "500ms"]
  const { code, stdout } = await scaler(directory.path, args)
  assert.match(stdout, /^a\.txt {2}cancelled: (killed|never started|stopped)/m)
  assert.include(stdout, "b.txt  cancelled: never started\n")
  assert.include(stdout, "0 succeeded, 0 failed, 2 cancelled in")
  assert.match(stdout, /^receipts: .*never started/m)
  assert.strictEqual(code, 124)
})

const spinning = { "a.txt": "return fine", "b.txt": "spin", "c.txt": "spin", "d.txt": "return" }

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  it.concurrent(`${signal} cancels what is left and prints its receipts`, async () => {
    using directory = new Directory(spinning)
    const run = new Run(directory.path, ["map", obey, "*.txt", "--json", "--slots", "1"])
    await run.says("stdout", '"fine"')
    await run.says("stderr", "spinning b.txt")
    run.child.kill(signal)
    const { code, stderr, stdout } = await run.finished
    assert.include(stderr, "cancelling 3 of 4, waiting for receipts")
    assert.deepStrictEqual(receiptsOf(stdout), { "never-started": 2, killed: 1 })
    assert.strictEqual(code, 130)
  })
}

it.concurrent("after Ctrl-C the table has what had begun, and the summary everything", async () => {
  using directory = new Directory({ "a.txt": "spin", "b.txt": "spin", "c.txt": "spin" })
  const run = new Run(directory.path, ["map", obey, "*.txt", "--slots", "1"])
  await run.says("stderr", "spinning a.txt")
  run.child.kill("SIGINT")
  const { stdout } = await run.finished
  // Two seconds are its grace period.
  assert.match(
    stdout,
    /^file {3}result\na\.txt {2}cancelled: stopped after \d+\.\d s, killed\n\n0 succeeded/m,
  )
  assert.include(stdout, "3 cancelled in")
})

it.concurrent("a second Ctrl-C leaves at once and names what is unconfirmed", async () => {
  using directory = new Directory({ "a.txt": "spin", "b.txt": "spin" })
  const run = new Run(directory.path, ["map", obey, "*.txt", "--slots", "1"])
  await run.says("stderr", "spinning a.txt")
  run.child.kill("SIGINT")
  await run.says("stderr", "Interrupted")
  run.child.kill("SIGINT")
  const { code, stderr, stdout } = await run.finished
  assert.match(stderr, /Left without confirmation of \d:\n {2}task \d+ {2}a\.txt/)
  assert.strictEqual(stdout, "")
  assert.strictEqual(code, 130)
})

it.concurrent("a reader that leaves ends the run quietly and cancels the rest", async () => {
  using directory = new Directory({ "a.txt": "return fine", "c.txt": "spin", "d.txt": "spin" })
  const gate = join(directory.path, "gate")
  directory.write("b.txt", `await ${gate}`)
  const run = new Run(directory.path, ["map", obey, "*.txt", "--json", "--slots", "1"])
  await run.says("stdout", '"fine"')
  run.child.stdout.destroy()
  directory.write("gate", "")
  // Without the cancel the run would spin for ever.
  const { code, stderr } = await run.finished
  assert.notInclude(stderr, "scaler-ts:")
  assert.strictEqual(code, 0)
})

it.concurrent("--quiet and a dumb terminal leave stderr to what went wrong", async () => {
  using directory = new Directory({ "a.txt": "return fine" })
  const { stderr, stdout } = await scaler(directory.path, ["map", obey, "a.txt", "--quiet"], {
    TERM: "dumb",
  })
  assert.strictEqual(stderr, "")
  assert.include(stdout, "a.txt  fine")
})
