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
import { noPlatform } from "./noPlatform.ts"
import { isColoured } from "./terminal.ts"
import { leaveWhenUnread } from "./unread.ts"
import { versionText } from "./version.ts"

/** Runs a command line and says what the process should exit with. Never rejects. */
export const run = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  let exitCode: ExitCode = exitCodes.success
  leaveWhenUnread()
  const program = Command.runWith(
    root((code) => {
      exitCode = code
    }),
    { version: versionText() },
  )(args).pipe(
    Effect.provide(noPlatform),
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns })),
    Effect.provideService(CliOutput.Presenter, presenter(args)),
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
const presenter = (args: ReadonlyArray<string>): CliOutput.Presenter => ({
  present: (event) =>
    Effect.sync(() => {
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
          const help = `${event.commandPath.join(" ")} --help`
          for (const { message } of event.errors) {
            writeError(`${sentence(message)}\nRun "${help}" to see what it takes.`)
          }
        }
      }
    }),
})

/** Effect's messages are several lines with a list of suggestions; ours are sentences. */
const sentence = (message: string): string => {
  const [first = "", ...rest] = message.split("\n").map((line) => line.trim())
  const suggestions = rest.filter((line) => line !== "" && !line.startsWith("Did you mean"))
  const hint = suggestions.length === 0 ? "" : ` Did you mean ${suggestions.join(" or ")}?`
  return `${first.replace(/[.:]$/, "")}.${hint}`
}
