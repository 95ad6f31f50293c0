// The real thing on a pseudo-terminal: what can be seen, what keys do, and how the terminal is left.
import { fileURLToPath } from "node:url"
import { assert, it } from "vitest"
import { Pty, type PtyOptions } from "./Pty.ts"
import { fixture } from "./support.ts"

// The devDependency's Node: a developer's own may be too old for .ts files.
const node = fileURLToPath(new URL("../../../node_modules/.bin/node", import.meta.url))

/**
 * A shell that runs the program, then says its exit code and the terminal's modes, and waits: what is
 * written last by a process that has ended may be lost.
 */
const shell = (tasks: ReadonlyArray<string>, options: PtyOptions = {}, after = ""): Pty => {
  const program = `"${node}" --conditions=@scaler-ts/source "${fixture("topProgram.ts")}" ${tasks.join(" ")}`
  const script = `set -m; ${program}; code=$?; ${after} echo "left with $code"; stty -a; echo over; read -r _`
  return new Pty("sh", ["-c", script], options)
}

/** The process that shows it: it is in the title. */
const processOf = async (pty: Pty): Promise<number> => {
  await pty.shows(/process \d+/)
  return Number(/process (\d+)/.exec(pty.lines.join("\n"))?.[1])
}

const assertGivenBack = (pty: Pty): void => {
  assert.isFalse(pty.isAlternate)
  const text = pty.lines.join("\n")
  assert.match(text, /(?<!-)\bicanon\b/)
  assert.match(text, /(?<!-)\becho\b/)
  for (const mode of ["?25", "?7"]) {
    const isOn =
      pty.written.lastIndexOf(`\u001b[${mode}h`) > pty.written.lastIndexOf(`\u001b[${mode}l`)
    assert.isTrue(isOn, `${mode} is on again`)
  }
}

it.concurrent("shows tasks, cancels what is marked after asking, resizes, suspends and quits", async () => {
  await using pty = shell(
    ["hold", "deaf", "hold"],
    {},
    "stty -a; echo asleep; read -r _; fg; code=$?;",
  )
  await pty.shows(/deaf +running[^]*hold +running|hold +running[^]*deaf +running/)
  assert.isTrue(pty.isAlternate)
  pty.press("s")
  await pty.shows(/NAME ▼[^]*^> \S+ +deaf .*\n {2}\S+ +hold .*\n {2}\S+ +hold /m)
  pty.press("\u001b[B")
  await pty.shows(/^> \S+ +hold/m)
  pty.press("c")
  await pty.shows(/^Cancel \S+ hold, running .* on worker-\d\? y\/n$/m)
  pty.press("y")
  await pty.shows(/^\S+ hold: stopped after .*, by itself on worker-\d$/m)
  await pty.shows(/^cancels confirmed by workers 1: p50 /m)
  pty.press("kcy")
  await pty.shows(/^\S+ deaf: refused to stop, and goes on on worker-\d$/m)
  await pty.shows(/STILL RUNNING AFTER CANCEL \(1\)\n +\S+ +refused to stop/)
  pty.resize(40, 10)
  await pty.shows(/^scaler-ts {2}process \d+.*\nqueued {2}running {2}cancelling +oldest\n/)
  assert.isTrue(pty.lines.every((line) => line.length <= 40))
  pty.press("\u001a")
  await pty.shows("asleep")
  assertGivenBack(pty)
  pty.press("\r")
  await pty.shows(/STILL RUNNING/)
  assert.isTrue(pty.isAlternate)
  pty.resize(80, 24)
  pty.press("q")
  await pty.shows("over")
  assert.include(pty.lines.join("\n"), "scaler-ts: still running after cancel: ")
  assert.include(pty.lines.join("\n"), "left with 0")
  assertGivenBack(pty)
})

const endings = [
  ["SIGTERM", {}, "left with 130", ""],
  ["SIGHUP", {}, "left with 130", ""],
  ["SIGUSR2", {}, "left with 1", "scaler-ts: Lost the scheduler: "],
  ["SIGUSR2", { CRASH: "yes" }, "left with 1", "something broke"],
] as const

for (const [signal, env, end, said] of endings) {
  const why =
    "CRASH" in env ? "a crash" : signal === "SIGUSR2" ? "the loss of its scheduler" : signal
  it.concurrent(`gives the terminal back after ${why}`, async () => {
    await using pty = shell(["hold"], { env })
    const pid = await processOf(pty)
    await pty.shows(/hold +running/)
    process.kill(pid, signal)
    await pty.shows("over")
    assert.include(pty.lines.join("\n"), end)
    assert.include(pty.lines.join("\n"), said)
    assertGivenBack(pty)
  })
}

it.concurrent("prints lines on a dumb terminal, until Ctrl-C", async () => {
  await using pty = shell(["hold"], { env: { TERM: "dumb" } })
  await pty.shows(/running 1, [^]*running 1, /)
  pty.press("\u0003")
  await pty.shows("over")
  assert.include(pty.lines.join("\n"), "left with 130")
  assert.notInclude(pty.written, "\u001b")
})

it.concurrent("ends quietly when its reader leaves", async () => {
  const program = `"${node}" --conditions=@scaler-ts/source "${fixture("topProgram.ts")}" hold --every 20 --json`
  const script = `{ ${program}; echo "left with $?" >&2; } | head -n 1 | cut -c 1-32; echo over; read -r _`
  await using pty = new Pty("sh", ["-c", script])
  await pty.shows("over")
  assert.deepStrictEqual(pty.lines.filter((line) => line !== "").toSorted(), [
    "left with 0",
    "over",
    '{"version":1,"type":"snapshot","',
  ])
})
