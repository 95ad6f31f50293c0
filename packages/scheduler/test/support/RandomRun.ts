/**
 * The scheduler's tables under arbitrary operations, beside a model of what the workers hold and
 * of what the clients have been told.
 */
import type { Message, PeerId } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { Rig, type Sent, sentence } from "./Rig.ts"

interface Attempt {
  readonly attempt: number
  state: "waiting" | "running" | "stopping"
}

/** A worker as it truly is: what it has not read yet, and what it holds. */
class ModelWorker {
  readonly inbox: Array<Message.Task | Message.TaskCancel> = []
  readonly attempts = new Map<number, Attempt>()
  readonly slots: number
  readonly prefetch: number
  draining = false

  constructor(slots: number, prefetch: number) {
    this.slots = slots
    this.prefetch = prefetch
  }

  get held(): number {
    return this.attempts.size + this.inbox.filter(({ _tag }) => _tag === "Task").length
  }
}

/** What a client has submitted, and the ends it was told, by its own task numbers. */
class ModelClient {
  submitted = 0
  readonly ends = new Map<number, string>()
  readonly cancelled = new Set<number>()
}

/** One operation: which, and two numbers that say on what. */
export interface Operation {
  readonly kind: number
  readonly which: number
  readonly how: number
}

const clientNames = ["c1", "c2"]
const workerNames = ["a", "b", "d"]

const pick = <Item>(items: ReadonlyArray<Item>, number: number): Item | undefined =>
  items[number % Math.max(1, items.length)]

export class RandomRun {
  readonly rig = new Rig(8)
  private readonly workers = new Map<string, ModelWorker>()
  private readonly clients = new Map<PeerId, ModelClient>()
  private read = 0

  /** Does one operation and checks what must always hold. */
  step(operation: Operation): void {
    this.perform(operation)
    this.hear()
    this.check()
  }

  /** Lets everything end: the workers answer, and finish what they run. */
  rest(): void {
    for (let round = 0; round < 5_000 && this.isBusy(); round++) {
      for (const [name, worker] of this.workers) {
        this.read1(name, 0)
        for (const task of [...worker.attempts.keys()]) this.act(name, task, 0)
        this.hear()
        this.check()
      }
    }
  }

  private isBusy(): boolean {
    return [...this.workers.values()].some(
      ({ attempts, inbox }) => attempts.size + inbox.length > 0,
    )
  }

  /** The ends of every client that is still here. */
  ends(): ReadonlyArray<readonly [PeerId, ModelClient]> {
    return [...this.clients]
  }

  private perform({ kind, which, how }: Operation): void {
    const client = pick(clientNames, which) ?? ""
    const worker = pick(workerNames, which) ?? ""
    switch (kind) {
      case 0:
      case 1:
      case 2:
        return this.submit(client, how)
      case 3:
      case 4:
        return this.cancel(client, how)
      case 5:
        return this.join(client, worker, how)
      case 6:
        return how % 3 === 0 ? this.leave(client, worker, which) : undefined
      case 7:
        return pick(this.rig.running(), which)?.fire()
      case 8:
        return this.rig.tables.recall(client, 1 + (how % 20))
      case 9:
        return this.stale(worker, how)
      case 10:
        return how % 5 === 0 ? this.drain(worker) : undefined
      case 11:
      case 12:
      case 13:
        return this.read1(worker, how)
      default:
        return this.act(
          worker,
          pick([...(this.workers.get(worker)?.attempts.keys() ?? [])], how),
          how,
        )
    }
  }

  private submit(name: PeerId, how: number): void {
    const client = this.clients.get(name)
    if (client === undefined) return
    const timeoutMs = how % 3 === 0 ? 5 : 0
    this.rig.submit(name, ++client.submitted, { timeoutMs, attemptsMax: 1 + (how % 3) })
  }

  private cancel(name: PeerId, how: number): void {
    const client = this.clients.get(name)
    if (client === undefined || client.submitted === 0) return
    const task = 1 + (how % client.submitted)
    client.cancelled.add(task)
    this.rig.cancel(name, task)
  }

  private join(client: PeerId, worker: string, how: number): void {
    if (!this.clients.has(client)) {
      this.clients.set(client, new ModelClient())
      this.rig.client(client)
    }
    if (this.workers.has(worker)) return
    const model = new ModelWorker(1 + (how % 3), how % 2)
    this.workers.set(worker, model)
    this.rig.worker(worker, model.slots, model.prefetch)
  }

  private leave(client: PeerId, worker: string, which: number): void {
    if (which % 4 === 0) {
      this.clients.delete(client)
      this.rig.loseClient(client)
    } else {
      this.workers.delete(worker)
      this.rig.loseWorker(worker)
    }
  }

