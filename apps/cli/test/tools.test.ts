// The commands that need no cluster, and what is written about all of them.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { afterAll, assert, describe, it } from "vitest"
import schema from "../schema.json" with { type: "json" }
import { Directory, jsonLines, scaler } from "./support.ts"

const read = (relative: string): string => readFileSync(new URL(relative, import.meta.url), "utf8")

/** The names of all commands, as `--help` has them. */
const commandsIn = (help: string): ReadonlyArray<string> =>
  Array.from(help.slice(help.indexOf("SUBCOMMANDS")).matchAll(/^ {2}(\w+) {2,}/gm), ([, name = ""]) => name) // oxfmt-ignore

describe("what is written of --json", () => {
  const rows = Array.from(
    read("../../../docs/json.md").matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm),
    ([, command = "", types = ""]) => ({ command, types: Array.from(types.matchAll(/`(\w+)`/g), ([, type]) => type) }), // oxfmt-ignore
  )

  it("has a row for every command", async () => {
    const { stdout } = await scaler(".", ["--help"])
    const commands = commandsIn(stdout)
    assert.isAbove(commands.length, 15)
    assert.sameMembers(
      rows.map(({ command }) => command),
      commands.slice(),
    )
  })

  it("names each type of the schema, and no other", () => {
    const types = schema.oneOf.map(({ properties }) => properties.type.const)
    assert.sameMembers([...new Set(rows.flatMap((row) => row.types))], types)
  })
})

it("bench has a line for an executor", async () => {
  const { code, stdout } = await scaler(".", ["bench", "--executor", "inline", "--json"])
  const [line, ...others] = jsonLines(stdout)
  assert.deepStrictEqual([code, others], [0, []])
  assert.strictEqual(line?.["executor"], "inline")
  assert.notProperty(line, "killMs")
})

describe("replay", () => {
  const vitest = new Directory(
    {
      "vitest.config.ts": `const conditions = ["@scaler-ts/source"]
        export default { resolve: { conditions }, ssr: { resolve: { conditions } }, test: { include: ["*.race.ts"] } }`,
      "wrong.race.ts": `import { Future } from "@scaler-ts/future"
        import { it } from "@scaler-ts/testkit/vitest"
        it.race("ends", function* ({ submit, job, never }) {
          const work = job("work")
          yield* Future.cancel(yield* submit(work))
          never(work.ended, "it ran to its end")
        })`,
    },
    new URL("../../../.cache/replay", import.meta.url).pathname,
  )
  afterAll(() => vitest[Symbol.dispose]())

  it("sees the order of a race that has failed again, and nothing by another token", async () => {
    const bin = new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url).pathname
    const first = spawnSync(process.execPath, [bin, "run"], { cwd: vitest.path, encoding: "utf8" })
    const token = /SCALER_REPLAY=(st2-[\w-]+)/.exec(first.stderr)?.[1] ?? ""
    const again = await scaler(vitest.path, ["replay", token, "wrong.race.ts"])
    assert.strictEqual(again.code, 1)
    assert.include(again.stderr, `{ replay: "${token}" } as the race's option`)
    // Of another race: its first letters stand for that.
    const elsewhere = `st2-AAAA${token.slice(8)}`
    const other = await scaler(vitest.path, ["replay", elsewhere, "--json"])
    assert.deepStrictEqual(jsonLines(other.stdout), [{ version: 1, type: "replayed", token: elsewhere, passed: 0, failed: 0 }]) // oxfmt-ignore
    assert.strictEqual(other.code, 4)
    assert.include(other.stderr, "No race was replayed: none of these tests has that order.")
  })

  it.concurrent.each([
    [
      "nonsense",
      2,
      '"nonsense" is no token; a race that fails prints one, which begins with st2-.',
    ],
    ["st2-AAAA", 1, "There is no vitest in"],
  ])("says why it cannot: %s", async (token, code, says) => {
    using elsewhere = new Directory({})
    const run = await scaler(elsewhere.path, ["replay", token])
    assert.strictEqual(run.code, code)
    assert.include(run.stderr, says)
  })
})
