import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

// One configuration for every package: tests read the sources, so none needs a build first.
const conditions = ["@scaler-ts/source"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "apps/*/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
      "tests/**/*.test.ts",
      "tests/races/*.race.ts",
      "examples/**/*.race.ts",
    ],
    setupFiles: [fileURLToPath(new URL("tests/support/setup.ts", import.meta.url))],
    // Otherwise one core is left idle, which on two is half of them: most files keep one busy.
    maxWorkers: "100%",
    // What takes seconds on an idle machine may take many on a busy one; nothing here is timed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Every process that a test starts loads the sources: with them compiled once it takes a third of the time.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL(".cache/compile", import.meta.url)) },
  },
})
