import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const conditions = ["@scaler-ts/source"]

/**
 * To load the sources anew for each file takes longer than most files do, and code that is not yet optimized
 * is slow.
 */
export const inOneProcess = {
  isolate: false,
  experimental: { viteModuleRunner: false },
  execArgv: conditions.map((condition) => `--conditions=${condition}`),
}

/** What keeps to itself: it neither looks at the whole process, nor changes anything that all of it shares. */
const together = [
  "packages/{adapter-memory,future,operator,runtime,scheduler}/test/**/*.test.ts",
  "packages/protocol/test/**/!(Values.hostile).test.ts",
  "packages/testkit/test/!(truth|vitest).test.ts",
  "packages/worker/test/{children,inline*,lines,registry,runTask,tables*,worker*}.test.ts",
  "apps/cli/test/{rendering,settings,topLines,topRender,topState}.test.ts",
  "tests/{future,hostile,operator,races,schema,states}/**/*.test.ts",
  "tests/promise/!(future|unhandled).test.ts",
  "tests/conformance/!(zmq).test.ts",
]

const races = ["tests/races/*.race.ts", "examples/**/*.race.ts"]

// One configuration for every package: tests read the sources, so none needs a build first.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: [...together, ...races],
          ...inOneProcess,
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: [
            "packages/*/test/**/*.test.ts",
            "apps/*/test/**/*.test.ts",
            "bench/test/**/*.test.ts",
            "tests/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", ...together],
        },
      },
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
