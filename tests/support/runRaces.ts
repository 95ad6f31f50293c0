/**
 * Runs every `*.race.ts` below a folder with vitest, and prints what a reader would see of them as JSON: by file,
 * the verdict of each race or the error it failed with.
 */
import { relative } from "node:path"
import process from "node:process"
import { startVitest, type Reporter, type TestCase } from "vitest/node"

const root = process.argv[2] ?? "."
const shown: Record<string, Array<string>> = {}

const textOf = (test: TestCase): ReadonlyArray<string> => {
  const { state, errors = [] } = test.result()
  if (state === "failed") return errors.map(({ name, message }) => nameless(name ?? "", message))
  return test.annotations().map(({ message }) => message)
}

/** A failed race's message is the report itself; the name of any other error says something. */
const nameless = (name: string, message: string): string =>
  name === "RaceFailed" ? message : `${name}: ${message}`

const reporter: Reporter = {
  onTestCaseResult: (test) => {
    const texts = (shown[relative(root, test.module.moduleId)] ??= [])
    texts.push(...textOf(test))
  },
  onTestRunEnd: (_, errors) => {
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
  },
}

const conditions = ["@scaler-ts/source"]
const vitest = await startVitest(
  "test",
  [],
  {
    root,
    config: false,
    watch: false,
    reporters: [reporter],
    include: ["**/*.race.ts"],
    // Most of these take less time than to load the sources anew for each.
    isolate: false,
    maxWorkers: "100%",
    experimental: { viteModuleRunner: false },
    execArgv: conditions.map((condition) => `--conditions=${condition}`),
  },
  { resolve: { conditions }, ssr: { resolve: { conditions } } },
)
await vitest.close()
// A race that fails is what the page is about.
process.exitCode = 0
process.stdout.write(JSON.stringify(shown))
