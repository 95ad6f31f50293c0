/** Words of a command line that stand for flags. */
import type * as Command from "effect/cli/Command"

export const namesOf = (root: Command.Command.Any): ReadonlyArray<string> =>
  root.subcommands.flatMap(({ commands }) => commands.map(({ name }) => name))

/**
 * The arguments as flags say them: `help map` is `map --help`. Of a command that there is not, help would be
 * that of all, and the slip would go unnoticed.
 */
export const meant = (
  args: ReadonlyArray<string>,
  root: Command.Command.Any,
): ReadonlyArray<string> => {
  const [first = "", ...rest] = args
  if (first === "help") return meant([...rest.filter((arg) => !asksForHelp(arg)), "--help"], root)
  if (first === "version") return ["--version"]
  if (first.startsWith("-") || namesOf(root).includes(first)) return args
  return args.filter((arg) => !asksForHelp(arg))
}

const asksForHelp = (arg: string): boolean => ["help", "--help", "-h"].includes(arg)
