/** `scaler-ts completions`: a script by which a shell completes commands and flags. */
import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import { exitCodes } from "./CommandError.ts"
import { define, type Exit } from "./define.ts"
import * as Kinds from "./settings/kinds.ts"
import { flagOf, keys, settings } from "./settings/settings.ts"

/** Flags whose value is a file's name; what the parser knows of them is that it is a text. */
const fileFlags = new Set([
  "config",
  "allow",
  ...keys.filter((key) => settings[key].kind === Kinds.file).map(flagOf),
])

const fileArguments = new Set(["module", "glob", "file"])

const path = { _tag: "Path", pathType: "file" } as const

/** The same command, with files where files are meant. */
const withFiles = (command: Completions.CommandDescriptor): Completions.CommandDescriptor => ({
  ...command,
  flags: command.flags.map((flag) => (fileFlags.has(flag.name) ? { ...flag, type: path } : flag)),
  arguments: command.arguments.map((argument) =>
    // A task of a module begins with its file; `submit` takes none.
    fileArguments.has(argument.name) || (argument.name === "task" && command.name !== "submit")
      ? { ...argument, type: path }
      : argument,
  ),
  subcommands: command.subcommands.map(withFiles),
})

const scriptOf = (command: Command.Command.Any, shell: Completions.Shell): string =>
  Completions.generate(command.name, shell, withFiles(Completions.fromCommand(command)))
    // How to install it is said there by a flag that Effect's own commands have.
    .replaceAll(`${command.name} --completions`, `${command.name} completions`)

const shells = ["bash", "zsh", "fish", "powershell"] as const

export const completionsCommand = (exit: Exit, root: ReadonlyArray<Command.Command.Any>) =>
  define(exit, {
    name: "completions",
    about: "Prints a script that completes commands and flags, for the shell to read.",
    examples: [
      'eval "$(scaler-ts completions bash)"',
      "scaler-ts completions fish > ~/.config/fish/completions/scaler-ts.fish",
    ],
    parameters: {
      shell: Argument.Literals("shell", shells).pipe(
        Argument.withDescription("Whose script it is to be"),
      ),
    },
    run: async ({ shell }, { out }) => {
      for (const command of root) {
        const script = scriptOf(command, shell)
        out.line(script.trimEnd())
        out.record("completions", { shell, script })
      }
      return exitCodes.success
    },
  })
