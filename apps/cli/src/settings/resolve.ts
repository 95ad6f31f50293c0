/** Which value of a setting holds: a flag's, else a variable's, else the file's, else what holds otherwise. */
import { CommandError } from "../CommandError.ts"
import { type ConfigFile, readConfigFile } from "./configFile.ts"
import { NotTaken } from "./kinds.ts"
import {
  type Environment,
  flagOf,
  type Key,
  type Setting,
  settings,
  type ValueOf,
  variableOf,
} from "./settings.ts"

/** Flags as they were written, by the settings they are of. */
export type Given = Readonly<Partial<Record<Key, string>>>

export interface Sources {
  readonly given: Given
  /** What `--config` names. */
  readonly config: string | undefined
  readonly cwd: string
  readonly env: Environment
}

export interface Resolved<A> {
  readonly value: A
  /** Whose word it is: `--slots`, `SCALER_WORKER_SLOTS`, `scaler.toml` or `default`. */
  readonly from: string
}

/** Looks settings up. Throws a `CommandError` that names the flag, variable or file which says what nobody can mean. */
export class Resolver {
  readonly file: ConfigFile | undefined
  private readonly sources: Sources

  constructor(sources: Sources) {
    this.sources = sources
    // A variable that is set to nothing is as good as not set.
    const named = sources.config ?? (sources.env["SCALER_CONFIG"] || undefined)
    this.file = readConfigFile(named, sources.cwd, sources.env)
  }

  get<K extends Key>(key: K): ValueOf<K> {
    return this.resolve(key).value
  }

  resolve<K extends Key>(key: K): Resolved<ValueOf<K>> {
    // The table gives each key the kind of its own values.
    const setting = settings[key] as unknown as Setting<ValueOf<K>>
    const said = this.textOf(key)
    if (said === undefined) return { value: setting.otherwise(this.sources.env), from: "default" }
    try {
      return { value: setting.kind.parse(said.text), from: said.from }
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error
      throw new CommandError(`${said.what} is ${JSON.stringify(said.text)}; ${error.message}.`)
    }
  }

  /** What flags have said of these, as flags, for another process of this command. */
  flags(keys: ReadonlyArray<Key>): ReadonlyArray<string> {
    const { config, given } = this.sources
    const own = keys.flatMap((key) => {
      const text = given[key]
      return text === undefined ? [] : [`--${flagOf(key)}=${text}`]
    })
    return config === undefined ? own : [...own, "--config", config]
  }

  private textOf(key: Key): { text: string; from: string; what: string } | undefined {
    const flag = this.sources.given[key]
    if (flag !== undefined) {
      const name = `--${flagOf(key)}`
      return { text: flag, from: name, what: name }
    }
    const variable = variableOf(key)
    const text = this.sources.env[variable]
    if (text !== undefined && text !== "") return { text, from: variable, what: variable }
    const inFile = this.file?.texts.get(key)
    if (this.file === undefined || inFile === undefined) return undefined
    return { text: inFile, from: this.file.path, what: `${key} in ${this.file.path}` }
  }
}
