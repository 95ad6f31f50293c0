/** Child processes, for what must be measured in a process of its own. */
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import process from "node:process"
import { promisify } from "node:util"

const run = promisify(execFile)

/** Which builds the packages are taken from: passed on, so that a child measures the same as we do. */
const conditions = process.execArgv.filter((argument) => argument.startsWith("--conditions"))

/** Runs Node and reads the JSON it prints. Imports are resolved from here. */
export const readChild = async (args: ReadonlyArray<string>): Promise<Record<string, number>> => {
  const { stdout } = await run(process.execPath, [...conditions, ...args], {
    cwd: import.meta.dirname,
  })
  return JSON.parse(stdout) as Record<string, number>
}

export interface StartedChild {
  /** The first it has printed. */
  readonly printed: string
  /** Ends it, and resolves when it is gone. */
  readonly stop: () => Promise<void>
}

/** Starts a file of ours, which goes on, once it has printed something. */
export const startChild = async (
  file: string,
  ...args: ReadonlyArray<string>
): Promise<StartedChild> => {
  const child = spawn(process.execPath, [...conditions, file, ...args], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  })
  const exited = once(child, "exit")
  const [printed] = await Promise.race([once(child.stdout, "data"), exited])
  if (!Buffer.isBuffer(printed)) throw new Error(`${file} has ended and printed nothing`)
  return {
    printed: printed.toString().trim(),
    stop: async () => {
      child.kill("SIGKILL")
      await exited
    },
  }
}
