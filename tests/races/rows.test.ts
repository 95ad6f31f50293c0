/** The table in README.md names exactly the files whose races cite a row. */
import { assert, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"

const here = new URL(".", import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, here), "utf8")

/** The rows that the names of a file's races cite. */
const citedIn = (file: string): ReadonlySet<string> =>
  new Set(
    [...read(file).matchAll(/it\.race\(\s*"([^"]+)"/g)].flatMap(([, name = ""]) =>
      (/\(([^()]*)\)$/.exec(name)?.[1] ?? "").split(", "),
    ),
  )

const races = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".race.ts"))
  .map((file) => ({ name: file.replace(".race.ts", ""), cited: citedIn(file) }))

const rows = [...read("README.md").matchAll(/^\| (R\d+) +\|[^|]*\| ([^|]*?) +\|$/gm)]

it("every row is raced where the table says so, or the table says why not", () => {
  const numbers = Array.from({ length: 53 }, (_, index) => `R${index + 1}`)
  assert.deepStrictEqual(
    rows.map(([, row]) => row),
    numbers,
  )
  for (const [, row = "", where = ""] of rows) {
    const files = races.filter(({ cited }) => cited.has(row)).map(({ name }) => name)
    const listed = where.startsWith("— ") ? [] : where.split(", ")
    assert.sameMembers(files, listed, row)
  }
})

it("what is tested elsewhere is tested there", () => {
  for (const [, row = "", where = ""] of rows) {
    for (const [file] of where.matchAll(/\S+\.test\.ts/g)) {
      assert.include(read(`../../${file}`), row, `${file} says nothing of ${row}`)
    }
  }
})
