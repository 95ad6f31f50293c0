/** How a command is put together: what it takes, which settings it looks at, and what runs it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { ExitCode } from "./CommandError.ts"
import { complain } from "./complain.ts"
import type { Invocation } from "./invocation.ts"
import { Output } from "./output.ts"
import { yesNo } from "./settings/kinds.ts"
import { flagOf, type Key, settings, variableOf } from "./settings/settings.ts"

/** Told what the process should exit with. */
export type Exit = (code: ExitCode) => void

export interface Definition<Parameters extends Command.Command.Config> {
  readonly name: string
  readonly about: string
  readonly examples?: ReadonlyArray<string>
  readonly parameters: Parameters
  /** The settings that have a flag here, beside `--log-level`, which every command has. */
  readonly settings?: ReadonlyArray<Key>
  readonly run: (
    args: Command.Command.Config.Infer<Parameters>,
    invocation: Invocation,
  ) => Promise<ExitCode>
}

/** Makes the command of a definition. Its module is to be imported within `run`: `--help` waits for nothing. */
export const define = <const Parameters extends Command.Command.Config>(
  exit: Exit,
  { about, examples = [], name, parameters, run, settings: own = [] }: Definition<Parameters>,
) => {
  const keys = new Set<Key>([...own, "log-level"])
  const config = { own: parameters, common: commonFlags, set: settingFlags(keys) }
  return Command.make(name, config, (args) =>
    Effect.promise(async () => {
      const { common, own, set } = args as unknown as Parsed<Parameters>
      const given = givenOf(set)
      const said = given["log-level"] ?? process.env[variableOf("log-level")]
      let showsStacks = said === "debug"
      try {
        const { Resolver } = await import("./settings/resolve.ts")
        const resolver = new Resolver({
          given,
          config: Option.getOrUndefined(common.config),
          cwd: process.cwd(),
          env: process.env,
        })
        showsStacks = resolver.get("log-level") === "debug"
        const { json, noColor, quiet } = common
        const out = new Output({ json, quiet, color: !noColor, showsStacks })
        exit(await run(own, { out, settings: resolver, cwd: process.cwd() }))
        out.clear()
      } catch (error) {
        exit(complain(error, showsStacks))
      }
    }),
  ).pipe(
    Command.withDescription(about),
    // In the list of all commands; the rest is in their own help.
    Command.withShortDescription(/^.*?\.(?= |$)/.exec(about)?.[0] ?? about),
    Command.withExamples(examples.map((command) => ({ command }))),
  )
}

/** What Effect makes of the three; their own types do not survive being generic. */
interface Parsed<Parameters extends Command.Command.Config> {
  readonly own: Command.Command.Config.Infer<Parameters>
  readonly common: Command.Command.Config.Infer<typeof commonFlags>
  readonly set: SetFlags
}

type SetFlags = Readonly<Partial<Record<Key, Option.Option<string | boolean>>>>

export const commonFlags = {
  json: Flag.Boolean("json").pipe(
    Flag.withoutNegation,
    Flag.withDescription("Lines of JSON instead of text: docs/json.md"),
    Flag.withDefault(false),
  ),
  quiet: Flag.Boolean("quiet").pipe(
    Flag.withoutNegation,
    Flag.withDescription("Nothing on stderr but what is wrong"),
    Flag.withDefault(false),
  ),
  noColor: Flag.Boolean("no-color").pipe(
    Flag.withoutNegation,
    Flag.withDescription("No colour; NO_COLOR=1 and TERM=dumb say the same"),
    Flag.withDefault(false),
  ),
  config: Flag.String("config").pipe(
    Flag.withMetavar("<file>"),
    Flag.withDescription("Read settings from this TOML file, not from ./scaler.toml"),
    Flag.optional,
  ),
}

const settingFlags = (keys: ReadonlySet<Key>): Command.Command.Config =>
  Object.fromEntries(Array.from(keys, (key) => [key, settingFlag(key)]))

const settingFlag = (key: Key): Flag.Flag<Option.Option<string | boolean>> => {
  const { about, kind, letter } = settings[key] as { about: string; kind: { metavar: string }; letter?: string } // oxfmt-ignore
  const described = <A>(flag: Flag.Flag<A>): Flag.Flag<Option.Option<A>> => {
    const named = letter === undefined ? flag : Flag.withAlias(flag, letter)
    return Flag.optional(Flag.withDescription(named, about))
  }
  return kind === yesNo
    ? described(Flag.Boolean(flagOf(key)))
    : described(Flag.withMetavar(Flag.String(flagOf(key)), kind.metavar))
}

const givenOf = (flags: SetFlags): Readonly<Partial<Record<Key, string>>> => {
  const texts: Partial<Record<Key, string>> = {}
  for (const [key, flag] of Object.entries(flags)) {
    if (Option.isSome(flag)) texts[key as Key] = String(flag.value) // The keys are those of the settings.
  }
  return texts
}
