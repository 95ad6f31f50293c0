import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, expect, it } from "vitest"
import { root, runFile } from "../support/runFile.ts"
import { mutants } from "./mutants.ts"
import { patchedText } from "./patch.ts"

const read = (file: string): string => readFileSync(join(root, file), "utf8")

/** A minute or two of work for two cores, on a machine that may be busy. */
const timeoutMs = 600_000

/** The events and columns of each table of docs/semantics.md, by the table's name. */
const tables = new Map(
  [...read("docs/semantics.md").matchAll(/^### (\w+), per .*\n\n((?:\|.*\n)+)/gm)].map(
    ([, name = "", text = ""]) => {
      const rows = text.split("\n").map((row) => row.split(" | ").map((cell) => cell.trim()))
      const [, ...columns] = (rows[0] ?? []).map((cell) => cell.replace(/ *\|$/, ""))
      const events = rows.slice(2).map(([event = ""]) => event.replace(/^\| /, ""))
      return [name, { columns, events }] as const
    },
  ),
)

describe("mutants", () => {
  it("are many, and each has a name of its own", () => {
    assert.isAtLeast(mutants.length, 30)
    assert.strictEqual(new Set(mutants.map(({ name }) => name)).size, mutants.length)
  })

  it("each fit in exactly one place, and change it", () => {
    for (const mutant of mutants) {
      const source = read(mutant.file)
      assert.notStrictEqual(patchedText(source, mutant), source, mutant.name)
    }
  })

  it("that fit nowhere, or in two places, are refused", () => {
    const patch = { file: "some.ts", find: "one", replace: "two" }
    expect(() => patchedText("none", patch)).not.toThrow()
    expect(() => patchedText("nothing", patch)).toThrow("some.ts has 0 places")
    expect(() => patchedText("one and one", patch)).toThrow("some.ts has 2 places")
  })

  it("name races that there are, and that are held to with nothing planted by every `npm test`", () => {
    for (const { name, killedBy } of mutants) {
      assert.notMatch(killedBy.file, /^deep/, name)
      const text = read(`tests/races/${killedBy.file}.race.ts`)
      const races = [...text.matchAll(/it\.race\(\s*"([^"]+)"/g)].map(([, race]) => race)
      assert.include(races, killedBy.race, name)
    }
  })

  it("get cells of the tables wrong, at least one in each column", () => {
    assert.deepStrictEqual([...tables.keys()], ["Client", "Scheduler", "Worker"])
    for (const [name, { columns, events }] of tables) {
      const cells = mutants.flatMap(({ cell }) => (cell?.[0] === name ? [cell] : []))
      for (const [, , event] of cells) assert.include(events, event)
      assert.sameMembers([...new Set(cells.map(([, column]) => column))], columns)
    }
  })

  it(
    "are all killed, by the races they name",
    async () => {
      // That the races hold with nothing planted they say themselves.
      const { stdout } = await runFile("tests/mutants/run.ts", "--planted")
      assert.include(stdout, `${mutants.length} mutants`)
      assert.include(stdout, " 0 wrong")
    },
    timeoutMs,
  )
})
