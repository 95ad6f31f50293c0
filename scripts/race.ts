/**
 * Tries the races: all of them, or those that a file filter, `-t` or another argument of `vitest run`
 * chooses. With `--deep` also those in tests/races/deepest.
 */
import process from "node:process"
import { createCLI } from "vitest/node"

const deep = "--deep"
const given = process.argv.slice(2)
const config = given.includes(deep) ? "vitest.deep.config.ts" : "vitest.race.config.ts"
const others = given.filter((one) => one !== deep)
try {
  createCLI().parse(["node", "vitest", "run", "--config", config, ...others])
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  console.error(
    `${reason}; npm run race takes ${deep}, names of files, and the options of vitest run`,
  )
  process.exitCode = 1
}
