/** What processes use: this one, and those of the process executor. */
import { readFileSync } from "node:fs"
import type { Usage } from "../Executor.ts"

/** What this process uses, with all its threads. */
export const ownUsage = (): Usage => {
  const { system, user } = process.cpuUsage()
  return {
    id: process.pid,
    cpuMs: (user + system) / 1000,
    memoryBytes: process.memoryUsage.rss(),
  }
}

/** A tick of the clock by which the kernel tells processor time: it is the same on every Linux. */
const tickMs = 10

/** Whether what other processes use can be read at once, and for nothing. */
export const canReadOthers: boolean = process.platform === "linux"

/** What other processes use, but for those that are gone. What they have started themselves is not counted. */
export const usagesOf = (ids: Iterable<number>): ReadonlyArray<Usage> =>
  [...ids].flatMap((id) => usageOf(id) ?? [])

const usageOf = (id: number): Usage | undefined => {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, "latin1")
    // The name stands in parentheses and may have any in it: state is the third field, user and system time the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = Number(fields[11]) + Number(fields[12])
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "latin1"))?.[1]
    return { id, cpuMs: ticks * tickMs, memoryBytes: Number(kib ?? 0) * 1024 }
  } catch {
    return undefined
  }
}
