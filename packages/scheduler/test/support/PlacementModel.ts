/**
 * Placement as it is described, done in the simplest way: every task that waits is looked at beside
 * every worker, again and again.
 */
import type { Message } from "@scaler-ts/protocol"
import assert from "node:assert/strict"

export interface ModelTask {
  readonly id: number
  readonly client: string
  /** Its number at its client. */
  readonly number: number
  readonly name: string
  readonly priority: number
  readonly capabilities: Readonly<Record<string, number>>
  attempt: number
}

export interface ModelWorker {
  readonly name: string
  readonly slots: number
  readonly prefetch: number
  readonly tasks: ReadonlyArray<string>
  readonly capabilities: Readonly<Record<string, number>>
  readonly held: Set<ModelTask>
  draining: boolean
  away: boolean
}

export class PlacementModel {
  readonly workers = new Map<string, ModelWorker>()
  readonly waiting: Array<ModelTask> = []
  /** When each client last had its turn in each priority, while something of both waits. */
  private readonly turns = new Map<string, number>()
  private now = 0

  wait(task: ModelTask): void {
    const share = shareOf(task)
    if (!this.turns.has(share)) this.turns.set(share, ++this.now)
    this.waiting.push(task)
  }

  leave(task: ModelTask): void {
    this.waiting.splice(this.waiting.indexOf(task), 1)
    const share = shareOf(task)
    if (!this.waiting.some((other) => shareOf(other) === share)) this.turns.delete(share)
  }

  /** Checks that this was the right task and a right worker, and does it. */
  place(id: number, name: string): ModelTask {
    const next = this.next()
    assert.equal(id, next?.id, "another task was to go first")
    const worker = this.workers.get(name)
    assert.ok(next !== undefined && worker !== undefined)
    this.checkWorker(next, worker)
    this.leave(next)
    const share = shareOf(next)
    if (this.turns.has(share)) this.turns.set(share, ++this.now)
    next.attempt++
    worker.held.add(next)
    return next
  }

  /** The task that is to be placed next, if there is one that can be. */
  next(): ModelTask | undefined {
    const placeable = this.waiting.filter((task) => this.takers(task).length > 0)
    return placeable.toSorted((a, b) => this.order(a, b))[0]
  }

  private order(a: ModelTask, b: ModelTask): number {
    if (a.priority !== b.priority) return b.priority - a.priority
    if (a.client !== b.client) return this.turnOf(a) - this.turnOf(b)
    return a.id - b.id
  }

  private turnOf(task: ModelTask): number {
    return this.turns.get(shareOf(task)) ?? 0
  }

  private takers(task: ModelTask): ReadonlyArray<ModelWorker> {
    return [...this.workers.values()].filter(
      (worker) =>
        !worker.draining &&
        !worker.away &&
        worker.held.size < worker.slots + worker.prefetch &&
        (worker.tasks.length === 0 || worker.tasks.includes(task.name)) &&
        Object.entries(task.capabilities).every(
          ([name, quantity]) => quantity <= left(worker, name),
        ),
    )
  }

  private checkWorker(task: ModelTask, worker: ModelWorker): void {
    const takers = this.takers(task)
    assert.ok(takers.includes(worker), `${worker.name} cannot take ${task.id}`)
    const free = takers.filter(({ slots, held }) => held.size < slots)
    if (free.length === 0) {
      if (Object.keys(task.capabilities).length > 0) return
      const most = Math.max(...takers.map(roomOf))
      assert.equal(roomOf(worker), most, `${worker.name} has not the most room`)
      return
    }
    assert.ok(free.includes(worker), `a slot is free, but not at ${worker.name}`)
    const alike = free.filter((other) => breadthOf(other) === breadthOf(worker))
    for (const other of free) {
      assert.ok(breadthOf(worker) <= breadthOf(other), `${other.name} is there for less`)
    }
    // Those that are there for as much, but not for the same, are taken in any order.
    if (Object.keys(task.capabilities).length > 0) return
    const same = alike.filter((other) => crewOf(other) === crewOf(worker))
    const most = Math.max(...same.map(roomOf))
    assert.equal(roomOf(worker), most, `${worker.name} has not the most free slots`)
  }
}

const shareOf = ({ client, priority }: ModelTask): string => `${client} ${priority}`

const roomOf = ({ slots, prefetch, held }: ModelWorker): number =>
  held.size < slots ? slots - held.size : slots + prefetch - held.size

const breadthOf = ({ tasks, capabilities }: ModelWorker): number =>
  1_000 * Object.keys(capabilities).length + (tasks.length === 0 ? 999 : tasks.length)

const crewOf = ({ tasks, capabilities }: ModelWorker): string =>
  JSON.stringify([tasks.toSorted(), Object.keys(capabilities).toSorted()])

/** How much of a capability is left; less than nothing where there is none. */
export const left = ({ capabilities, held }: ModelWorker, name: string): number => {
  let sum = capabilities[name] ?? -1
  for (const task of held) sum -= task.capabilities[name] ?? 0
  return sum
}

/** What a worker of the model says of itself. */
export const offerOf = (worker: ModelWorker): Partial<Message.WorkerHello> => {
  const { slots, prefetch, tasks, capabilities } = worker
  return { slots, prefetch, tasks, capabilities }
}
