import { execFile } from "node:child_process"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import assert from "node:assert/strict"
import { afterAll, beforeAll, test } from "vitest"
import { reportName } from "../src/internal/reportFile.ts"

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

interface Assertion {
  readonly title: string
  readonly status: string
  readonly failureMessages: ReadonlyArray<string>
}

let folder = ""
let runs = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scaler-race-"))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the fixture as a user would and gives what vitest says of each test, and what it prints. */
const run = async (
  environment: Readonly<Record<string, string>>,
  ...more: ReadonlyArray<string>
): Promise<{ readonly tests: ReadonlyMap<string, Assertion>; readonly printed: string }> => {
  const file = join(folder, `${++runs}.json`)
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config=packages/testkit/test/fixtures/vitest.config.ts",
    "--reporter=verbose",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...more,
  ]
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1", ...environment }
  delete env["VITEST"]
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: root, env }, (_, stdout, stderr) => {
      resolve(stdout + stderr)
    })
  })
  const report = JSON.parse(await readFile(file, "utf8")) as {
    readonly testResults: ReadonlyArray<{ readonly assertionResults: ReadonlyArray<Assertion> }>
  }
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  return { tests: new Map(all.map((one) => [one.title, one])), printed }
}

const statuses = (tests: ReadonlyMap<string, Assertion>): Readonly<Record<string, string>> =>
  Object.fromEntries([...tests].map(([title, { status }]) => [title, status]))

test("it.race passes, fails with the picture and the token, and the token replays in its race alone", async () => {
  const { tests, printed } = await run({})
  assert.deepEqual(statuses(tests), {
    holds: "passed",
    fails: "failed",
    "is sampled": "passed",
    "is skipped": "skipped",
    "is a test like any other": "passed",
  })
  assert.match(printed, /✓ holds: verified, 12 schedules cover every order/)
  assert.match(printed, /~ is sampled: sampled/)
  assert.doesNotMatch(printed, /Serialized Error/, "the report is all that is printed of a failure")
  const message = tests.get("fails")?.failureMessages.join("\n") ?? ""
  assert.match(message, /✗ fails: fails in \d+ steps/)
  assert.match(message, /w1 → TaskCancelConfirm\(work\) canceled, cooperative/)
  assert.match(message, /never: it was stopped/)
  assert.match(
    message,
    /fixtures\/races\.ts:\d+/,
    "the stack points at the line that wrote the race",
  )
  const [, token = ""] = /SCALER_REPLAY=(st2-[\w-]+)/.exec(message) ?? []
  assert.ok(token.length > 4, message)

  const replayed = await run({ SCALER_REPLAY: token })
  assert.deepEqual(statuses(replayed.tests), {
    holds: "skipped",
    fails: "failed",
    "is sampled": "skipped",
    "is skipped": "skipped",
    "is a test like any other": "passed",
  })
  const again = replayed.tests.get("fails")?.failureMessages.join("\n") ?? ""
  assert.ok(again.includes(token), "the same schedule has the same token")
})

test("a race that fails leaves a page in the folder that the environment names, and says where", async () => {
  const pages = join(folder, "not", "there", "yet")
  const { tests } = await run({ SCALER_REPORT: pages }, "--testNamePattern=fails")
  const message = tests.get("fails")?.failureMessages.join("\n") ?? ""
  const [, token = ""] = /SCALER_REPLAY=(st2-[\w-]+)/.exec(message) ?? []
  const name = `fails-${token}.html`
  assert.deepEqual(await readdir(pages), [name])
  const [, last = ""] = /as the race's option\n(.*)\n {4}at /.exec(message) ?? []
  assert.equal(last, `  as a page: ${join(pages, name)}`)
  const page = await readFile(join(pages, name), "utf8")
  assert.ok(page.startsWith("<!doctype html>") && page.includes("never</b>: it was stopped"))

  const taken = join(pages, name)
  const again = await run({ SCALER_REPORT: taken }, "--testNamePattern=fails")
  assert.equal(again.tests.get("fails")?.status, "failed")
  const without = again.tests.get("fails")?.failureMessages.join("\n") ?? ""
  assert.match(without, /✗ fails: fails in \d+ steps/)
  assert.match(without, / {2}as a page: could not be written \(.*E(?:EXIST|NOTDIR)/)
})

test("a page is named by its race and its token, so that it is a file name anywhere", () => {
  assert.equal(
    reportName("A cancel / starts: no other try?", "st1-AB_-"),
    "a-cancel-starts-no-other-try-st1-AB_-.html",
  )
  assert.equal(reportName("../../etc", ""), "etc.html")
  assert.equal(reportName("?!", "st1-A"), "race-st1-A.html")
  assert.equal(reportName("取消", "st1-A"), "取消-st1-A.html")
  const long = reportName("𝒜".repeat(300), `st1-${"A".repeat(900)}`)
  assert.ok(Buffer.byteLength(long) <= 255, long)
})
