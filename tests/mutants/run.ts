/**
 * Plants each mutant whose name contains the first argument, or every one, and runs the race that has
 * to find it; then, unless `--planted` is given, those races with nothing planted. The exit status says whether every mutant was
 * killed by what it names, and every race was verified without one.
 */
import { lineOf, type Verdict } from "@scaler-ts/testkit"
import { once } from "node:events"
import { availableParallelism } from "node:os"
import process from "node:process"
import { Worker } from "node:worker_threads"
import { type Mutant, mutants } from "./mutants.ts"
import type { Trial } from "./trial.ts"

interface Task extends Trial {
  readonly name: string
  /** Whether the verdict is right, and what to print of it. */
  readonly judge: (verdict: Verdict) => readonly [isRight: boolean, line: string]
}

const planted = ({ name, killedBy, file, find, replace }: Mutant): Task => ({
  name,
  killer: killedBy,
  patch: { file, find, replace },
  judge: (verdict) => {
    const { red, race } = killedBy
    if (verdict._tag !== "Violated") return [false, `✗ ${name} survives "${race}"`]
    const { guarantee, what } = verdict.failure
    const said = `${guarantee}: ${what.split("\n")[0] ?? ""}`
    return guarantee === red
      ? [true, `✓ ${name}\n    ${race}\n    ${said}`]
      : [false, `✗ ${name}\n    ${race}\n    ${said}, and not ${red}`]
  },
})

const healthy = ({ killedBy }: Mutant): Task => ({
  name: killedBy.race,
  killer: killedBy,
  patch: undefined,
  judge: (verdict) => [verdict._tag === "Verified", lineOf(killedBy.race, verdict)],
})

const plantedOnly = "--planted"
const [part = ""] = process.argv.slice(2).filter((one) => one !== plantedOnly)
const chosen = mutants.filter(({ name }) => name.includes(part))
if (chosen.length === 0) throw new Error(`no mutant's name contains "${part}"; see tests/mutants`)

const alone = process.argv.includes(plantedOnly) ? [] : chosen
const races = new Map(alone.map((mutant) => [mutant.killedBy.race, healthy(mutant)]))
const tasks = [...chosen.map(planted), ...races.values()]
const wrong: Array<string> = []

/** A mutant may loop for ever; the longest race takes seconds. */
const trialMsMax = 60_000

/** Works tasks off in a thread of its own until there are none. */
const work = async (): Promise<void> => {
  const thread = new Worker(new URL("trial.ts", import.meta.url))
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const { killer, patch, judge, name } = task
    thread.postMessage({ killer, patch } satisfies Trial, [])
    const signal = AbortSignal.timeout(trialMsMax)
    const [verdict] = (await once(thread, "message", { signal }).catch((cause: unknown) => {
      throw new Error(`it could not be seen what becomes of ${name}`, { cause })
    })) as [Verdict]
    const [isRight, line] = judge(verdict)
    if (!isRight) wrong.push(line)
    console.log(line)
  }
  await thread.terminate()
}

await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work))
const seconds = process.uptime().toFixed(1)
console.log(`${chosen.length} mutants, ${races.size} races, ${wrong.length} wrong, ${seconds} s`)
// Once more where somebody looks who sees nothing but errors.
for (const line of wrong) console.error(line)
process.exitCode = wrong.length === 0 ? 0 : 1
