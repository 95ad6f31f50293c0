/** What `npm run race` makes of its arguments. */
import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import process from "node:process"
import { root } from "../support/runFile.ts"

const race = (...args: ReadonlyArray<string>): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, ["scripts/race.ts", ...args], { cwd: root, encoding: "utf8" })

it("an argument that nobody knows is refused, and nothing is run", () => {
  const { status, stderr, stdout } = race("--deeep")
  assert.strictEqual(status, 1)
  assert.include(String(stderr), "Unknown option `--deeep`; npm run race takes --deep")
  assert.strictEqual(String(stdout), "")
})

it("the races in deepest/ are tried with --deep and not without", () => {
  const without = race("deepest", "-t", "no race of this name")
  assert.strictEqual(without.status, 1)
  const { status, stdout } = race("--deep", "deepest", "-t", "no race of this name")
  assert.strictEqual(status, 0)
  assert.match(String(stdout), /skipped/)
})
