// Ctrl-C and the like, on a pseudo-terminal, and what the command does where things are missing.
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { Cluster, clusterTasks } from "./Cluster.ts"
import { Pty } from "./Pty.ts"
import { Directory, type Run, scaler } from "./support.ts"

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const command = `"${path("../../../node_modules/.bin/node")}" --conditions=@scaler-ts/source "${path("../src/main.ts")}"` // oxfmt-ignore

/** A shell that runs the command, says its exit code, and waits to be read. */
const onTerminal = (args: string, env: Record<string, string> = {}, before = ""): Pty =>
  new Pty(
    "sh",
    ["-c", `trap : INT; ${before} ${command} ${args}; echo "exit code $?"; read -r _`],
    { columns: 120, env },
  )

const ctrlC = "\u0003"

describe.concurrent("Ctrl-C", () => {
  it("says at once what happens, and waits for the receipt", async () => {
    await using pty = onTerminal(`call "${clusterTasks}#listen"`)
    await pty.shows("listening")
    pty.press(ctrlC)
    await pty.shows(/Interrupted: cancelling \S+, waiting for its receipt \(Ctrl-C: leave now\)/)
    await pty.shows(/\S+\.1 stopped after .*, by itself\./)
    await pty.shows("exit code 130")
  })

  it("leaves when it is pressed again, and says what is unconfirmed", async () => {
    await using pty = onTerminal(`call "${clusterTasks}#deaf" --grace 60s`)
    await pty.shows("not listening")
    pty.press(ctrlC)
    await pty.shows("waiting for its receipt")
    pty.press(ctrlC)
    await pty.shows(/Left without confirmation: \S+\.1 may still be running\./)
    await pty.shows("exit code 130")
  })

  it("lets a scheduler end in order", async () => {
    using directory = new Directory({})
    await using pty = onTerminal(`scheduler --address ipc://${directory.path}/s`)
    await pty.shows("listening at")
    pty.press(ctrlC)
    await pty.shows("no task was left")
    await pty.shows("exit code 0")
  })
})

/** Tells a worker to end, and, once it has said that it lets go on what runs, again. */
const endedByTwo = async (worker: Run): Promise<void> => {
  worker.child.kill("SIGTERM")
  await worker.says("stderr", "told to end: what runs may go on for 30.0 s")
  worker.child.kill("SIGTERM")
  const { code, stderr } = await worker.finished
  assert.include(stderr, "told again: stopping what runs")
  assert.strictEqual(code, 0)
}

it("a worker that is told twice stops what it runs, and leaves nothing behind", async () => {
  await using cluster = await Cluster.start()
  const worker = await cluster.background(["worker", clusterTasks, "--name", "w"], "works for", {})
  await cluster.running("spin", { graceMs: 100 })
  await endedByTwo(worker)
})

it("a worker that is told twice, and whose scheduler is killed just then, does so, too", async () => {
  await using cluster = new Cluster()
  const scheduler = await cluster.background(["scheduler"], "listening at")
  const worker = await cluster.background(["worker", clusterTasks], "works for", {})
  await cluster.running("spin", { graceMs: 100 })
  scheduler.child.kill("SIGKILL")
  await endedByTwo(worker)
})

describe.concurrent("what moves and what is coloured", () => {
  it("is for terminals", async () => {
    await using pty = onTerminal(`map "${clusterTasks}#greet" "${clusterTasks}"`)
    await pty.shows("exit code 0")
    assert.include(pty.written, "\u001b[1mfile")
  })

  it("shows how many lines have ended, and leaves none of that between them", async () => {
    await using pty = onTerminal(`map "${clusterTasks}#square" -`, {}, "seq 2 3 |")
    await pty.shows("exit code 0")
    assert.match(pty.written, /\d done/)
    const item = (line: number, value: number): string =>
      JSON.stringify({ version: 1, type: "item", line, state: "succeeded", value })
    assert.deepStrictEqual(pty.lines.slice(0, 2), [item(1, 4), item(2, 9)])
  })

  it.each([
    ["--no-color", {}],
    ["", { NO_COLOR: "1" }],
    ["", { TERM: "dumb" }],
  ])("but not with %j and %j", async (flag, env) => {
    await using pty = onTerminal(`map "${clusterTasks}#greet" "${clusterTasks}" ${flag}`, env)
    await pty.shows("exit code 0")
    assert.notInclude(pty.written, "\u001b[1m")
    assert.include(pty.written, "1 succeeded")
  })
})

describe.concurrent("a reader of stdout", () => {
  // Otherwise the shell would wait for it.
  it("that leaves ends the command quietly, one that goes on as well", async () => {
    using directory = new Directory({})
    await using pty = onTerminal(`scheduler --address ipc://${directory.path}/s | true`)
    await pty.shows("exit code 0")
    assert.notInclude(pty.written, "EPIPE")
    assert.deepStrictEqual(readdirSync(directory.path), [])
  })

  it("that takes nothing makes it fail", async () => {
    // It is open for reading only: what is written there is lost.
    await using pty = onTerminal("config 1< /dev/null")
    await pty.shows("exit code 1")
    assert.match(pty.written, /What is printed cannot be written: .*, write\. Make room, or write it elsewhere\./) // oxfmt-ignore
  })
})

describe("without a place to keep ids", () => {
  it.each([
    ["no home", { HOME: "" }, "neither HOME nor XDG_STATE_HOME is set"],
    ["a folder that cannot be written", { XDG_STATE_HOME: clusterTasks }, "ENOTDIR"],
  ])("%s: the task is submitted all the same", async (_, env, says) => {
    await using cluster = await Cluster.start()
    const { code, stderr, stdout } = await scaler(cluster.directory.path, ["submit", "x"], {
      ...cluster.env,
      ...env,
    })
    assert.strictEqual(code, 0)
    assert.match(stdout, /^\w+\.1\n$/)
    assert.include(stderr, 'The ids are not kept for "cancel --mine"')
    assert.include(stderr, says)
  })
})
