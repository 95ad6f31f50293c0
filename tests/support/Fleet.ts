/** A scheduler and a client in this process, and workers in processes of their own, which can be killed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { type Client, connect, type SubmitOptions } from "@scaler-ts/future/promise"
import { schedulerPeer } from "@scaler-ts/protocol"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { temporary, untilGone } from "../../packages/worker/test/fixtures/processEvidence.ts"
import type { WorkerSettings } from "../evidence/fixtures/workerProcess.ts"
import type { Begun, Evidence } from "./Stage.ts"
import { StreamHub, StreamSpoke } from "./StreamTransport.ts"

const program = fileURLToPath(new URL("../evidence/fixtures/workerProcess.ts", import.meta.url))

/** Workers that are killed are lost at once, and nobody waits for them to come back. */
const times = { resumeMs: 0 }

const clientName = "client"

export class FleetWorker {
  readonly name: string
  readonly child: ChildProcess

  constructor(name: string, child: ChildProcess) {
    this.name = name
    this.child = child
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} has not been started`)
    return this.child.pid
  }

  /** Those whose parent it is: its processes, and the shell that watches over them. */
  children(): ReadonlyArray<number> {
    const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    const pairs = listed.split("\n").map((line) => line.trim().split(/\s+/).map(Number))
    return pairs.flatMap(([pid = 0, parent]) => (parent === this.pid ? [pid] : []))
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name)
  }

  /** Kills it, and waits until it and its children are gone: nobody but the kernel tells of that. */
  async kill(): Promise<void> {
    const all = [this.pid, ...this.children()]
    this.signal("SIGKILL")
    for (const pid of all) await untilGone(pid)
  }
}

export class Fleet implements AsyncDisposable {
  readonly client: Client
  readonly scheduler: Scheduler.Scheduler
  private readonly scope: Scope.Closeable
  private readonly folder: ReturnType<typeof temporary>
  private readonly workers: Array<FleetWorker> = []
  private files = 0

  private constructor(
    parts: Pick<Fleet, "client" | "scheduler">,
    scope: Scope.Closeable,
    folder: ReturnType<typeof temporary>,
  ) {
    this.client = parts.client
    this.scheduler = parts.scheduler
    this.scope = scope
    this.folder = folder
  }

  static async open(): Promise<Fleet> {
    const folder = temporary()
    const path = folder.file("hub")
    const hub = await StreamHub.open(schedulerPeer, path)
    const scope = Effect.runSync(Scope.make())
    Effect.runSync(
      Scope.addFinalizer(
        scope,
        Effect.sync(() => hub.close()),
      ),
    )
    const scheduler = await Effect.runPromise(Scope.provide(Scheduler.make(hub, times), scope))
    const client = await connect(new StreamSpoke(clientName, schedulerPeer, path), times)
    return new Fleet({ client, scheduler }, scope, folder)
  }

  /** A worker of one slot unless told otherwise, once the scheduler knows it. */
  async worker(settings: Partial<WorkerSettings> = {}): Promise<FleetWorker> {
    const name = `worker-${this.workers.length + 1}`
    const all: WorkerSettings = { name, slots: 1, ...settings }
    const child = spawn(
      process.execPath,
      ["--conditions=@scaler-ts/source", program, this.folder.file("hub"), JSON.stringify(all)],
      { stdio: ["ignore", "ignore", "inherit"] },
    )
    const worker = new FleetWorker(name, child)
    this.workers.push(worker)
    await this.until(() => this.names.includes(name))
    return worker
  }

  /** The names of the workers that the scheduler knows. */
  get names(): ReadonlyArray<string> {
    return this.scheduler.status().workers.map(({ name }) => name)
  }

  submit<Input extends Evidence>(
    task: TaskDefinition<Input, unknown>,
    more: NoInfer<Omit<Input, "file">>,
    options?: SubmitOptions,
  ): Begun {
    const file = this.newFile()
    // TypeScript does not see that the two are all of the input.
    const input = { file, ...more } as unknown as Input
    return { future: this.client.submit(task, input, options), file }
  }

  newFile(): string {
    return this.folder.file(`file-${this.files++}`)
  }

  /** Waits until so many tasks are, to the scheduler, in such a state. */
  untilThere(
    state: keyof ReturnType<Scheduler.Scheduler["status"]>["tasks"],
    count: number,
  ): Promise<void> {
    return this.until(() => this.scheduler.status().tasks[state] === count)
  }

  /** Takes a task back from its worker, as the scheduler itself might. */
  recall({ future }: Begun): void {
    this.scheduler.recall(clientName, future.number)
  }

  private async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close()
    for (const { child, pid } of this.workers) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      process.kill(pid, "SIGTERM")
      await once(child, "exit")
    }
    await Effect.runPromise(Scope.close(this.scope, Exit.void))
    this.folder[Symbol.dispose]()
  }
}
