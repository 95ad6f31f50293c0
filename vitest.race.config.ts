import { mergeConfig } from "vitest/config"
import base, { inOneProcess } from "./vitest.config.ts"

// Only the races, and with them those in tests/races/deep, which take too long for every `npm test`.
const races = mergeConfig(base, {})
const { projects: _, ...shared } = races.test ?? {}
races.test = {
  ...shared,
  ...inOneProcess,
  include: ["tests/races/*.race.ts", "tests/races/deep/*.race.ts", "examples/**/*.race.ts"],
  reporters: ["verbose"],
}

export default races
