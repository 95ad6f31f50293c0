/**
 * What a cancel tells its caller, and what was true: scaler-ts beside others, by one rule.
 *
 * Run by `node bench/src/cancel.ts`; takes some minutes. `--only <text>` takes the systems whose name
 * contains it, `--rounds n` sets how many rounds each row has, `--json` prints one object per line.
 * The rule is in `cancel/verdict.ts`, the functions that are cancelled are in `cancel/functions.ts`.
 */
import { availableParallelism } from "node:os"
import process from "node:process"
import { benchOptions } from "./options.ts"
import { observe } from "./cancel/observe.ts"
import {
  type LeftOut,
  printJson,
  printTable,
  type Round,
  type Row,
  rowOf,
} from "./cancel/report.ts"
import { type Scenario, scenariosOf } from "./cancel/scenarios.ts"
import { graceMs, Missing, type Running, type System } from "./cancel/System.ts"
import { bullmq, bullmqAwaited } from "./cancel/systems/bullmq.ts"
import { effectRpc } from "./cancel/systems/effectRpc.ts"
import { ours } from "./cancel/systems/ours.ts"
import { piscina } from "./cancel/systems/piscina.ts"
import { poolifier } from "./cancel/systems/poolifier.ts"
import { workerpool } from "./cancel/systems/workerpool.ts"
import { judge } from "./cancel/verdict.ts"

const systems: ReadonlyArray<System> = [
  piscina,
  workerpool,
  poolifier,
  bullmq,
  bullmqAwaited,
  effectRpc,
  ...ours,
]

const { json, only, rounds } = benchOptions()
const wanted = systems.filter(({ name }) => name.toLowerCase().includes(only))
if (wanted.length === 0) {
  throw new RangeError(`--only ${only}: there is ${systems.map((s) => s.name).join(", ")}`)
}

const takeRow = async (running: Running, name: string, scenario: Scenario): Promise<Row> => {
  const taken: Array<Round> = []
  for (let round = 0; round < rounds; round++) {
    const observation = await observe(running, scenario, lookLongerMs)
    taken.push({ observation, verdict: judge(observation) })
  }
  return rowOf(scenario.what, name, taken)
}

const scenarios = scenariosOf(800)
const lookLongerMs = 400

/** A system's rows in the order of the scenarios, or what the machine lacks for it. */
const take = async ({ name, triesAgain, start }: System): Promise<ReadonlyArray<Row> | Missing> => {
  const running = await start().catch((error: unknown) => {
    if (error instanceof Missing) return error
    throw error
  })
  if (running instanceof Missing) return running
  try {
    const rows: Array<Row> = []
    for (const scenario of scenarios) {
      if (scenario.attemptsMax > 1 && !triesAgain) continue
      console.error(`${name}: ${scenario.what}`)
      rows.push(await takeRow(running, name, scenario))
    }
    return rows
  } finally {
    await running.stop()
  }
}

const rows: Array<Row> = []
const leftOut: Array<LeftOut> = []
for (const system of wanted) {
  const taken = await take(system)
  if (taken instanceof Missing) leftOut.push({ system: system.name, missing: taken.message })
  else rows.push(...taken)
}
const ordered = scenarios.flatMap(({ what }) => rows.filter((row) => row.what === what))
if (json) printJson([...ordered, ...leftOut])
else {
  const shown = [`Node ${process.version}`, `${availableParallelism()} cores`, `${rounds} rounds`]
  console.log(`${shown.join(", ")}; the grace period, where there is one, is ${graceMs} ms\n`)
  printTable(ordered)
  for (const { system, missing } of leftOut) console.log(`\n${system} is left out: ${missing}`)
}
