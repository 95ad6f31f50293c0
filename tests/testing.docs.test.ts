import { execFile } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, beforeAll, it } from "vitest"
import { folder, printed } from "./support/racePage.ts"
import { root } from "./support/runFile.ts"

const page = readFileSync(join(root, "docs/testing.md"), "utf8")
let anew = ""

/** Some twenty programs, on a machine that may be busy. */
const timeoutMs = 120_000

beforeAll(async () => {
  anew = await printed(page)
}, timeoutMs)

it("docs/testing.md shows the examples as they are, and what its races really print", () => {
  // When it should differ: `npm run docs`.
  assert.strictEqual(page, anew)
})

it("its programs pass the type checker", async () => {
  const project = join(folder, "tsconfig.json")
  const extending = join(root, "tsconfig.test.json")
  writeFileSync(join(root, project), JSON.stringify({ extends: extending, include: ["*/*.ts"] }))
  const tsc = join("node_modules", "typescript", "bin", "tsc")
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", project], {
    cwd: root,
  }).catch((error: { readonly stdout: string }) => error)
  assert.strictEqual(stdout, "")
})
