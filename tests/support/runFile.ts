/** Runs a program as a user would, in a process of its own, from the sources. */
import { execFile } from "node:child_process"
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
