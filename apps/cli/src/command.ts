/** The command line: what can be written, its help, and how a mistake in it is answered. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { CommandError, type ExitCode, exitCodes } from "./CommandError.ts"
import { noPlatform } from "./noPlatform.ts"
import { isAnimated, isColoured } from "./terminal.ts"
import { versionText } from "./version.ts"

/** Runs a command line and says what the process should exit with. Never rejects. */
export const run = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  let exitCode: ExitCode = exitCodes.success
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
    return complain(error)
  }
}

// Without the wizard and --log-level: the one needs a terminal service, nothing logs for the other.
const builtIns = [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions]

const root = (exit: (code: ExitCode) => void) =>
  Command.make("scaler-ts").pipe(
    Command.withDescription(
      "Runs tasks as distributed futures, and says truly what became of each.",
    ),
    Command.withSubcommands([mapCommand(exit)]),
  )

const mapParameters = {
  task: Argument.String("module#task").pipe(
    Argument.withDescription("A task module and one of its tasks, such as ./tasks.ts#compress"),
  ),
  globs: Argument.String("glob").pipe(
    Argument.withDescription("Files, or patterns in quotes, such as 'src/**/*.ts'"),
    Argument.variadic({ min: 1 }),
  ),
  within: Flag.String("within").pipe(
    Flag.withMetavar("<duration>"),
    Flag.withDescription("Cancel what is left after 500ms, 30s, 2m, 1h; exit with 124"),
    Flag.optional,
  ),
  slots: Flag.Int("slots").pipe(
    Flag.withMetavar("<n>"),
    Flag.withDescription("Run so many at a time (default: one per core)"),
    Flag.optional,
  ),
  rows: Flag.Int("rows").pipe(
    Flag.withMetavar("<n>"),
    Flag.withDescription("Print at most so many rows of the table"),
    Flag.optional,
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("One line of JSON per file as it ends, then a summary line"),
    Flag.withDefault(false),
  ),
  quiet: Flag.Boolean("quiet").pipe(
    Flag.withDescription("No progress on stderr"),
    Flag.withDefault(false),
  ),
  noColor: Flag.Boolean("no-color").pipe(
    Flag.withDescription("No colour; NO_COLOR=1 and TERM=dumb say the same"),
    Flag.withDefault(false),
  ),
}

const mapCommand = (exit: (code: ExitCode) => void) =>
  Command.make("map", mapParameters, ({ noColor, rows, slots, within, ...args }) =>
    Effect.promise(async () => {
      // Loaded here, so that --help does not wait for the cluster's code.
      const { map } = await import("./map.ts")
      exit(
        await map({
          ...args,
          color: !noColor,
          rows: Option.getOrUndefined(rows),
          slots: Option.getOrUndefined(slots),
          within: Option.getOrUndefined(within),
        }),
      )
    }),
  ).pipe(
    Command.withDescription(
      "Runs a task once per file, on all cores, with the file's absolute path as its input.",
    ),
    Command.withExamples([
      { command: "scaler-ts map ./tasks.ts#compress 'src/**/*.ts'" },
      { command: "scaler-ts map ./tasks.ts#compress 'src/**/*.ts' --within 30s --json" },
    ]),
  )

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

const complain = (error: unknown): ExitCode => {
  if (error instanceof CommandError) {
    writeError(error.message)
    return error.exitCode
  }
  // A bug of ours: the stack is what a report of it needs.
  writeError(
    `Unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n` +
      "This is a bug in scaler-ts; please report it with the lines above.",
  )
  return exitCodes.failure
}

const writeError = (text: string): void => {
  const isAlone = !isAnimated(process.stderr, process.env)
  // On a terminal, "starting …" may be in the line.
  process.stderr.write(`${isAlone ? "" : "\r\u001b[K"}scaler-ts: ${text}\n`)
}
