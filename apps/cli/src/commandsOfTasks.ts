/** The commands that submit tasks, and those that follow and stop them. */
import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import type { SubmitOptions } from "@scaler-ts/future"
import { CommandError } from "./CommandError.ts"
import { define, type Exit } from "./define.ts"
import { duration, type Kind, NotTaken, quantities } from "./settings/kinds.ts"
import { connectKeys } from "./settings/settings.ts"

const text = (name: string, metavar: string, about: string) =>
  Flag.optional(Flag.withDescription(Flag.withMetavar(Flag.String(name), metavar), about))
const count = (name: string, about: string) =>
  Flag.optional(Flag.withDescription(Flag.withMetavar(Flag.Int(name), "<n>"), about))
const yes = (name: string, about: string) =>
  Flag.withDefault(Flag.withDescription(Flag.withoutNegation(Flag.Boolean(name)), about), false)

const within = text(
  "within",
  "<duration>",
  "Cancel what is left after 500ms, 30s, 2m, 1h; exit with 124",
)
const isText = yes("text", "The input is a text as it is, not JSON")

const submission = {
  priority: Flag.Finite("priority").pipe(
    Flag.withMetavar("<n>"),
    Flag.withDescription("Tasks with a higher one go first (0)"),
    Flag.optional,
  ),
  needs: text("needs", "<name=n,…>", "What the task needs of its worker, such as gpu=1"),
  timeout: text("timeout", "<duration>", "Stop an attempt that runs longer"),
  attempts: count("attempts", "Give up when so many attempts were lost with their worker (3)"),
  grace: text(
    "grace",
    "<duration>",
    "How long it may take to stop when asked, before it is killed",
  ),
}

type Submission = Command.Command.Config.Infer<typeof submission>

