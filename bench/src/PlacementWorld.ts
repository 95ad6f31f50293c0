/** The scheduler's tables with workers that are simulated: no transport, no bytes, and a clock of its own. */
import type { Message } from "@scaler-ts/protocol"
import { Tables } from "@scaler-ts/scheduler/tables"

export interface Dispatched {
  readonly worker: string
  readonly task: Message.Task
}

const input = Uint8Array.of(1)

/** A million tasks of one client are many, and what they may be is not what is measured. */
const unbounded = { tasks: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER }

export class PlacementWorld {
  readonly tables: Tables
  /** What was given to workers and not taken out yet, oldest first. */
  dispatched: Array<Dispatched> = []
  private readonly numbers = new Map<string, number>()

  constructor() {
    this.tables = new Tables(
      {
        toClient: () => {},
        toWorker: (worker, message) => {
          if (message._tag === "Task") this.dispatched.push({ worker, task: message })
        },
        after: () => () => {},
        nowMs: () => 0,
      },
      {
        tombstonesMax: 1,
        bounds: { client: unbounded, all: unbounded },
        keptMax: { ends: 1, bytes: 1, ms: 1 },
        recoverMs: 0,
      },
    )
  }

  worker(
    name: string,
    slots: number,
    capabilities: Message.WorkerHello["capabilities"] = {},
  ): void {
    const hello = { session: name, worker: name, slots, prefetch: 0, capabilities, tasks: [] }
    this.tables.addWorker(name, { _tag: "WorkerHello", ...hello })
  }

  client(name: string): void {
    this.numbers.set(name, 0)
    this.tables.clients.open(name, `session of ${name}`)
  }

  /** Queues a task; `place` gives it out. */
  submit(client: string, given: Pick<Message.Task, "name" | "capabilities">): void {
    const task = (this.numbers.get(client) ?? 0) + 1
    this.numbers.set(client, task)
    this.tables.fromClient(client, {
      _tag: "Task",
      task,
      attempt: 0,
      name: given.name,
      input,
      priority: 0,
      capabilities: given.capabilities,
      timeoutMs: 0,
      attemptsMax: 3,
      traceparent: "",
      graceMs: undefined,
      wantsOutput: false,
      depth: 0,
    })
  }

  end({ worker, task: { task, attempt } }: Dispatched): void {
    const type = "success"
    const result = { task, attempt, worker, type, payload: input, runMs: 0 } as const
    this.tables.fromWorker(worker, { _tag: "TaskResult", ...result })
  }
}