  private drain(name: string): void {
    const worker = this.workers.get(name)
    if (worker !== undefined) worker.draining = true
    this.rig.tables.drainWorker(name, 100)
  }

  /** Says something about an attempt that nobody holds. */
  private stale(worker: string, how: number): void {
    const before = this.rig.sent.length
    const task = 1 + (how % 30)
    const attempt = 50 + how
    this.rig.result(worker, task, attempt).started(worker, task, attempt)
    this.rig.confirm(worker, [task, attempt], "canceled", "killed")
    assert.equal(this.rig.sent.length, before, "a stale message was answered (G9)")
  }

  /** The worker reads the oldest message it was sent. */
  private read1(name: string, how: number): void {
    const worker = this.workers.get(name)
    const message = worker?.inbox.shift()
    if (worker === undefined || message === undefined) return
    if (message._tag === "Task") {
      const { task, attempt } = message
      assert.equal(worker.attempts.has(task), false, "an attempt was sent to who holds the task")
      worker.attempts.set(task, { attempt, state: "waiting" })
      return how % 2 === 0 ? this.act(name, task, how) : undefined
    }
    this.hearCancel(name, worker, message)
  }

  private hearCancel(
    name: string,
    worker: ModelWorker,
    { task, attempt, force }: Message.TaskCancel,
  ): void {
    const held = worker.attempts.get(task)
    if (held === undefined || held.attempt !== attempt) {
      this.rig.confirm(name, [task, attempt], "cancelNotFound")
    } else if (held.state === "waiting") {
      worker.attempts.delete(task)
      this.rig.confirm(name, [task, attempt], "canceled", "neverStarted")
    } else if (!force) {
      this.rig.confirm(name, [task, attempt], "cancelFailed")
    } else {
      held.state = "stopping"
    }
  }

  /** The worker takes one of its attempts a step further. */
  private act(name: string, task: number | undefined, how: number): void {
    const worker = this.workers.get(name)
    const held = task === undefined ? undefined : worker?.attempts.get(task)
    if (worker === undefined || task === undefined || held === undefined) return
    const { attempt, state } = held
    if (state === "waiting") {
      held.state = "running"
      this.rig.started(name, task, attempt)
    } else if (state === "running" || how % 4 === 0) {
      worker.attempts.delete(task)
      this.rig.result(name, task, attempt)
    } else if (how % 4 === 1) {
      held.state = "running"
      this.rig.confirm(name, [task, attempt], "cancelFailed")
    } else {
      worker.attempts.delete(task)
      this.rig.confirm(name, [task, attempt], "canceled", how % 4 === 2 ? "cooperative" : "killed")
    }
  }

  /** Hands the workers and clients of the model what was sent since the last time. */
  private hear(): void {
    for (; this.read < this.rig.sent.length; this.read++) {
      const [peer, message] = this.rig.sent[this.read] ?? ["", undefined]
      const worker = this.workers.get(peer)
      const client = this.clients.get(peer)
      if (message === undefined) continue
      if (message._tag === "Task" || message._tag === "TaskCancel") {
        if (message._tag === "Task") assert.equal(worker?.draining, false, `${peer} is draining`)
        worker?.inbox.push(message)
      } else if (client !== undefined) this.tell(client, message)
    }
  }

  /** A client is told an end: exactly one, but for the same confirm again. */
  private tell(client: ModelClient, message: Sent): void {
    if (message._tag === "TaskCancelConfirm") {
      if (message.type !== "canceled") return
    } else if (message._tag !== "TaskResult") return
    const told = client.ends.get(message.task)
    const end = sentence(message)
    const isRepeat = message._tag === "TaskCancelConfirm" && told === end
    assert.ok(told === undefined || isRepeat, `${end} came after ${told} (G1, G2)`)
    client.ends.set(message.task, end)
  }

  private check(): void {
    const { workers, tasks, clients } = this.rig.tables.status()
    assert.equal(clients, this.clients.size)
    const held = Object.fromEntries([...this.workers].map(([name, worker]) => [name, worker.held]))
    assert.deepEqual(this.rig.held(), held, "held is not what the workers hold (G6)")
    let sum = 0
    for (const { slots, prefetch, held, draining, name } of workers) {
      sum += held
      assert.ok(held <= slots + prefetch, `${name} holds ${held}`)
      assert.ok(draining || tasks.queued === 0 || held === slots + prefetch, `${name} has room`)
    }
    assert.equal(tasks.running + tasks.recalling + tasks.cancelling, sum, "attempts without a slot")
    assert.ok(this.rig.running().length <= sum, "a timeout outlives its attempt (G7)")
  }
}