/** What the flags of a submission say. Throws a `CommandError` for what nobody can mean. */
const optionsOf = (flags: Submission): SubmitOptions => {
  const read = <A>(kind: Kind<A>, flag: "needs" | "timeout" | "grace"): A | undefined => {
    const given = Option.getOrUndefined(flags[flag])
    if (given === undefined) return undefined
    try {
      return kind.parse(given)
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error
      throw new CommandError(`--${flag} is ${JSON.stringify(given)}; ${error.message}.`)
    }
  }
  const [needs, timeoutMs, graceMs] = [read(quantities, "needs"), read(duration, "timeout"), read(duration, "grace")] // oxfmt-ignore
  const attemptsMax = Option.getOrUndefined(flags.attempts)
  const priority = Option.getOrUndefined(flags.priority)
  if (attemptsMax !== undefined && attemptsMax < 1)
    throw new CommandError(`--attempts ${attemptsMax} is too small; give 1 or more.`)
  // As other commands that are traced take it, so that a script's steps are one trace.
  const traceparent = process.env["TRACEPARENT"]
  return {
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(priority === undefined ? {} : { priority }),
    ...(needs === undefined ? {} : { capabilities: needs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
  }
}

const input = Argument.String("input").pipe(
  Argument.withDescription("JSON; - reads it from stdin"),
  Argument.optional,
)

const submit = (exit: Exit) =>
  define(exit, {
    name: "submit",
    about:
      "Hands a task to the cluster, prints its id, and leaves. With - each line of stdin is an input.",
    examples: [
      "scaler-ts submit square 12",
      `scaler-ts submit render '{"page":3}' --needs gpu=1`,
      "seq 1000 | scaler-ts submit square -",
    ],
    parameters: {
      task: Argument.String("task").pipe(
        Argument.withDescription("The name of a task that workers offer"),
      ),
      input,
      isText,
      ...submission,
    },
    settings: connectKeys,
    run: async ({ input: given, isText: asText, task, ...flags }, invocation) => {
      const options = optionsOf(flags)
      const { submit: run } = await import("./commands/submit.ts")
      return run({ task, input: Option.getOrUndefined(given), text: asText, options }, invocation)
    },
  })

const call = (exit: Exit) =>
  define(exit, {
    name: "call",
    about:
      "Submits a task, waits, and prints its value. ./module.ts#task runs here, without a cluster.",
    examples: [
      "scaler-ts call square 12",
      "scaler-ts call ./tasks.ts#square 12",
      "scaler-ts call greet --text Ann --within 10s",
    ],
    parameters: {
      task: Argument.String("task").pipe(
        Argument.withDescription("The name of a task that workers offer, or module#task"),
      ),
      input,
      isText,
      within,
      ...submission,
    },
    settings: connectKeys,
    run: async ({ input: given, isText: asText, task, within: bound, ...flags }, invocation) => {
      const options = optionsOf(flags)
      const { call: run } = await import("./commands/await.ts")
      return run(
        {
          task,
          input: Option.getOrUndefined(given),
          text: asText,
          within: Option.getOrUndefined(bound),
          options,
        },
        invocation,
      )
    },
  })

const map = (exit: Exit) =>
  define(exit, {
    name: "map",
    about:
      "Runs a task once per file, with the file's absolute path as its input; or, for -, once per line of stdin. " +
      "module#task runs here, the name of a task on the cluster.",
    examples: [
      "scaler-ts map ./tasks.ts#compress 'src/**/*.ts'",
      "scaler-ts map ./tasks.ts#compress 'src/**/*.ts' --within 30s --json",
      "scaler-ts map compress 'src/**/*.ts' --contents",
      "seq 1000 | scaler-ts map square - | jq .value",
    ],
    parameters: {
      task: Argument.String("task").pipe(
        Argument.withDescription(
          "A task module and one of its tasks, such as ./tasks.ts#compress, or the name of a task that workers offer",
        ),
      ),
      globs: Argument.String("glob").pipe(
        Argument.withDescription("Files, or patterns in quotes, such as 'src/**/*.ts'; or -"),
        Argument.variadic({ min: 1 }),
      ),
      within,
      contents: yes(
        "contents",
        "Give the task what is in the file, as a text, and not its path, which workers elsewhere may not have",
      ),
      slots: count("slots", "Run so many at a time (default: one per core)"),
      rows: count("rows", "Print at most so many rows of the table"),
      concurrency: count("concurrency", "Have so many lines under way at a time (1000)"),
      isText,
    },
    settings: connectKeys,
    run: async (args, invocation) => {
      const { globs, isText: asText, task } = args
      const bound = Option.getOrUndefined(args.within)
      const slots = Option.getOrUndefined(args.slots)
      const concurrency = Option.getOrUndefined(args.concurrency)
      for (const [name, n] of Object.entries({ slots, concurrency })) {
        if (n !== undefined && n < 1)
          throw new CommandError(`--${name} ${n} is too small; give 1 or more.`)
      }
      if (globs.includes("-")) {
        if (globs.length > 1) throw new CommandError("Give - or files, not both.")
        if (args.contents) throw new CommandError("--contents is for files; a line is its own.")
        const { mapLines } = await import("./commands/mapLines.ts")
        return mapLines({ task, text: asText, within: bound, slots, concurrency }, invocation)
      }
      const { map: run } = await import("./map.ts")
      const { color, json, quiet } = invocation.out
      const rows = Option.getOrUndefined(args.rows)
      const { contents } = args
      const given = { task, globs, within: bound, contents, slots, rows, json, quiet, color }
      return run(given, invocation.settings)
    },
  })

const id = Argument.String("id").pipe(
  Argument.withDescription("A task's id, as submit and tasks print it"),
)

const result = (exit: Exit) =>
  define(exit, {
    name: "result",
    about: "Waits for a task that was submitted, and prints its value.",
    examples: ["scaler-ts result $(scaler-ts submit square 12)"],
    parameters: { id },
    settings: connectKeys,
    run: async (args, invocation) =>
      (await import("./commands/await.ts")).result(args.id, invocation),
  })

const logs = (exit: Exit) =>
  define(exit, {
    name: "logs",
    about:
      "Prints what a task says and prints from now on, until it ends. What it said before is kept nowhere: " +
      "follow it while it runs, or let `call` print it, or let the task write a file.",
    parameters: {
      id,
      follow: yes("follow", "Until it ends; there is no other way, and this need not be said"),
    },
    settings: connectKeys,
    run: async (args, invocation) =>
      (await import("./commands/await.ts")).logs(args.id, invocation),
  })

const cancel = (exit: Exit) =>
  define(exit, {
    name: "cancel",
    about:
      "Stops tasks, waits, and says what became of each. Exits with 0 stopped, 3 finished first, 4 not found, " +
      "5 refused, 124 unconfirmed, 130 interrupted; of many the gravest.",
    examples: [
      "scaler-ts cancel --mine",
      "scaler-ts tasks --json | jq -r '.id // empty' | scaler-ts cancel -",
    ],
    parameters: {
      ids: Argument.String("id").pipe(
        Argument.withDescription("Tasks' ids; - reads them from stdin"),
        Argument.variadic({ min: 0 }),
      ),
      all: yes("all", "Every unfinished task of every client"),
      mine: yes("mine", "What this user has submitted by `submit` on this machine"),
      name: text("name", "<task>", "Every unfinished task of this name"),
      wait: text("wait", "<duration>", "How long to wait for a confirmation (30s)"),
      yes: yes("yes", "Do not ask whether --all is meant"),
    },
    settings: connectKeys,
    run: async ({ name, wait, ...args }, invocation) => {
      const given = Option.getOrUndefined(wait)
      const { parseDuration } = await import("./duration.ts")
      const waitMs = given === undefined ? 30_000 : parseDuration(given, "--wait")
      const { cancel: run } = await import("./commands/cancel.ts")
      return run({ ...args, name: Option.getOrUndefined(name), waitMs }, invocation)
    },
  })

export const commandsOfTasks = (exit: Exit) =>
  [submit(exit), call(exit), map(exit), result(exit), logs(exit), cancel(exit)] as const
