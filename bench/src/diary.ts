/** What a task does to the world while it runs, the same for every executor. */
import { execFileSync } from "node:child_process"
import { appendFileSync } from "node:fs"
import process from "node:process"

/** For so long, leaves a line about every millisecond in `file`. */
export interface Diary {
  readonly file: string
  readonly ms: number
}

/** Spins, and looks at nothing. */
export const diaryOfSpin = ({ file, ms }: Diary): string => {
  const end = performance.now() + ms
  let next = 0
  while (performance.now() < end) {
    if (performance.now() < next) continue
    appendFileSync(file, ".")
    next = performance.now() + 1
  }
  appendFileSync(file, "end")
  return "finished"
}

/** Waits for a process that writes; no thread can be taken out of that wait. */
export const diaryOfChild = ({ file, ms }: Diary): string => {
  const program = `
    const { appendFileSync } = require("node:fs")
    const [, file, ms] = process.argv
    const writing = setInterval(() => appendFileSync(file, "."), 1)
    setTimeout(() => { clearInterval(writing); appendFileSync(file, "end") }, Number(ms))`
  execFileSync(process.execPath, ["--eval", program, file, String(ms)])
  return "finished"
}
