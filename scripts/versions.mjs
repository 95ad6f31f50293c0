// Gives each deno.json the version of the package.json beside it, which is the one that changesets writes.
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))

for (const file of globSync("packages/*/deno.json", { cwd: root })) {
  const { version } = JSON.parse(readFileSync(join(root, dirname(file), "package.json"), "utf8"))
  const deno = JSON.parse(readFileSync(join(root, file), "utf8"))
  writeFileSync(join(root, file), `${JSON.stringify({ ...deno, version }, undefined, 2)}\n`)
}
