/** The scheduler's tables with a recording outlet: what they say comes back as short sentences. */
import type { CreditBounds, Message, PeerId, TaskNumber } from "@scaler-ts/protocol"
import type { KeptMax } from "../../src/KeptEnds.ts"
import { Tables } from "../../src/Tables.ts"

export type Sent = Message.FromScheduler

const many = { tasks: 1_000_000, bytes: 1_000_000_000 }
export const unbounded: CreditBounds = { client: many, all: many }
const keptMaxDefault: KeptMax = { ends: 100, bytes: 1_000_000, ms: 60_000 }

export interface Timer {
  readonly delayMs: number
  readonly fire: () => void
  stopped: boolean
}

export class Rig {
  readonly tables: Tables
  /** Every message with its receiver, in order. */
  readonly sent: Array<readonly [PeerId, Sent]> = []
  /** The same of credit, which goes beside all the rest. */
  readonly credits: Array<readonly [PeerId, Sent]> = []
  readonly timers: Array<Timer> = []
  private taken = 0
  /** What time it is. */
  nowMs = 0

  constructor(
    tombstonesMax = 100,
    bounds: CreditBounds = unbounded,
    keptMax: KeptMax = keptMaxDefault,
    recoverMs = 0,
  ) {
    const record = (peer: PeerId, message: Sent): void => {
      const to = message._tag === "TaskCredit" ? this.credits : this.sent
      to.push([peer, message])
    }
    this.tables = new Tables(
      {
        toClient: record,
        toWorker: record,
        after: (ms, fire) => this.after(ms, fire),
        nowMs: () => this.nowMs,
      },
      { tombstonesMax, bounds, keptMax, recoverMs },
    )
  }

  /** What credit was given since the last time this was asked. */
  takeCredits(): ReadonlyArray<string> {
    return this.credits.splice(0).map(([peer, message]) => `${peer}: ${sentence(message)}`)
  }

  /** What was said since the last time this was asked. */
  take(): ReadonlyArray<string> {
    const news = this.sent.slice(this.taken)
    this.taken = this.sent.length
    return news.map(([peer, message]) => `${peer}: ${sentence(message)}`)
  }

  client(name: PeerId, session: string = name): this {
    this.tables.clients.open(name, session)
    return this
  }

  worker(name: string, slots = 1, prefetch = 0): this {
    return this.offering(name, { slots, prefetch })
  }

  /** A worker with one slot that takes tasks of any name and has no capabilities, unless told otherwise. */
  offering(name: string, offer: Partial<Message.WorkerHello>): this {
    this.tables.addWorker(name, {
      _tag: "WorkerHello",
      session: name,
      worker: name,
      slots: 1,
      prefetch: 0,
      capabilities: {},
      tasks: [],
      ...offer,
    })
    return this
  }

  submit(client: PeerId, task: TaskNumber, options: Partial<Message.Task> = {}): this {
    this.tables.fromClient(client, { ...taskOf(task), ...options })
    return this.placed()
  }

  /** A task of the worker's that is nested so deep. */
  child(worker: string, task: TaskNumber, depth = 1, options: Partial<Message.Task> = {}): this {
    this.tables.fromClient(worker, { ...taskOf(task), depth, ...options }, `session of ${worker}`)
    return this.placed()
  }

  waits(worker: string, task: TaskNumber, attempt = 1): this {
    return this.says(worker, { _tag: "TaskWaits", task, attempt })
  }

  resumes(worker: string, task: TaskNumber, attempt = 1): this {
    return this.says(worker, { _tag: "TaskResumes", task, attempt })
  }

  cancel(client: PeerId, task: TaskNumber): this {
    this.tables.fromClient(client, { _tag: "TaskCancel", task, attempt: 0, force: true })
    return this.placed()
  }

  started(worker: string, task: TaskNumber, attempt = 1): this {
    return this.says(worker, { _tag: "TaskStarted", task, attempt, worker })
  }

  result(worker: string, task: TaskNumber, attempt = 1): this {
    return this.says(worker, {
      _tag: "TaskResult",
      task,
      attempt,
      worker,
      type: "success",
      payload: Uint8Array.of(task),
      runMs: 3,
    })
  }

  confirm(
    worker: string,
    [task, attempt]: readonly [TaskNumber, number],
    type: Message.TaskCancelConfirm["type"],
    how: Message.ConfirmHow = "unknown",
  ): this {
    return this.says(worker, {
      _tag: "TaskCancelConfirm",
      task,
      attempt,
      worker,
      type,
      how,
      stopMs: 0,
    })
  }

