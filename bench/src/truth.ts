/**
 * What a cancel tells its caller, and what was true: scaler-ts beside piscina, row by row.
 *
 * Run by `node bench/src/truth.ts`; takes some seconds. The tasks write to a file for as long as
 * they run, so whoever is told that one has stopped can look whether it has.
 */
import type { Receipt } from "@scaler-ts/future"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Cluster, start } from "@scaler-ts/local"
import { Piscina } from "piscina"
import type { Diary } from "./diary.ts"
import { pause } from "./harness.ts"
import { tasks } from "./truthTasks.ts"

const graceMs = 50
/** From the first sign of life of the task to the cancel. */
const cancelAfterMs = 50
/** Longer than any task here takes. */
const lookAgainMs = 1_200

interface Scenario {
  readonly what: string
  readonly task: "spin" | "child"
  readonly ms: number
}

const scenarios: ReadonlyArray<Scenario> = [
  { what: "spins for 800 ms", task: "spin", ms: 800 },
  { what: "execFileSync for 800 ms", task: "child", ms: 800 },
  { what: "ends 20 ms after the cancel", task: "spin", ms: cancelAfterMs + 20 },
]

/** Starts the task and returns what stops it and says what the caller was told. */
type Start = (scenario: Scenario, diary: Diary) => () => Promise<string>

const inCluster =
  (cluster: Cluster): Start =>
  ({ task }, diary) => {
    const future = cluster.submit(tasks[task], diary)
    return async () => told(await future.cancel())
  }

const told = (receipt: Receipt<string>): string => {
  switch (receipt._tag) {
    case "Stopped":
      return `Stopped, ${receipt.how}`
    case "Finished":
      return `Finished, "${receipt.exit._tag === "Success" ? receipt.exit.value : "failed"}"`
    default:
      return receipt._tag
  }
}

const inPool =
  (pool: Piscina): Start =>
  ({ task }, diary) => {
    const controller = new AbortController()
    const name = task === "spin" ? "diaryOfSpin" : "diaryOfChild"
    const ended = pool.run(diary, { name, signal: controller.signal })
    const said = ended.then(String, (error: Error) => error.name)
    return () => {
      controller.abort()
      return said
    }
  }

/** One row of the table: what the task does, with whom, and what came of the cancel. */
type Row = readonly [
  task: string,
  who: string,
  told: string,
  afterMs: string,
  ranOn: string,
  ranToEnd: string,
]

const titles: Row = [
  "the task",
  "with",
  "told",
  "after",
  "ran on after that",
  "side effect complete",
]

const print = (rows: ReadonlyArray<Row>): void => {
  const all = [titles, ...rows]
  const widths = titles.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const shown = all.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | "))
  shown.splice(1, 0, widths.map((width) => "-".repeat(width)).join(" | "))
  for (const line of shown) console.log(`| ${line} |`)
}

const observe = async (scenario: Scenario, who: string, start: Start): Promise<Row> => {
  const directory = mkdtempSync(join(tmpdir(), "scaler-truth-"))
  try {
    const file = join(directory, "diary")
    const stop = start(scenario, { file, ms: scenario.ms })
    while (!existsSync(file)) await pause(1)
    await pause(cancelAfterMs)
    const begin = performance.now()
    const said = await stop()
    const afterMs = performance.now() - begin
    const size = statSync(file).size
    await pause(lookAgainMs)
    const grown = statSync(file).size - size
    return [
      scenario.what,
      who,
      said,
      `${Math.round(afterMs)} ms`,
      grown > 0 ? "yes" : "no",
      readFileSync(file, "utf8").endsWith("end") ? "yes" : "no",
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const cluster = await start({ tasks, executor: "thread", slots: 1, graceMs })
const filename = new URL("./diary.ts", import.meta.url).href
const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 })
try {
  const rows: Array<Row> = []
  for (const scenario of scenarios) {
    rows.push(await observe(scenario, "scaler-ts", inCluster(cluster)))
    rows.push(await observe(scenario, "piscina", inPool(pool)))
  }
  console.log(`The grace period of scaler-ts is ${graceMs} ms; piscina has none.\n`)
  print(rows)
} finally {
  await Promise.all([cluster.close(), pool.destroy()])
}
