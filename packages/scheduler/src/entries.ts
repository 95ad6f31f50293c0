/** What the scheduler's tables hold, and what they say. */
import type { Message, NumberTable, PeerId, SchedulerTask, TaskNumber } from "@scaler-ts/protocol"
import type { Capacity, Guest } from "./Placement.ts"
import type { Tombstones } from "./Tombstones.ts"

/** What the tables have done to the world, for the shell to carry out. */
export interface Outlet {
  readonly toClient: (client: PeerId, message: Message.SchedulerToClient) => void
  readonly toWorker: (worker: PeerId, message: Message.SchedulerToWorker) => void
  /** Calls `fire` in `delayMs` unless the returned function is called first. */
  readonly after: (delayMs: number, fire: () => void) => () => void
}

/** How things stand, for people and for tests. */
export interface Status {
  readonly clients: number
  readonly workers: ReadonlyArray<Capacity & { readonly name: string }>
  readonly tasks: Readonly<Record<"queued" | "running" | "recalling" | "cancelling", number>>
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
}

/** A task that has not ended. */
export interface Entry extends Guest {
  /** The number under which workers know the task. */
  readonly id: TaskNumber
  readonly client: Client
  readonly task: Message.Task
  state: SchedulerTask.State
  stopTimeout: (() => void) | undefined
}

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
