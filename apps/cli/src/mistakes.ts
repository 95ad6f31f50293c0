/** What a mistake in the command line is answered with. */
import type * as CliError from "effect/cli/CliError"
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import type * as CliOutput from "effect/cli/CliOutput"
import { namesOf } from "./meant.ts"
import { suggest } from "./suggest.ts"

/** Sentences: what is wrong, and what to do next. */
export const answer = (
  { commandPath, errors, helpDoc }: CliOutput.Presenter.InvalidInvocation,
  root: Command.Command.Any,
): string => {
  const help = `Run "${commandPath.join(" ")} --help" to see what it takes.`
  const misplaced = errors
    .map((error) => misplacedFlag(error, root))
    .find((flag) => flag !== undefined)
  if (misplaced !== undefined) {
    const command = commandPath.length > 1 ? commandPath.join(" ") : `${root.name} <command>`
    return `A command's flags go after its name: ${command} ${misplaced} …\n${help}`
  }
  const flags = helpDoc.flags.map(({ name }) => name)
  const told = errors.map((error) => {
    const near = nearest(error, { flags, commands: namesOf(root) })
    return `${sentence(error.message)}${near === undefined ? "" : ` Did you mean ${near}?`}`
  })
  return [...told, help].join("\n")
}

/** A flag of some command, written before the command's name. */
const misplacedFlag = (
  error: CliError.NonShowHelpErrors,
  root: Command.Command.Any,
): string | undefined => {
  if (error._tag !== "UnrecognizedOption" || error.command?.length !== 1) return undefined
  const { subcommands } = Completions.fromCommand(root)
  const isOne = subcommands.some(({ flags }) =>
    flags.some(({ name }) => `--${name}` === error.option),
  )
  return isOne ? error.option : undefined
}

interface Candidates {
  readonly flags: ReadonlyArray<string>
  readonly commands: ReadonlyArray<string>
}

/** Effect suggests what is two letters away, of what it knows by that name; `help` and `version` are not among it. */
const nearest = (
  error: CliError.NonShowHelpErrors,
  { commands, flags }: Candidates,
): string | undefined => {
  switch (error._tag) {
    case "UnrecognizedOption": {
      if (!error.option.startsWith("--")) return undefined // Of a letter, any other is as near.
      const near = suggest(error.option.slice(2), [...flags, "help", "version"])
      return error.suggestions[0] ?? (near === undefined ? undefined : `--${near}`)
    }
    case "UnknownSubcommand":
      return error.suggestions[0] ?? suggest(error.subcommand, [...commands, "help", "version"])
    case "InvalidValue":
      return suggest(error.value, Array.from(error.expected.matchAll(/"(.*?)"/g), ([, one = ""]) => one)) // oxfmt-ignore
    default:
      return undefined
  }
}

/** Effect's messages are lines, the first of which says what is wrong. */
const sentence = (message: string): string =>
  `${message.split("\n")[0]?.trim().replace(/[.:]$/, "") ?? ""}.`
