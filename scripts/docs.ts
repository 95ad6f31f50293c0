/** Prints the documents that are made from data or show what programs print: run by `npm run docs`. */
import { readFileSync, writeFileSync } from "node:fs"
import { documents } from "../packages/protocol/test/tables/print.ts"
import { printed } from "../tests/support/racePage.ts"

const root = new URL("../", import.meta.url)

for (const [path, print] of documents) {
  writeFileSync(new URL(path, root), print())
  console.log(`wrote ${path}`)
}

const races = new URL("docs/testing.md", root)
writeFileSync(races, await printed(readFileSync(races, "utf8")))
console.log("wrote docs/testing.md")
