/** Runs a program as a user would, in a process of its own, from the sources. */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What the program printed; rejects when it does not exit with 0. */
export const runFile = (
  file: string,
  ...args: ReadonlyArray<string>
): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  promisify(execFile)(
    process.execPath,
    ["--conditions=@scaler-ts/source", join(root, file), ...args],
    { cwd: root, env: { ...process.env, NO_COLOR: "1" } },
  )

/** Starts a program that goes on, and resolves with it and the first it has printed. */
export const startFile = async (
  file: string,
  args: ReadonlyArray<string>,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ readonly child: ChildProcess; readonly printed: string }> => {
  const env = { ...process.env, NO_COLOR: "1", ...variables }
  const child = spawn(
    process.execPath,
    ["--conditions=@scaler-ts/source", join(root, file), ...args],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"], env },
  )
  const [printed] = await Promise.race([once(child.stdout, "data"), once(child, "exit")])
  if (!Buffer.isBuffer(printed)) throw new Error(`${file} has ended and printed nothing`)
  return { child, printed: printed.toString() }
}
