import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import { root } from "../support/runFile.ts"

const run = promisify(execFile)

/** Runs the Deno of the devDependency. Nothing is fetched: it reads the installed node_modules. */
const deno = (...args: ReadonlyArray<string>) =>
  run(join(root, "node_modules/.bin/deno"), args, {
    cwd: root,
    env: { ...process.env, DENO_DIR: join(root, ".cache/deno"), NO_COLOR: "1" },
  })

const members: ReadonlyArray<string> = JSON.parse(
  readFileSync(join(root, "deno.json"), "utf8"),
).workspace

/** Every module a package exports, as its deno.json says. */
const exported = members.flatMap((member) => {
  const { exports } = JSON.parse(readFileSync(join(root, member, "deno.json"), "utf8"))
  const files: ReadonlyArray<string> =
    typeof exports === "string" ? [exports] : Object.values(exports)
  return files.map((file) => join(member, file))
})

describe("Deno, from the same sources", () => {
  it("submits, cancels, and gets the receipt, without any permission", async () => {
    const { stdout } = await deno("run", "--no-remote", "tests/deno/program.ts")
    assert.deepStrictEqual(stdout.trimEnd().split("\n"), [
      "sqrt(16) = 4",
      "Stopped cooperative",
      "future: cancelled",
      "world: timer here#1 after 3600000 ms",
      "world: here>there#1 after 3600000 ms",
    ])
  })

  it("speaks promises: awaits, cancels, aborts, loops, and leaves nothing open", async () => {
    const { stdout, stderr } = await deno("run", "--no-remote", "tests/deno/promises.ts")
    assert.deepStrictEqual(stdout.trimEnd().split("\n"), [
      "sqrt(16) = 4",
      "Stopped cooperative",
      "TaskCancelled: enough",
      "1, 2, 3",
      "ended: 1, 5",
      "the block has left: cancelled",
    ])
    assert.strictEqual(stderr, "")
  })

  it("runs tasks in Web Workers, and says of a kill what it has seen", async () => {
    const { stdout, stderr } = await deno("run", "-A", "--no-remote", "tests/deno/webWorkers.ts")
    const [warning, ...others] = stdout.split("\n").filter((line) => line.includes("WARN"))
    assert.deepStrictEqual(others, [])
    assert.match(
      warning ?? "",
      /had not exited 5000 ms after .*still running: "spin" .*"scaler\.worker": "worker"/,
    )
    assert.deepStrictEqual(
      stdout.split("\n").filter((line) => line !== warning && line !== ""),
      [
        "sqrt(16) = 4",
        "100000 bytes of 2",
        "obeys: Stopped cooperative",
        "finalized",
        "an Effect: Stopped cooperative",
        "ignores: Stopped killed",
        "leaves a timer: Stopped killed",
        "and wrote 0 times afterwards",
        "crashes: true",
        "sqrt(25) = 5",
        "spins: Unconfirmed",
        "closed",
      ],
    )
    assert.match(stderr, /thrown outside/)
  })

  it("type-checks every module the packages export, and the programs", async () => {
    assert.isTrue(
      exported.every((file) => existsSync(join(root, file))),
      exported.join(" "),
    )
    await deno(
      "check",
      ...exported,
      "tests/deno/program.ts",
      "tests/deno/promises.ts",
      "tests/deno/webWorkers.ts",
    )
  }, 120_000)

  it("knows the same exports as npm does, but for those that need Node", () => {
    for (const member of members) {
      const own = JSON.parse(readFileSync(join(root, member, "deno.json"), "utf8"))
      const npm = JSON.parse(readFileSync(join(root, member, "package.json"), "utf8"))
      const denoPaths = typeof own.exports === "string" ? ["."] : Object.keys(own.exports)
      const npmPaths = Object.keys(npm.exports).filter(
        (path) => !["./process", "./thread"].includes(path),
      )
      assert.deepStrictEqual(denoPaths, npmPaths, npm.name)
      assert.strictEqual(own.version, npm.version)
    }
  })
})
