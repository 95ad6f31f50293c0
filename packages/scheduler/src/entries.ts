/** What the scheduler's tables hold, and what they say. */
import {
  type Message,
  NumberTable,
  type PeerId,
  SchedulerTask,
  type TaskNumber,
} from "@scaler-ts/protocol"
import type { Account } from "./Credits.ts"
import type { Share } from "./placement/Lane.ts"
import type { Guest } from "./placement/Line.ts"
import type { Seat } from "./placement/Seat.ts"
import type { Waiting } from "./placement/waiting.ts"
import { Tombstones } from "./Tombstones.ts"

/** What the tables have done to the world, for the shell to carry out. */
export interface Outlet {
  readonly toClient: (client: PeerId, message: Message.SchedulerToClient) => void
  readonly toWorker: (worker: PeerId, message: Message.SchedulerToWorker) => void
  /** Calls `fire` in `delayMs` unless the returned function is called first. */
  readonly after: (delayMs: number, fire: () => void) => () => void
}

/** How much a worker can hold, and does. */
export interface Capacity {
  readonly slots: number
  readonly prefetch: number
  /** How many attempts the worker holds, running or waiting. */
  readonly held: number
  readonly draining: boolean
  /** Whether it has no connection at the moment: what it is sent would wait, and may be lost with it. */
  readonly away: boolean
}

/** How things stand, for people and for tests. */
export interface Status {
  readonly clients: number
  readonly workers: ReadonlyArray<Capacity & { readonly name: string }>
  readonly tasks: Readonly<Record<"queued" | "running" | "recalling" | "cancelling", number>>
  /** What waits and why, most tasks first; at most 100 of what there is. */
  readonly waiting: ReadonlyArray<Waiting>
  readonly tombstones: number
  /** How many messages and events changed nothing, by the reason. */
  readonly ignored: Readonly<Partial<Record<SchedulerTask.IgnoredByScheduler, number>>>
}

/** A client that has said hello and is not gone. */
export interface Client {
  readonly peer: PeerId
  readonly tasks: NumberTable<Entry>
  readonly tombstones: Tombstones
  /** The highest task number heard of: all up to it are known, or have ended. */
  highest: TaskNumber
  /** Its tasks that wait, by their priority. */
  readonly shares: Map<number, Share>
  /** What it may send, and what it has here. */
  readonly account: Account<PeerId>
}

/** A worker that has said hello and is not gone. */
export interface Worker extends Capacity {
  readonly peer: PeerId
  readonly name: string
  /** The attempts it holds, by the number of their task. */
  readonly entries: NumberTable<Entry>
  held: number
  draining: boolean
  away: boolean
  /** Where its room is counted, while it is here. */
  seat: Seat | undefined
}

/** A task that has not ended. */
export interface Entry extends Guest<Entry> {
  /** The number under which workers know the task. */
  readonly id: TaskNumber
  readonly client: Client
  readonly task: Message.Task
  state: SchedulerTask.State
  stopTimeout: (() => void) | undefined
  /** The worker that holds an attempt of it. */
  holder: Worker | undefined
  /** For whose free slot it is being taken back. */
  awaitedBy: Seat | undefined
}

export const newClient = (
  peer: PeerId,
  tombstonesMax: number,
  account: Account<PeerId>,
): Client => ({
  peer,
  tasks: new NumberTable(),
  tombstones: new Tombstones(tombstonesMax),
  highest: 0,
  shares: new Map(),
  account,
})

export const newWorker = (peer: PeerId, hello: Message.WorkerHello): Worker => ({
  peer,
  name: hello.worker,
  slots: hello.slots,
  prefetch: hello.prefetch,
  held: 0,
  draining: false,
  away: false,
  entries: new NumberTable(),
  seat: undefined,
})

export const newEntry = (id: TaskNumber, client: Client, task: Message.Task): Entry => ({
  id,
  client,
  task,
  state: SchedulerTask.unknown,
  stopTimeout: undefined,
  holder: undefined,
  awaitedBy: undefined,
  line: undefined,
  before: undefined,
  after: undefined,
})

/** The state of a client's task that is not there: it has ended, or never came. */
export const formerState = (
  { tombstones, highest }: Client,
  task: TaskNumber,
): SchedulerTask.State =>
  // Links are first in, first out: of a task that ended by a result the result is on its way.
  task <= highest ? { _tag: "ended", confirm: tombstones.get(task) } : SchedulerTask.unknown

/** The worker that holds an attempt, if that is the current one. */
export const holderOf = (state: SchedulerTask.State, attempt: number): string | undefined =>
  (state._tag === "running" || state._tag === "recalling" || state._tag === "cancelling") &&
  state.attempt === attempt
    ? state.worker
    : undefined

/** A worker as the status has it. */
export const shown = (worker: Worker): Status["workers"][number] => {
  const { name, slots, prefetch, held, draining, away } = worker
  return { name, slots, prefetch, held, draining, away }
}

/** How many tasks there are in each state. */
export const counted = (entries: Iterable<Entry>): Status["tasks"] => {
  const tasks = { queued: 0, running: 0, recalling: 0, cancelling: 0 }
  for (const { state } of entries) {
    if (state._tag !== "unknown" && state._tag !== "ended") tasks[state._tag]++
  }
  return tasks
}
