/**
 * Everything that can be set by a flag, a variable or a file, in one table: `config` prints it, the
 * commands' flags are made from it, and a file may hold nothing else.
 */
import { availableParallelism, hostname, tmpdir, userInfo } from "node:os"
import { join } from "node:path"
import * as Kinds from "./kinds.ts"

export interface Setting<A> {
  readonly kind: Kinds.Kind<A>
  readonly about: string
  /** A single letter that says the same as the flag. */
  readonly letter?: string
  /** What holds where nobody says anything; nothing where there is none. */
  readonly otherwise: (env: Environment) => A
}

export type Environment = Readonly<Record<string, string | undefined>>

const setting = <A, B = A>(
  kind: Kinds.Kind<A>,
  about: string,
  otherwise: (env: Environment) => B,
  letter?: string,
): Setting<A | B> => ({
  // A value that stands for nothing is never written or read.
  kind: kind as unknown as Kinds.Kind<A | B>,
  about,
  otherwise,
  ...(letter === undefined ? {} : { letter }),
})

const none = (): undefined => undefined

const uid = (): string => {
  try {
    return String(userInfo().uid)
  } catch {
    return "user" // There are systems that know no user of ours.
  }
}

/** In a folder that nobody else can open, because whoever can open the socket can give orders. */
export const socketFolder = (env: Environment): string =>
  join(env["XDG_RUNTIME_DIR"] || tmpdir(), `scaler-ts-${uid()}`)

/** By its key: `worker.slots` is `slots` in the table `[worker]` of a file. */
export const settings = {
  address: setting(
    Kinds.address,
    "Where the scheduler is: ipc://path on this machine, tcp://host:port",
    (env): string => `ipc://${join(socketFolder(env), "scheduler.sock")}`,
    "a",
  ),
  insecure: setting(
    Kinds.yesNo,
    "Allow tcp addresses beyond this machine without keys: whoever reaches them can do everything",
    () => false,
  ),
  "keys-file": setting(
    Kinds.file,
    "Our own keys, as `scaler-ts keys` makes them: all is encrypted, and both ends know each other",
    none,
  ),
  "server-file": setting(
    Kinds.file,
    "The scheduler's public key, for those who connect to it",
    none,
  ),
  "connect-within": setting(Kinds.duration, "How long to try to reach the scheduler", () => 5_000),
  "scheduler.allowed-file": setting(
    Kinds.file,
    "Whose keys are let in, and as what, as `scaler-ts keys --allow` writes it",
    none,
  ),
  "scheduler.tasks-max": setting(
    Kinds.wholeFrom(1),
    "How many unfinished tasks there may be; who submits more waits",
    () => 1_000_000,
  ),
  "scheduler.client-tasks-max": setting(
    Kinds.wholeFrom(1),
    "How many of them one client may have",
    () => 100_000,
  ),
  "scheduler.metrics": setting(
    Kinds.hostPort,
    "Serve metrics for Prometheus at http://host:port/metrics",
    none,
  ),
  "worker.name": setting(
    Kinds.text,
    "The worker's name, unique among all; receipts and errors show it",
    (): string => `${hostname()}-${process.pid}`,
  ),
  "worker.executor": setting(
    Kinds.oneOf(["process", "thread", "inline"]),
    "What runs the tasks: processes and threads can be killed, inline cannot",
    () => "process" as const,
  ),
  "worker.slots": setting(Kinds.wholeFrom(1), "How many tasks run at a time", () =>
    availableParallelism(),
  ),
  "worker.capabilities": setting(
    Kinds.quantities,
    "What the worker has for tasks that need it, such as gpu=1",
    () => ({}),
  ),
  "worker.grace": setting(
    Kinds.duration,
    "How long a task that is asked to stop may take before it is killed",
    () => 5_000,
  ),
  "worker.memory-max-mb": setting(
    Kinds.wholeFrom(1),
    "How much memory each process may use, or each thread's heap, in MiB",
    none,
  ),
  "worker.recycle-tasks": setting(
    Kinds.wholeFrom(1),
    "Replace a process after so many tasks",
    none,
  ),
  drain: setting(
    Kinds.duration,
    "How long a scheduler or worker that is told to end lets run what runs",
    () => 30_000,
  ),
  "log-format": setting(
    Kinds.oneOf(["pretty", "logfmt", "json"]),
    "How lines of a scheduler's and a worker's log are written",
    () => "pretty" as const,
  ),
  "log-level": setting(
    Kinds.oneOf(["debug", "info", "warn", "error", "none"]),
    "Which lines of a log are written; with debug, errors show their stack",
    () => "info" as const,
  ),
} as const

export type Settings = typeof settings
export type Key = keyof Settings
export type ValueOf<K extends Key> = Settings[K] extends Setting<infer A> ? A : never

/** In the order of the table. */
export const keys = Object.keys(settings) as ReadonlyArray<Key> // The table's own.

/** The settings of whoever connects. */
export const connectKeys: ReadonlyArray<Key> = [
  "address",
  "keys-file",
  "server-file",
  "insecure",
  "connect-within",
]

/** Those of a worker, but for its name. */
export const workerKeys: ReadonlyArray<Key> = [
  "worker.executor",
  "worker.slots",
  "worker.capabilities",
  "worker.grace",
  "worker.memory-max-mb",
  "worker.recycle-tasks",
  "drain",
  "log-format",
  "log-level",
]

/** `worker.memory-max-mb` is `--memory-max-mb`. */
export const flagOf = (key: Key): string => key.slice(key.indexOf(".") + 1)

/** `worker.memory-max-mb` is `SCALER_WORKER_MEMORY_MAX_MB`. */
export const variableOf = (key: Key): string => `SCALER_${key.replace(/[.-]/g, "_").toUpperCase()}`
