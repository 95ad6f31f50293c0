/** The ids of what this user has submitted, in a file, so that `cancel --mine` knows them. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { CommandError, exitCodes } from "./CommandError.ts"
import type { Environment } from "./settings/settings.ts"

export interface Submitted {
  readonly id: string
  readonly task: string
  readonly address: string
}

/** Beyond so many bytes the older half is forgotten. */
const bytesMax = 4_194_304

/** Where it is; `undefined`: there is no home to keep it in. */
export const submittedFile = (env: Environment): string | undefined => {
  const folder = env["XDG_STATE_HOME"] || (env["HOME"] ? join(env["HOME"], ".local", "state") : "")
  return folder === "" ? undefined : join(folder, "scaler-ts", "submitted.ndjson")
}

/** Writes ids down. Returns why that was not possible; a task is submitted all the same. */
export const remember = (
  env: Environment,
  entries: ReadonlyArray<Submitted>,
): string | undefined => {
  const file = submittedFile(env)
  if (file === undefined) return "neither HOME nor XDG_STATE_HOME is set"
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    appendFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""))
    if (statSync(file).size > bytesMax) forgetOlder(file)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const forgetOlder = (file: string): void => {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n")
  const kept = `${file}.${process.pid}`
  writeFileSync(kept, `${lines.slice(lines.length >> 1).join("\n")}\n`)
  renameSync(kept, file)
}

/** The ids at an address, oldest first. Throws a `CommandError` where they cannot be looked up. Of a line that was cut while it was written nothing is known. */
export const remembered = (env: Environment, address: string): ReadonlyArray<string> => {
  const file = submittedFile(env)
  if (file === undefined) throw unknown("neither HOME nor XDG_STATE_HOME is set")
  return read(file)
    .split("\n")
    .flatMap((line) => {
      const entry = entryOf(line)
      return entry?.address === address ? [entry.id] : []
    })
}

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return ""
    throw unknown(error instanceof Error ? error.message : String(error), error)
  }
}

const unknown = (why: string, cause?: unknown): CommandError =>
  new CommandError(
    `What you have submitted is not known here: ${why}. Give the ids, or the task's --name.`,
    exitCodes.failure,
    cause,
  )

const entryOf = (line: string): Submitted | undefined => {
  try {
    const entry: unknown = JSON.parse(line)
    const isOne = typeof entry === "object" && entry !== null && "id" in entry && "address" in entry
    return isOne ? (entry as Submitted) : undefined
  } catch {
    return undefined
  }
}
