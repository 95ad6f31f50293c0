/** What the worker's tables hold, and what they say. */
import {
  type AttemptOutput,
  type Message,
  type OutputWindow,
  type TaskNumber,
  WorkerAttempt,
} from "@scaler-ts/protocol"
import type { Tracing } from "@scaler-ts/runtime"
import type { Span } from "effect/Tracer"

/** What the tables need of the world. */
export interface Outlet {
  readonly send: (message: Message.WorkerToScheduler) => void
  /** Milliseconds from an arbitrary point, never going back. */
  readonly nowMs: () => number
  /** Calls `fire` in `delayMs` unless the returned function is called first. */
  readonly after: (delayMs: number, fire: () => void) => () => void
  /** `after`, for what is only told to who looks. */
  readonly afterInBackground: (delayMs: number, fire: () => void) => () => void
  /** An attempt has moved to another state. */
  readonly moved: () => void
}

/** An attempt, until it has ended. */
export interface Entry {
  readonly key: number
  readonly task: TaskNumber
  readonly attempt: number
  /** The name of its task. */
  readonly name: string
  /** The span of whoever submitted it, or its own. */
  traceparent: string
  /** What it is to a tracer, if there is one and it belongs to a trace. */
  span: Span | undefined
  /** How many tasks it is nested in. */
  readonly depth: number
  /** How long its function may take to stop, in milliseconds. */
  readonly graceMs: number
  state: WorkerAttempt.State
  stopGrace: (() => void) | undefined
  /** How far its stop has come. */
  rung: Message.StopRung
  /** Looks whether it still stops. */
  stopLooking: (() => void) | undefined
  /** When its function was asked to stop last, by the outlet's clock. */
  askedAtMs: number
  /** What it says, if its client wants to be told. */
  output: AttemptOutput | undefined
}

/** An attempt that nobody has been told of. */
export const newEntry = (
  key: number,
  { task, attempt, graceMs, name = "", traceparent = "", depth = 0 }: Said,
): Entry => ({
  key,
  task,
  attempt,
  name,
  traceparent,
  span: undefined,
  depth,
  graceMs,
  state: WorkerAttempt.absent,
  stopGrace: undefined,
  rung: "interrupted",
  stopLooking: undefined,
  askedAtMs: 0,
  output: undefined,
})

/** What is known of it. */
interface Said extends Pick<Entry, "task" | "attempt" | "graceMs"> {
  readonly name?: string
  readonly traceparent?: string
  readonly depth?: number
}

/** What came with an event: how the attempt ended. */
export interface Context {
  readonly ok?: boolean
  readonly payload?: () => Uint8Array
  readonly runMs?: number
  /** When the function was seen to have ended. */
  readonly endedAtMs?: number
}

export interface TablesSettings {
  /** How long a task that is asked to stop may take before it is killed, in milliseconds. */
  readonly graceMs: number
  /** How long a line may be that a client is sent, in characters. */
  readonly lineMax: number
  /** Where spans of attempts go. */
  readonly tracing?: Tracing.Tracing | undefined
}

export type IgnoredByTables = WorkerAttempt.IgnoredByWorker | OutputWindow.IgnoredCredit

/** How things stand, for people and for tests. */
export interface Status {
  readonly attempts: Readonly<Record<"waiting" | "running" | "stopping", number>>
  /** How many messages and events changed nothing, by the reason. */
  readonly ignored: Readonly<Partial<Record<IgnoredByTables, number>>>
}
