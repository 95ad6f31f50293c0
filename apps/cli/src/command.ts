/** The command line: what can be written, its help, and how a mistake in it is answered. */
import * as Effect from "effect/Effect"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { type ExitCode, exitCodes } from "./CommandError.ts"
import { commandsOfClusters } from "./commandsOfClusters.ts"
import { commandsOfTasks } from "./commandsOfTasks.ts"
import { complain, writeError } from "./complain.ts"
import { completionsCommand } from "./completions.ts"
import type { Exit } from "./define.ts"
import { meant } from "./meant.ts"
import { noPlatform } from "./noPlatform.ts"
import { isColoured } from "./stream.ts"
import { versionText } from "./version.ts"

/** Runs a command line and says what the process should exit with. Never rejects. */
export const run = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  let exitCode: ExitCode = exitCodes.success
  const whole = root((code) => {
    exitCode = code
  })
  const program = Command.runWith(whole, { version: versionText() })(meant(args, whole)).pipe(
    Effect.provide(noPlatform),
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns })),
    Effect.provideService(CliOutput.Presenter, presenter(args, whole)),
  )
  try {
    await Effect.runPromise(program)
    return exitCode
  } catch (error) {
    if (CliError.isCliError(error)) return exitCodes.usage // The presenter has said why.
    return complain(error, false)
  }
}

// Without the wizard, which needs a terminal service, and with commands of our own for the others.
const builtIns = [GlobalFlag.Help, GlobalFlag.Version]

const root = (exit: Exit) => {
  // What completes all commands is one of them.
  const whole: Array<Command.Command.Any> = []
  const command = Command.make("scaler-ts").pipe(
    Command.withDescription(
      "Runs tasks as distributed futures, and says truly what became of each.",
    ),
    Command.withSubcommands([
      ...commandsOfTasks(exit),
      ...commandsOfClusters(exit),
      completionsCommand(exit, whole),
    ]),
  )
  whole.push(command)
  return command
}

/** Help that was asked for is the result, on stdout; everything else goes to stderr, as a sentence. */
const presenter = (
  args: ReadonlyArray<string>,
  whole: Command.Command.Any,
): CliOutput.Presenter => ({
  present: (event) =>
    Effect.promise(async () => {
      switch (event._tag) {
        case "Version":
          process.stdout.write(`${versionText()}\n`)
          return
        case "Help": {
          const output = event.reason === "Requested" ? process.stdout : process.stderr
          const colors = isColoured(output, process.env) && !args.includes("--no-color")
          const help = CliOutput.defaultFormatter({ colors }).formatHelpDoc(event.helpDoc)
          output.write(`${help}\n`)
          return
        }
        case "InvalidInvocation": {
          const { answer } = await import("./mistakes.ts")
          writeError(answer(event, whole))
        }
      }
    }),
})
