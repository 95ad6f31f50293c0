/** The file: which one is read, and what is in it. */
import { existsSync, readFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { parse, TomlError } from "smol-toml"
import { CommandError } from "../CommandError.ts"
import { suggest } from "../suggest.ts"
import { type Environment, type Key, keys } from "./settings.ts"

export interface ConfigFile {
  /** As it is shown. */
  readonly path: string
  readonly texts: ReadonlyMap<Key, string>
}

/**
 * The file that was named, or the first there is of `scaler.toml` here and `scaler-ts/config.toml` where
 * configuration is kept; `undefined`: there is none. Throws a `CommandError` for one that cannot be read,
 * or says something that is no setting.
 */
export const readConfigFile = (
  named: string | undefined,
  cwd: string,
  env: Environment,
): ConfigFile | undefined => {
  const path = named === undefined ? firstOf(candidates(cwd, env)) : resolve(cwd, named)
  if (path === undefined) return undefined
  const shown = relative(cwd, path).startsWith("..") ? path : relative(cwd, path)
  return { path: shown, texts: textsOf(parsed(read(path, shown), shown), shown) }
}

const candidates = (cwd: string, env: Environment): ReadonlyArray<string> => {
  const folder = env["XDG_CONFIG_HOME"] || (env["HOME"] ? join(env["HOME"], ".config") : "")
  const own = folder === "" ? [] : [join(folder, "scaler-ts", "config.toml")]
  return [join(cwd, "scaler.toml"), ...own]
}

const firstOf = (paths: ReadonlyArray<string>): string | undefined =>
  paths.find((path) => existsSync(path))

const read = (path: string, shown: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined
    const why =
      code === "ENOENT" ? "there is no such file" : error instanceof Error ? error.message : ""
    throw new CommandError(
      `The configuration file ${shown} cannot be read: ${why}. Name another with --config or SCALER_CONFIG.`,
    )
  }
}

type Table = Readonly<Record<string, unknown>>

const parsed = (source: string, shown: string): Table => {
  try {
    return parse(source)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const why = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "")
    throw new CommandError(
      `${shown}:${error.line}:${error.column} is no TOML: ${why}. Mend that line and run the command again.`,
    )
  }
}

const textsOf = (table: Table, shown: string): ReadonlyMap<Key, string> => {
  const texts = new Map<Key, string>()
  const take = (name: string, value: unknown): void => {
    const key = keys.find((one) => one === name)
    if (key !== undefined) return void texts.set(key, textOf(value, name, shown))
    if (isTable(value) && keys.some((one) => one.startsWith(`${name}.`))) {
      for (const [inner, member] of Object.entries(value)) take(`${name}.${inner}`, member)
      return
    }
    const near = suggest(name, keys)
    throw new CommandError(
      `${shown} sets ${name}, which is no setting. ` +
        (near === undefined
          ? `Run "scaler-ts config" to see all of them.`
          : `Did you mean ${near}? "scaler-ts config" shows all of them.`),
    )
  }
  for (const [name, value] of Object.entries(table)) take(name, value)
  return texts
}

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** A value as a flag would say it: there is one parser for all. */
const textOf = (value: unknown, name: string, shown: string): string => {
  if (typeof value === "string") return value
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value)
  if (isTable(value))
    return Object.entries(value)
      .map(([key, amount]) => `${key}=${String(amount)}`)
      .join(",")
  throw new CommandError(
    `${shown} sets ${name} to a list or a date; give one text, number, truth value or table.`,
  )
}
