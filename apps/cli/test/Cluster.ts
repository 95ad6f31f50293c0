/** A scheduler and workers, each the command itself in a process of its own. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { connect, type SubmitOptions } from "@scaler-ts/future/promise"
import { tasks } from "./fixtures/clusterTasks.ts"
import { Directory, type Finished, fixture, Run } from "./support.ts"

export const clusterTasks: string = fixture("clusterTasks.ts")

interface BeginOptions {
  readonly stdin?: string
  readonly env?: Record<string, string>
}

export class Cluster implements AsyncDisposable {
  readonly directory: Directory = new Directory({})
  readonly address: string = `ipc://${this.directory.path}/it.sock`
  private readonly runs: Array<Run> = []

  static async start(...workerFlags: ReadonlyArray<ReadonlyArray<string>>): Promise<Cluster> {
    const cluster = new Cluster()
    try {
      await cluster.background(["scheduler"], "listening at")
      for (const flags of workerFlags) {
        await cluster.background(["worker", clusterTasks, ...flags], "works for")
      }
      return cluster
    } catch (error) {
      await cluster[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Whoever runs a command here has a home of its own. */
  get env(): Record<string, string> {
    const { path } = this.directory
    return { SCALER_ADDRESS: this.address, HOME: path, XDG_STATE_HOME: "", XDG_CONFIG_HOME: "" }
  }

  begin(args: ReadonlyArray<string>, { env, ...options }: BeginOptions = {}): Run {
    const run = new Run(this.directory.path, args, { ...this.env, ...env }, options)
    this.runs.push(run)
    return run
  }

  /** Begins something that goes on, and waits until it says so. */
  async background(
    args: ReadonlyArray<string>,
    sign: string,
    env: Record<string, string> = { SCALER_DRAIN: "100ms" },
  ): Promise<Run> {
    const run = this.begin(args, { env })
    await run.says("stdout", sign)
    return run
  }

  /** Runs a command to its end. */
  run(args: ReadonlyArray<string>, options: { readonly stdin?: string } = {}): Promise<Finished> {
    return this.begin(args, options).finished
  }

  /** Submits a task, and returns its id. */
  async submit(...args: ReadonlyArray<string>): Promise<string> {
    const { code, stderr, stdout } = await this.run(["submit", ...args])
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }

  /** The id of a task that runs, as its first line has said. */
  async running(name: "listen" | "spin", options: SubmitOptions = {}): Promise<string> {
    await using client = await connect(ZmqTransport.layer(this.address))
    const { promise, resolve } = Promise.withResolvers<void>()
    const onLog = (): void => resolve()
    const future = client.submit(tasks[name], undefined, { detached: true, ...options, onLog })
    await promise
    return future.id
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Workers first: a scheduler that has gone away is waited for.
    for (const run of this.runs.toReversed()) {
      run.child.kill("SIGTERM")
      await run.finished
    }
    this.directory[Symbol.dispose]()
  }
}
