import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "vitest"
import { documents } from "./tables/print.ts"

const root = new URL("../../../", import.meta.url)

for (const [path, print] of documents) {
  test(`${path} says what the tables and the layout say`, () => {
    assert.ok(
      readFileSync(new URL(path, root), "utf8") === print(),
      `${path} is not what the tables say; run npm run docs`,
    )
  })
}
