import { mergeConfig } from "vitest/config"
import races from "./vitest.race.config.ts"

// The races, and with them those that no machine tries in every order.
export default mergeConfig(races, { test: { include: ["tests/races/deepest/*.race.ts"] } })
