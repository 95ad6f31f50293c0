/** A scheduler, workers and clients, each in a process of its own, which can be killed. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { type Client, type ClientOptions, connect } from "@scaler-ts/future/promise"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { linesOf, temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { startFile } from "../support/runFile.ts"
import { type Shift, tasks } from "./fixtures/tasks.ts"
import { times, transportTimes } from "./times.ts"

export class Town implements AsyncDisposable {
  readonly address: string
  private readonly folder: ReturnType<typeof temporary>
  private readonly children: Array<ChildProcess> = []
  private readonly clients: Array<Client> = []
  /** The one that was started last. */
  scheduler: ChildProcess | undefined
  private shifts = 0
  private readonly silenceMs: number

  private constructor(folder: ReturnType<typeof temporary>, silenceMs: number) {
    this.folder = folder
    this.silenceMs = silenceMs
    this.address = `ipc://${folder.file("socket")}`
  }

  /** With a scheduler in it, which takes for dead who says nothing for so long. */
  static async open(silenceMs = times.silenceMs): Promise<Town> {
    const town = new Town(temporary(), silenceMs)
    await town.startScheduler()
    return town
  }

  async startScheduler(): Promise<void> {
    this.scheduler = await this.run("scheduler", String(this.silenceMs))
  }

  async killScheduler(): Promise<void> {
    if (this.scheduler !== undefined) await kill(this.scheduler)
  }

  worker(name: string, slots = 1): Promise<ChildProcess> {
    return this.run("worker", name, String(slots))
  }

  /** Another process, which asks for a shift. */
  asking({ file, until }: Shift): Promise<ChildProcess> {
    return this.run("client", file, until)
  }

  /** A client in this process. */
  async client(options: ClientOptions = {}): Promise<Client> {
    const layer = ZmqTransport.layer(this.address, transportTimes)
    const client = await connect(layer, { ...times, ...options })
    this.clients.push(client)
    return client
  }

  /** A file that tasks may write to. */
  file(name: string): string {
    return this.folder.file(name)
  }

  newShift(): Shift {
    const number = this.shifts++
    return { file: this.folder.file(`shift-${number}`), until: this.folder.file(`end-${number}`) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()))
    await Promise.all(this.children.map(kill))
    this.folder[Symbol.dispose]()
  }

  private async run(program: string, ...args: ReadonlyArray<string>): Promise<ChildProcess> {
    const { child } = await startFile(`tests/zmq/fixtures/${program}.ts`, [this.address, ...args])
    this.children.push(child)
    return child
  }
}

/** Without a word, and waits until it is gone. */
export const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, "exit")
  child.kill("SIGKILL")
  await gone
}

/** Ends a shift as it should end. */
export const finish = ({ until }: Shift): void => writeFileSync(until, "")

/** Waits until a shift has been begun so often, and says by which processes. */
export const begun = async (
  { file }: Shift,
  times: number,
): Promise<ReadonlyArray<number | undefined>> => {
  for (;;) {
    const began = linesOf(file).filter((line) => line.endsWith("begins"))
    if (began.length >= times) return began.map((line) => Number(line.split(" ")[0]))
    await setTimeout(5)
  }
}

/** Waits until a client gets an answer: whoever has a slot is free. */
export const served = (client: Client): Promise<number> => client.submit(tasks.square, 7)
