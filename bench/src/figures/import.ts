/** P10: what loading the client costs, beside the Effect modules it needs, in processes of their own. */
import { readChild } from "../child.ts"
import { type Bound, Measured, type Take } from "../Figure.ts"
import { samplesOf } from "../harness.ts"

/** The deep Effect modules that `dist` of future, runtime and protocol imports, streams apart. */
const effectModules = [
  "Clock",
  "Context",
  "Deferred",
  "Duration",
  "Effect",
  "Exit",
  "Layer",
  "Random",
  "Scheduler",
].map((name) => `effect/${name}`)

const programs = {
  nothing: [],
  ours: ["@scaler-ts/future"],
  promise: ["@scaler-ts/future/promise"],
  effect: effectModules,
  barrel: ["effect"],
} satisfies Record<string, ReadonlyArray<string>>

type Program = keyof typeof programs
const names = Object.keys(programs) as Array<Program>

/** A start is short and noisy, so there are more of them than of anything else. */
const roundsMin = 9

const budget: Bound = { atMost: 1.3 }

type Taken = Readonly<Record<"cpuMs" | "rssMb", Array<number>>>

export const takeImport: Take = async ({ rounds }) => {
  const taken = new Map<Program, Taken>(names.map((name) => [name, { cpuMs: [], rssMb: [] }]))
  for (let round = 0; round <= Math.max(rounds, roundsMin); round++) {
    for (const name of names) {
      const { cpuMs = Number.NaN, rssMb = Number.NaN } = await take(programs[name])
      if (round === 0) continue
      taken.get(name)?.cpuMs.push(cpuMs)
      taken.get(name)?.rssMb.push(rssMb)
    }
  }
  const net = (name: Program, what: keyof Taken) => samplesOf(lessNothing(taken, name, what))
  const cpu = new Measured("import @scaler-ts/future, CPU", "ms", net("ours", "cpuMs"))
  const rss = new Measured("import @scaler-ts/future, resident", "MB", net("ours", "rssMb"))
  const promiseCpu = new Measured("import …/future/promise, CPU", "ms", net("promise", "cpuMs"))
  const promiseRss = new Measured(
    "import …/future/promise, resident",
    "MB",
    net("promise", "rssMb"),
  )
  return [
    cpu.beside("the same Effect modules", net("effect", "cpuMs"), "P10", budget),
    cpu.beside("all of effect", net("barrel", "cpuMs")),
    rss.beside("the same Effect modules", net("effect", "rssMb"), "P10", budget),
    rss.beside("all of effect", net("barrel", "rssMb")),
    promiseCpu.beside("the Effect face", net("ours", "cpuMs")),
    promiseRss.beside("the Effect face", net("ours", "rssMb")),
  ]
}

/** What came on top of a Node that imports nothing, round by round. */
const lessNothing = (
  taken: ReadonlyMap<Program, Taken>,
  name: Program,
  what: keyof Taken,
): ReadonlyArray<number> => {
  const nothing = taken.get("nothing")?.[what] ?? []
  return (taken.get(name)?.[what] ?? []).map((value, round) => value - (nothing[round] ?? 0))
}

const take = (modules: ReadonlyArray<string>): Promise<Record<string, number>> =>
  readChild(["--input-type=module", "--eval", programOf(modules)])

const programOf = (modules: ReadonlyArray<string>): string =>
  [
    ...modules.map((name) => `await import(${JSON.stringify(name)})`),
    "const { user, system } = process.cpuUsage()",
    "const rssMb = process.memoryUsage.rss() / 1e6",
    "console.log(JSON.stringify({ cpuMs: (user + system) / 1000, rssMb }))",
  ].join("\n")
