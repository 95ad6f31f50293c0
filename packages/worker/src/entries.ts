/** What the worker's tables hold, and what they say. */
import type {
  AttemptOutput,
  Message,
  OutputWindow,
  TaskNumber,
  WorkerAttempt,
} from "@scaler-ts/protocol"

/** What the tables need of the world. */
export interface Outlet {
  readonly send: (message: Message.WorkerToScheduler) => void
  /** Milliseconds from an arbitrary point, never going back. */
  readonly nowMs: () => number
  /** Calls `fire` in `delayMs` unless the returned function is called first. */
  readonly after: (delayMs: number, fire: () => void) => () => void
  /** An attempt has moved to another state. */
  readonly moved: () => void
}

/** An attempt, until it has ended. */
export interface Entry {
  readonly key: number
  readonly task: TaskNumber
  readonly attempt: number
  readonly traceparent: string
  /** How many tasks it is nested in. */
  readonly depth: number
  /** How long its function may take to stop, in milliseconds. */
  readonly graceMs: number
  state: WorkerAttempt.State
  stopGrace: (() => void) | undefined
  /** When its function was asked to stop last, by the outlet's clock. */
  askedAtMs: number
  /** What it says, if its client wants to be told. */
  output: AttemptOutput | undefined
}

export interface TablesSettings {
  /** How long a task that is asked to stop may take before it is killed, in milliseconds. */
  readonly graceMs: number
  /** How long a line may be that a client is sent, in characters. */
  readonly lineMax: number
}

export type IgnoredByTables = WorkerAttempt.IgnoredByWorker | OutputWindow.IgnoredCredit

/** How things stand, for people and for tests. */
export interface Status {
  readonly attempts: Readonly<Record<"waiting" | "running" | "stopping", number>>
  /** How many messages and events changed nothing, by the reason. */
  readonly ignored: Readonly<Partial<Record<IgnoredByTables, number>>>
}
