/** The commands that run a cluster, and those that look at it. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import { CommandError } from "./CommandError.ts"
import { define, type Exit } from "./define.ts"
import { liveStates } from "./top/words.ts"
import { connectKeys, type Key, keys, workerKeys } from "./settings/settings.ts"

const logs = ["log-format", "log-level"] as const satisfies ReadonlyArray<Key>

const modules = Argument.String("module").pipe(
  Argument.withDescription("Modules that export what defineTasks returns, such as ./tasks.ts"),
  Argument.variadic({ min: 1 }),
)

const scheduler = (exit: Exit) =>
  define(exit, {
    name: "scheduler",
    about:
      "Runs the scheduler of a cluster. SIGTERM or Ctrl-C lets what runs finish, a second one cancels it.",
    examples: ["scaler-ts scheduler", "scaler-ts scheduler --address tcp://127.0.0.1:5555"],
    parameters: {},
    settings: [
      "address",
      "keys-file",
      "scheduler.allowed-file",
      "insecure",
      "scheduler.tasks-max",
      "scheduler.client-tasks-max",
      "scheduler.metrics",
      "drain",
      ...logs,
    ],
    run: async (_, invocation) => (await import("./commands/scheduler.ts")).scheduler(invocation),
  })

const worker = (exit: Exit) =>
  define(exit, {
    name: "worker",
    about:
      "Runs a worker that offers the tasks of modules. SIGTERM or Ctrl-C lets what runs finish, a second one stops it.",
    examples: [
      "scaler-ts worker ./tasks.ts",
      "scaler-ts worker ./tasks.ts --executor thread --slots 4 --capabilities gpu=1 --name big",
    ],
    parameters: { modules },
    settings: [...connectKeys, "worker.name", ...workerKeys],
    run: async (args, invocation) =>
      (await import("./commands/worker.ts")).worker(args.modules, invocation),
  })

const dev = (exit: Exit) =>
  define(exit, {
    name: "dev",
    about:
      "Runs a scheduler and a worker, shows what they do, and starts a new worker when a module of tasks changes. " +
      "Ctrl-C cancels what runs.",
    examples: ["scaler-ts dev ./tasks.ts"],
    parameters: { modules },
    settings: ["address", "insecure", ...workerKeys],
    run: async (args, invocation) =>
      (await import("./commands/dev.ts")).dev(args.modules, invocation),
  })

const top = (exit: Exit) =>
  define(exit, {
    name: "top",
    about:
      "Shows the cluster on the whole screen: tasks, workers, cancels; c cancels a task. Off a terminal, a line a second.",
    parameters: {
      every: Flag.String("every").pipe(
        Flag.withMetavar("<duration>"),
        Flag.withDescription("How often it looks (1s)"),
        Flag.withDefault("1s"),
      ),
      count: Flag.Int("count").pipe(
        Flag.withMetavar("<n>"),
        Flag.withDescription("End after so many lines, also on a terminal"),
        Flag.optional,
      ),
    },
    settings: connectKeys,
    run: async ({ count, every }, { out, settings }) => {
      const { parseDuration } = await import("./duration.ts")
      const everyMs = parseDuration(every, "--every")
      if (Option.isSome(count) && count.value < 1)
        throw new CommandError(`--count ${count.value} is too small; give 1 or more.`)
      const { top: run } = await import("./top/top.ts")
      const { withOperator } = await import("./cluster.ts")
      return withOperator(settings, (operator) => {
        out.clear()
        return run(operator, {
          name: settings.get("address"),
          color: out.color,
          everyMs,
          json: out.json,
          ...(Option.isSome(count) ? { count: count.value } : {}),
        })
      })
    },
  })

const status = (exit: Exit) =>
  define(exit, {
    name: "status",
    about: "Says how the cluster stands, and why what waits waits.",
    parameters: {},
    settings: connectKeys,
    run: async (_, invocation) => (await import("./commands/look.ts")).status(invocation),
  })

const filters = {
  state: Flag.Literals("state", liveStates).pipe(
    Flag.withDescription("Only those in this state"),
    Flag.optional,
  ),
  name: Flag.String("name").pipe(
    Flag.withMetavar("<task>"),
    Flag.withDescription("Only those of this name"),
    Flag.optional,
  ),
  worker: Flag.String("worker").pipe(
    Flag.withMetavar("<worker>"),
    Flag.withDescription("Only those that this worker holds"),
    Flag.optional,
  ),
  limit: Flag.Int("limit").pipe(
    Flag.withMetavar("<n>"),
    Flag.withDescription("At most so many; 10,000 at the most"),
    Flag.withDefault(100),
  ),
}

const tasks = (exit: Exit) =>
  define(exit, {
    name: "tasks",
    about: "Lists unfinished tasks, those that are longest in their state first.",
    examples: ["scaler-ts tasks --state cancelling"],
    parameters: filters,
    settings: connectKeys,
    run: async ({ limit, name, state, worker: held }, invocation) => {
      if (limit < 1 || limit > 10_000)
        throw new CommandError(`--limit is ${limit}; give a whole number from 1 to 10000.`)
      const { tasks: run } = await import("./commands/look.ts")
      const filter = {
        limit,
        ...(Option.isSome(state) ? { state: state.value } : {}),
        ...(Option.isSome(name) ? { name: name.value } : {}),
        ...(Option.isSome(held) ? { worker: held.value } : {}),
      }
      return run(filter, invocation)
    },
  })

const workers = (exit: Exit) =>
  define(exit, {
    name: "workers",
    about: "Lists the workers, with their slots and what they offer.",
    parameters: {},
    settings: connectKeys,
    run: async (_, invocation) => (await import("./commands/look.ts")).workers(invocation),
  })

const drain = (exit: Exit) =>
  define(exit, {
    name: "drain",
    about:
      "Lets workers, or the scheduler, finish what they run and leave; then what still runs is stopped.",
    examples: ["scaler-ts drain worker-1 --drain 5m", "scaler-ts drain --scheduler"],
    parameters: {
      workers: Argument.String("worker").pipe(
        Argument.withDescription("Names of workers"),
        Argument.variadic({ min: 0 }),
      ),
      scheduler: Flag.Boolean("scheduler").pipe(
        Flag.withoutNegation,
        Flag.withDescription("The scheduler, and with it the cluster"),
        Flag.withDefault(false),
      ),
    },
    settings: [...connectKeys, "drain"],
    run: async (args, invocation) => (await import("./commands/drain.ts")).drain(args, invocation),
  })

const config = (exit: Exit) =>
  define(exit, {
    name: "config",
    about:
      "Prints every setting, its value and who says so: a flag, a variable, the file, or nobody.",
    parameters: {},
    settings: keys,
    run: async (_, invocation) => (await import("./commands/config.ts")).config(invocation),
  })

const keyPair = (exit: Exit) =>
  define(exit, {
    name: "keys",
    about:
      "Makes a pair of keys, a file and file.pub, or reads one; prints the public key, and lets it in where a list is named.",
    examples: [
      "scaler-ts keys scheduler.key",
      "scaler-ts keys worker.key --allow allowed --role worker --name 'the big one'",
    ],
    parameters: {
      file: Argument.String("file").pipe(Argument.withDescription("Where the secret key is kept")),
      allow: Flag.String("allow").pipe(
        Flag.withMetavar("<file>"),
        Flag.withDescription(
          "Put the public key on this list, which a scheduler reads when it starts",
        ),
        Flag.optional,
      ),
      roles: Flag.Literals("role", ["client", "worker", "operator"]).pipe(
        Flag.withDescription("As what it is let in; may be given more than once"),
        Flag.between(0, 3),
      ),
      name: Flag.String("name").pipe(
        Flag.withMetavar("<text>"),
        Flag.withDescription("Whose it is, as the list says it"),
        Flag.withDefault(""),
      ),
    },
    run: async ({ allow, ...args }, invocation) => {
      const { keys: run } = await import("./commands/keys.ts")
      return run({ ...args, allow: Option.getOrUndefined(allow) }, invocation)
    },
  })

const bench = (exit: Exit) =>
  define(exit, {
    name: "bench",
    about: "Measures what tasks and cancels cost on this machine.",
    parameters: {
      executor: Flag.Literals("executor", ["inline", "thread", "process"]).pipe(
        Flag.withDescription("Only this one; each of them if none is named"),
        Flag.optional,
      ),
    },
    run: async ({ executor }, invocation) => {
      const { bench: run } = await import("./commands/bench.ts")
      return run(Option.getOrUndefined(executor), invocation)
    },
  })

const replay = (exit: Exit) =>
  define(exit, {
    name: "replay",
    about: "Runs the tests here so that a race takes the order again that a token stands for.",
    examples: ["scaler-ts replay st2-… test/retry.test.ts"],
    parameters: {
      token: Argument.String("token").pipe(
        Argument.withDescription("As a race that failed has printed it"),
      ),
      files: Argument.String("file").pipe(
        Argument.withDescription("Test files; all of them if none is named"),
        Argument.variadic({ min: 0 }),
      ),
    },
    run: async ({ files, token }, invocation) =>
      (await import("./commands/replay.ts")).replay(token, files, invocation),
  })

export const commandsOfClusters = (exit: Exit) =>
  [
    scheduler(exit),
    worker(exit),
    dev(exit),
    top(exit),
    status(exit),
    tasks(exit),
    workers(exit),
    drain(exit),
    config(exit),
    keyPair(exit),
    bench(exit),
    replay(exit),
  ] as const
