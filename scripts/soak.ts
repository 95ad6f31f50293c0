/**
 * Storms of cancels and kills for as long as it takes to kill 10,000 tasks, half of them in threads and half
 * in processes. Every receipt is held to what the tasks have written, as in tests/evidence. Then for 5 minutes
 * a town over ZeroMQ whose processes are killed, stopped and started again. `--minutes n`: the three share so
 * much time. `--only town` leaves the storms out. The exit status says whether all was true, and nothing was
 * left behind.
 */
import process from "node:process"
import { parseArgs } from "node:util"
import { seedOf } from "../packages/protocol/test/seed.ts"
import { type StormClusterOptions, withStorms } from "../tests/support/stormCluster.ts"
import { withTrouble } from "../tests/zmq/trouble.ts"

const killsOfAll = 10_000

/** Of each round, after which it says how far it is, and looks whether every slot is free. */
const killsPerRound = 100
const cancelsPerRound = 400

const optionsOf = (
  args: ReadonlyArray<string>,
): { readonly minutes: number; readonly storms: ReadonlyArray<"thread" | "process"> } => {
  const options = { minutes: { type: "string" }, only: { type: "string" } } as const
  const { values } = parseArgs({ args: [...args], options })
  const { only } = values
  if (only !== undefined && only !== "town") {
    throw new RangeError(`--only is ${only}; give town, or leave it out`)
  }
  const minutes = Number(values.minutes ?? Infinity)
  if (minutes > 0) return { minutes, storms: only === "town" ? [] : ["thread", "process"] }
  throw new RangeError(`--minutes is ${values.minutes}; give a number above 0`)
}

interface Sum {
  readonly executor: string
  cancels: number
  kills: number
  readonly wrong: Array<string>
}

const shown = ({ executor, cancels, kills, wrong }: Sum): string =>
  `${executor}: ${cancels} cancels, ${kills} of them kills, ${wrong.length} lies and leaks`

const soak = async (options: StormClusterOptions, seed: number, untilMs: number): Promise<Sum> => {
  const sum: Sum = { executor: options.executor, cancels: 0, kills: 0, wrong: [] }
  const isToBeTimed = untilMs !== Infinity
  const mayGoOn = (): boolean => performance.now() < untilMs
  const left = await withStorms(options, async (storm) => {
    for (let round = 0; isToBeTimed ? mayGoOn() : sum.kills < killsOfAll / 2; round++) {
      const counts = { cancels: cancelsPerRound, kills: killsPerRound }
      const { words, lies } = await storm({ seed: seed + round, ...counts, mayGoOn })
      for (const [word, count] of Object.entries(words)) {
        if (word !== "left alone" && word !== "too late") sum.cancels += count
      }
      sum.kills += words.killed
      sum.wrong.push(...lies.map((lie) => `round ${round}: ${lie}`))
      const mebi = Math.round(process.memoryUsage.rss() / 1_048_576)
      console.log(`${shown(sum)}; round ${round}, ${mebi} MiB`)
      for (const lie of lies.slice(0, 5)) console.log(`  ${lie}`)
    }
  })
  sum.wrong.push(...left.map((what) => `left behind: ${what}`))
  return sum
}

const { minutes, storms } = optionsOf(process.argv.slice(2))
const seed = seedOf("soak")
const shareMs = (minutes * 60_000) / (storms.length + 1)
const sums: Array<Sum> = []
for (const executor of storms) {
  const untilMs = performance.now() + shareMs
  sums.push(await soak({ executor, workers: 1, slots: 4 }, seed, untilMs))
}
const untilMs = performance.now() + (minutes === Infinity ? 300_000 : shareMs)
const town = await withTrouble({ seed, untilMs })
console.log(`after ${(process.uptime() / 60).toFixed(1)} minutes:`)
for (const sum of sums) console.log(shown(sum))
for (const [what, times] of Object.entries(town.happened)) console.log(`town: ${times} ${what}`)
const wrong = [
  ...sums.flatMap((sum) => sum.wrong.map((what) => `${sum.executor}: ${what}`)),
  ...town.wrong.map((what) => `town, seed ${seed}: ${what}`),
]
// Once more where somebody looks who sees nothing but errors.
for (const what of wrong) console.error(what)
process.exitCode = wrong.length === 0 ? 0 : 1
