/** What is written down of an execution: of each future, task, attempt and call. */
import type { Future, Outcome, Receipt } from "@scaler-ts/future"

/** When something happened: in which step, and in which order within it. */
export interface Moment {
  /** The number of the step; -1 for what happened while the world was set up. */
  readonly step: number
  readonly order: number
  /** The time of the node at which it happened. */
  readonly atMs: number
}

/** An attempt, from the moment its worker's executor was handed it. */
export interface AttemptRecord {
  readonly worker: string
  /** Which life of its worker it belongs to: it ends with it, and nobody sees it end. */
  readonly life: number
  readonly number: number
  /** When its worker took it in. */
  readonly given: Moment
  /** How many tasks it is nested in. */
  readonly depth: number
  /** When it began to wait for children, went on, began to wait again, and so on. */
  readonly waits: Array<Moment>
  /** When its function was given a slot; `undefined` if it never was. */
  began: Moment | undefined
  /** When its slot came free; `undefined` while it runs. */
  over: Moment | undefined
  how: "returned" | "stopped" | "exited" | "withdrawn" | undefined
  /** When its function was asked to stop last, by its worker's clock. */
  askedAtMs: number | undefined
  /** How long that was before it was seen to end. */
  stopMs: number
  /** Of one that returned: its encoded value, or its encoded error. */
  result: { readonly ok: boolean; readonly payload: Uint8Array } | undefined
}

/** A call of a job's function, as the job itself saw it. */
export interface CallRecord {
  readonly worker: string
  readonly life: number
  /** When it ended, however that was; `undefined` while it runs. */
  over: Moment | undefined
}

/** What happens to a task. All futures of one task share it. */
export interface TaskRecord {
  /** The client that submitted it, if one has. */
  readonly submitter: string | undefined
  /** When a client asked the scheduler for its cancel, for an asker or because it leaves. */
  readonly wanted: Array<Moment>
  /** When a client asked the scheduler to let it go on without anybody. */
  readonly detached: Array<Moment>
  /** When a worker refused to stop it. */
  readonly refusals: Array<Moment>
  readonly attempts: Array<AttemptRecord>
}

/** A future, from the moment its task was submitted or attached to. */
export interface FutureRecord extends TaskRecord {
  /** The node of its client. */
  readonly client: string
  /** The attempt that submitted it, of a child. */
  readonly parent: AttemptRecord | undefined
  readonly future: Future.Future<unknown>
  /** Whether its client has attached to the task, and somebody has submitted it. */
  readonly isAttached: boolean
  readonly submitted: Moment
  readonly asked: Array<Moment & { readonly boundMs: number | undefined }>
  readonly answers: Array<{ readonly at: Moment; readonly receipt: Receipt<unknown> }>
  /** Whether its task has left its client: until then it waits for the scheduler to take it. */
  isSent: boolean
  /** How many asked and stopped waiting before they were answered. */
  gaveUp: number
  readonly ends: Array<{ readonly at: Moment; readonly outcome: Outcome<unknown> }>
}
