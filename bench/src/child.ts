/** Child processes, for what must be measured in a process of its own. */
import { execFile } from "node:child_process"
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
