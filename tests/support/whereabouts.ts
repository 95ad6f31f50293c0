/** What tasks say of themselves: where they run, in a file that nobody else writes to. */
import { appendFileSync, readlinkSync } from "node:fs"
import process from "node:process"

/** The kernel's numbers of the caller's process and thread. Only Linux tells a thread its own. */
export const whereabouts = (): string =>
  process.platform === "linux" ? readlinkSync("/proc/thread-self") : `${process.pid}/task/0`

export const mark = (file: string, what = "mark"): void => appendFileSync(file, `${what}\n`)

/** Writes where the caller runs: the first line of its file. */
export const begin = (file: string): void => mark(file, whereabouts())