  says(worker: string, message: Parameters<Tables["fromWorker"]>[1]): this {
    this.tables.fromWorker(worker, message)
    return this.placed()
  }

  loseWorker(name: string): this {
    this.tables.loseWorker(name)
    return this.placed()
  }

  loseClient(name: PeerId): this {
    this.tables.loseClient(name)
    return this.placed()
  }

  /** The timers that still run. */
  running(): ReadonlyArray<Timer> {
    return this.timers.filter((timer) => !timer.stopped)
  }

  /** How many attempts each worker is said to hold. */
  held(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.tables.status().workers.map(({ name, held }) => [name, held]))
  }

  private after(delayMs: number, fire: () => void): () => void {
    const timer: Timer = {
      delayMs,
      fire: () => {
        timer.stopped = true
        fire()
        this.tables.placeAll()
      },
      stopped: false,
    }
    this.timers.push(timer)
    return () => {
      timer.stopped = true
    }
  }

  // As the shell does after every frame.
  private placed(): this {
    this.tables.placeAll()
    return this
  }
}

export const taskOf = (task: TaskNumber): Message.Task => ({
  _tag: "Task",
  task,
  attempt: 0,
  name: "sqrt",
  input: Uint8Array.of(task),
  priority: 0,
  capabilities: {},
  timeoutMs: 0,
  attemptsMax: 3,
  traceparent: "",
  graceMs: undefined,
  wantsOutput: false,
  depth: 0,
})

/** A message in a few words: its kind, `task.attempt`, and what matters of the rest. */
export const sentence = (message: Sent): string => {
  switch (message._tag) {
    case "Task":
      return `Task ${message.task}.${message.attempt}`
    case "TaskCancel":
      return `TaskCancel ${message.task}.${message.attempt} ${message.force ? "forced" : "unforced"}`
    case "TaskStarted":
      return `TaskStarted ${message.task}.${message.attempt} on ${message.worker}`
    case "TaskResult":
      return `TaskResult ${message.task}.${message.attempt} ${message.type} of ${message.worker}`
    case "TaskCancelConfirm":
      return message.type === "canceled"
        ? `canceled ${message.task}.${message.attempt} ${message.how} of ${message.worker || "nobody"}${message.stopMs > 0 ? ` after ${message.stopMs} ms` : ""}`
        : `${message.type} ${message.task}.${message.attempt}`
    case "TaskProgress":
      return `TaskProgress ${message.task}.${message.attempt} ${message.fraction}`
    case "TaskLog":
      return `TaskLog ${message.task}.${message.attempt} ${message.line}`
    case "TaskLogTaken":
      return `TaskLogTaken ${message.task}.${message.attempt} ${message.lines}`
    case "TaskAttached":
      return `TaskAttached ${message.task} ${message.name}`
    case "TaskAttachRefused":
      return `TaskAttachRefused ${message.task} ${message.type} ${message.name}`.trimEnd()
    case "TaskCredit":
      return `TaskCredit ${message.tasks} ${message.bytes}`
    case "Drain":
      return `Drain ${message.boundMs}`
    case "WorkerTold":
      return `${message.request}: ${message.worker} holds ${message.held} of ${message.slots}`
    case "WaitingTold":
      return `${message.request}: ${message.tasks} ${message.name} wait, ${message.why}`
    case "StatusTold":
      return `${message.request}: StatusTold ${message.clients} clients`
    case "TaskTold": {
      const { request, id, state, end, worker } = message
      const at = worker === "" ? "" : ` on ${worker}`
      return `${request}: ${id} ${state}${end === "none" ? "" : ` ${end}`}${at}`
    }
    case "TasksTold":
      return `${message.request}: ${message.leftOut} left out${message.cut ? ", cut" : ""}`
    case "OrderTold": {
      const { request, outcome, end, how, worker } = message
      const words = [outcome, end === "none" ? "" : end, how === "unknown" ? "" : how]
      const at = worker === "" ? "" : ` on ${worker}`
      return `${request}: ${words.filter((word) => word !== "").join(" ")}${at}`
    }
    case "HelloEcho":
    case "HeartbeatEcho":
    case "ClientDisconnectEcho":
    case "ProtocolError":
      return message._tag
  }
}
