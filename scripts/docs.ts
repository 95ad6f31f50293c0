/** Prints the documents that are made from data: run by `npm run docs`. */
import { writeFileSync } from "node:fs"
import { documents } from "../packages/protocol/test/tables/print.ts"

const root = new URL("../", import.meta.url)

for (const [path, print] of documents) {
  writeFileSync(new URL(path, root), print())
  console.log(`wrote ${path}`)
}
