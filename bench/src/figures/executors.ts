/** What an executor's slot costs: to start, to keep, and for each task; beside a bare thread and a bare Node. */
import { fileURLToPath } from "node:url"
import { readChild } from "../child.ts"
import { loopTrivial, runTrivial, startCluster } from "../cluster.ts"
import { type Figure, Measured, type Options, type Take } from "../Figure.ts"
import { interleave, p50, type Samples, samplesOf } from "../harness.ts"

const entry = fileURLToPath(new URL("../children/executor.ts", import.meta.url))

const kinds = ["thread", "process", "bareThread", "bareProcess"] as const
type Kind = (typeof kinds)[number]

/** A start is short and noisy, so there are more of them than of anything else. */
const roundsMin = 11

const latencyCount = 1_000
const durationMs = 1_000

export const takeExecutors: Take = async (options) => [
  ...(await takeStarts(options)),
  ...(await takeTrips(options)),
]

const takeStarts = async ({ rounds }: Options): Promise<ReadonlyArray<Figure>> => {
  const ms = emptyPerKind()
  const mib = emptyPerKind()
  const ownMib = emptyPerKind()
  for (let round = 0; round < Math.max(rounds, roundsMin); round++) {
    for (const kind of kinds) {
      const [started, used] = [await take(kind, "start"), await take(kind, "memory")]
      ms[kind].push(started["ms"] ?? Number.NaN)
      mib[kind].push(used["mib"] ?? Number.NaN)
      ownMib[kind].push(used["ownMib"] ?? Number.NaN)
    }
  }
  const beside = (of: Taken, kind: "thread" | "process", name: string, unit: "ms" | "MiB") => {
    const [bare, peer] =
      kind === "thread"
        ? (["bareThread", "bare worker_threads"] as const)
        : (["bareProcess", "bare Node"] as const)
    return new Measured(`${kind}, ${name}`, unit, samplesOf(of[kind])).beside(
      peer,
      samplesOf(of[bare]),
    )
  }
  return [
    beside(ms, "thread", "start to first result", "ms"),
    beside(ms, "process", "start to first result", "ms"),
    beside(mib, "thread", "memory", "MiB"),
    beside(mib, "process", "memory", "MiB"),
    beside(ownMib, "process", "memory of its own", "MiB"),
  ]
}

type Taken = Readonly<Record<Kind, Array<number>>>

const emptyPerKind = (): Taken => ({ thread: [], process: [], bareThread: [], bareProcess: [] })

const take = (kind: Kind, what: "start" | "memory"): Promise<Record<string, number>> =>
  readChild([entry, kind, what])

/** The small task, in each executor of one slot. */
const takeTrips = async ({ rounds }: Options): Promise<ReadonlyArray<Figure>> => {
  const inline = await startCluster({ executor: "inline", slots: 1 })
  const thread = await startCluster({ executor: "thread", slots: 1 })
  const process = await startCluster({ executor: "process", slots: 1 })
  try {
    const time = await interleave(rounds, {
      inline: () => p50(runTrivial(inline), latencyCount),
      thread: () => p50(runTrivial(thread), latencyCount),
      process: () => p50(runTrivial(process), latencyCount),
    })
    const rate = await interleave(rounds, {
      inline: () => loopTrivial(inline, 100, durationMs),
      thread: () => loopTrivial(thread, 100, durationMs),
      process: () => loopTrivial(process, 100, durationMs),
    })
    const besideInline = (name: string, unit: "µs" | "tasks/s", of: Samples, peer: Samples) =>
      new Measured(name, unit, of).beside("inline", peer)
    return [
      besideInline("thread, small task, p50", "µs", time.thread, time.inline),
      besideInline("process, small task, p50", "µs", time.process, time.inline),
      besideInline("thread, 100 in flight", "tasks/s", rate.thread, rate.inline),
      besideInline("process, 100 in flight", "tasks/s", rate.process, rate.inline),
    ]
  } finally {
    await Promise.all([inline.close(), thread.close(), process.close()])
  }
}
