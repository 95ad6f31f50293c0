/** `scaler-ts completions`: a script by which a shell completes commands and flags. */
import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Completions from "effect/cli/Completions"
import { exitCodes } from "./CommandError.ts"
import { define, type Exit } from "./define.ts"

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
        const script = Completions.generate("scaler-ts", shell, Completions.fromCommand(command))
        out.line(script.trimEnd())
        out.record("completions", { shell, script })
      }
      return exitCodes.success
    },
  })
