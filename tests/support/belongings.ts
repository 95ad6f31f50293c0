/** What this process has, as the kernel and the event loop say: handles, threads and child processes. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs"
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import { runs } from "../../packages/worker/test/fixtures/processEvidence.ts"

/** How many there are of each kind. */
export type Belongings = ReadonlyMap<string, number>

export const belongings = (): Belongings => {
  const counts = new Map<string, number>()
  const add = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1)
  for (const kind of process.getActiveResourcesInfo()) add(`handle ${kind}`)
  for (const child of children()) add(`child process ${child}`)
  if (process.platform !== "linux") return counts
  for (const fd of readdirSync("/proc/self/fd")) add(`open ${openAs(fd)}`)
  for (const _ of readdirSync("/proc/self/task")) add("thread")
  return counts
}

/** How long something that is about to go may take, in milliseconds. */
const goneWithinMs = 10_000

/** What there is more than before, once that has had time to go. */
export const leftBehind = async (before: Belongings): Promise<ReadonlyArray<string>> => {
  const sinceMs = performance.now()
  for (;;) {
    const more = [...belongings()].filter(([kind, count]) => count > (before.get(kind) ?? 0))
    const left = more.map(([kind, count]) => `${count - (before.get(kind) ?? 0)} × ${kind}`)
    if (left.length === 0 || performance.now() - sinceMs > goneWithinMs) return left
    await setTimeout(5)
  }
}

/** Whether what said that it runs there is gone: a process, or a thread of ours. */
export const isGone = (where: string): boolean => {
  const [pid = 0, , thread = 0] = where.split("/").map(Number)
  if (pid === process.pid) return !existsSync(`/proc/${pid}/task/${thread}`)
  if (process.platform !== "linux") return !runs(pid)
  try {
    // Behind the name, which may be anything, stands the state: a zombie is dead, too.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "latin1"))
  } catch {
    return true
  }
}

const openAs = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replaceAll(/\d+/g, "…")
  } catch {
    return "folder" // The one that was opened to look.
  }
}

const children = (): ReadonlyArray<string> => {
  const listed = execFileSync("ps", ["-A", "-o", "ppid=,pid=,args="], { encoding: "utf8" })
  return listed.split("\n").flatMap((line) => {
    const [parent, pid, ...args] = line.trim().split(/\s+/)
    const isOurs = parent === String(process.pid) && args[0] !== "ps"
    return isOurs ? [`${pid} ${args.join(" ")}`] : []
  })
}
