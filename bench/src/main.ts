/**
 * Takes the figures of `docs/performance.md`: `npm run bench`.
 *
 * `--only <text>` takes the group of that budget or name, or all that contain the text; `--rounds n`
 * sets how many rounds count; `--json` prints one object per line.
 */
import { availableParallelism } from "node:os"
import process from "node:process"
import { benchOptions } from "./options.ts"
import { takeCancel } from "./figures/cancel.ts"
import { takeExecutors } from "./figures/executors.ts"
import { takeExplore } from "./figures/explore.ts"
import { takeGather } from "./figures/gather.ts"
import { takeImport } from "./figures/import.ts"
import { takeInline } from "./figures/inline.ts"
import { takeMemory } from "./figures/memory.ts"
import { takePlacement } from "./figures/placement.ts"
import { takePromise } from "./figures/promise.ts"
import { takeResume } from "./figures/resume.ts"
import { takeThread } from "./figures/thread.ts"
import { takeValues } from "./figures/values.ts"
import { takeZmq } from "./figures/zmq.ts"
import type { Take } from "./Figure.ts"
import { printJson, printTable } from "./report.ts"

const groups: Readonly<Record<string, Take>> = {
  "P1 inline": takeInline,
  "P2 thread": takeThread,
  "P3 P4 P5 P6 zmq": takeZmq,
  "P6 cancel": takeCancel,
  "P7 memory": takeMemory,
  "P8 placement": takePlacement,
  "P9 gather": takeGather,
  "P10 import": takeImport,
  "P11 promise": takePromise,
  executors: takeExecutors,
  race: takeExplore,
  resume: takeResume,
  values: takeValues,
}

const { json, only, rounds } = benchOptions()
const all = Object.entries(groups)
const named = all.filter(([name]) => name.toLowerCase().split(" ").includes(only))
const wanted = named.length > 0 ? named : all.filter(([name]) => name.toLowerCase().includes(only))
if (wanted.length === 0) {
  throw new RangeError(`--only ${only}: there is ${Object.keys(groups).join(", ")}`)
}

if (!json) {
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${rounds} rounds`)
  console.log("value: median and spread; indented: the peer's value, ratio ours / peer, budget\n")
}
for (const [name, take] of wanted) {
  if (!json) console.log(name)
  const figures = await take({ rounds })
  if (json) printJson(figures)
  else printTable(figures)
  if (!json) console.log()
}
