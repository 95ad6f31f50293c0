/**
 * What can be wrong with a task, as a closed union a program can act on.
 *
 * Being cancelled is an outcome; it is an error only for whoever asked for the value.
 */
import { type ClientTask, type Credit, type TaskNumber, Values } from "@scaler-ts/protocol"
import type { Receipt } from "./Receipt.ts"

/** The task an error is about. */
export interface TaskRef {
  /** The name its function is registered under. */
  readonly task: string
  /** Its number, from 1, unique within the client. */
  readonly number: TaskNumber
}

/** Why awaiting a future failed. */
export type FutureError = TaskFailed | TaskTimedOut | TaskCancelled | TaskLost

/** Why a task could not be submitted. */
export type SubmitError = InputRefused | ClientClosed | ConnectionLost

/** Why there is no future for a task's id. What the scheduler says of the id is told by the future. */
export type AttachError = InvalidTaskId | ClientClosed | ConnectionLost

/**
 * The task's function threw.
 *
 * `error` is what it threw: an `Error` arrives as an `Error` with its name, message, stack, cause and
 * own enumerable fields, anything else as the value itself. It is the `cause` of this error too.
 */
export class TaskFailed extends Error implements TaskRef {
  readonly _tag = "TaskFailed"
  readonly task: string
  readonly number: TaskNumber
  /** The attempt that failed, from 1. */
  readonly attempt: number
  readonly worker: string
  constructor(ref: TaskRef, attempt: number, worker: string, error: unknown) {
    super(`task "${ref.task}" (attempt ${attempt} on "${worker}") failed: ${Values.shown(error)}`, {
      cause: error,
    })
    this.name = "TaskFailed"
    withoutFrames(this)
    this.task = ref.task
    this.number = ref.number
    this.attempt = attempt
    this.worker = worker
  }

  /**
   * What its function threw. Not a field beside the cause: an error that goes through task after task would be
   * sent twice by each.
   */
  get error(): unknown {
    return this.cause
  }
}

/** The task ran longer than its timeout allows and was stopped for it. */
export class TaskTimedOut extends Error implements TaskRef {
  readonly _tag = "TaskTimedOut"
  readonly task: string
  readonly number: TaskNumber
  readonly attempt: number
  readonly worker: string
  readonly timeoutMs: number
  constructor(ref: TaskRef, attempt: number, worker: string, timeoutMs: number) {
    super(
      `task "${ref.task}" (attempt ${attempt} on "${worker}") was stopped after its timeout of ` +
        `${timeoutMs} ms; submit it with a longer timeoutMs if that is too short`,
    )
    this.name = "TaskTimedOut"
    withoutFrames(this)
    this.task = ref.task
    this.number = ref.number
    this.attempt = attempt
    this.worker = worker
    this.timeoutMs = timeoutMs
  }
}

/**
 * The value was asked for, but the task was cancelled.
 *
 * `receipt` is the evidence. Where an aborted signal gave up a `call` whose task nobody could stop,
 * it says that too: then its `cancelled` is false. `cause` is the reason of the signal that was aborted.
 */
export class TaskCancelled extends Error implements TaskRef {
  readonly _tag = "TaskCancelled"
  readonly task: string
  readonly number: TaskNumber
  /** What the cancel was told; `undefined` when it was not one of this client's. */
  readonly receipt: Receipt<unknown> | undefined
  constructor(ref: TaskRef, receipt: Receipt<unknown> | undefined, cause?: unknown) {
    super(
      `task "${ref.task}" ${cancelSentence(receipt)}`,
      cause === undefined ? undefined : { cause },
    )
    this.name = "TaskCancelled"
    withoutFrames(this)
    this.task = ref.task
    this.number = ref.number
    this.receipt = receipt
  }
}

/**
 * Nobody can tell any more what became of the task; it may have run, and may still.
 *
 * For the reason `detached` nothing is wrong: the client closed and let it go on, and whoever attaches to
 * its id is told how it ends. For `notAttached` there is nothing to attach to; the message says why.
 */
export class TaskLost extends Error implements TaskRef {
  readonly _tag = "TaskLost"
  readonly task: string
  readonly number: TaskNumber
  readonly reason: ClientTask.LostReason
  /** How many times it had been started; 0 where that is not known. */
  readonly attempts: number
  /** The workers that were lost with it, oldest first. */
  readonly workers: ReadonlyArray<string>
  /** Its id, if somebody may attach to it who wants to know. */
  readonly id: string | undefined
  constructor(ref: TaskRef, reason: ClientTask.LostReason, detail: LossDetail) {
    super(`task "${ref.task}" was lost: ${lossSentence(reason, detail)}`)
    this.name = "TaskLost"
    withoutFrames(this)
    this.task = ref.task
    this.number = ref.number
    this.reason = reason
    this.attempts = detail.attempts
    this.workers = detail.workers
    this.id = detail.id
  }
}

interface LossDetail {
  readonly attempts: number
  readonly workers: ReadonlyArray<string>
  readonly why: string
  readonly id?: string | undefined
}

/** The input cannot be sent: where in it, and why. Nothing was submitted. */
export class InputRefused extends Error {
  readonly _tag = "InputRefused"
  readonly task: string
  /** Such as `input.pages[3].render`. */
  readonly path: string
  readonly reason: string
  constructor(task: string, path: string, reason: string) {
    super(`the input of task "${task}" cannot be sent: ${path}: ${reason}`)
    this.name = "InputRefused"
    this.task = task
    this.path = path
    this.reason = reason
  }
}

/** What somebody gave as a task's id is none. Nobody was asked. */
export class InvalidTaskId extends Error {
  readonly _tag = "InvalidTaskId"
  readonly id: string
  constructor(id: string) {
    super(
      `${id} is no task's id; that is the id of the future which its client got, as in ` +
        `"0f9a61c2b3d4e5f601234567.1"`,
    )
    this.name = "InvalidTaskId"
    this.id = id
  }
}

/** What could not be done with a task. */
export type Undone = "submitted" | "attached to"

/** The client has been closed. Nothing was submitted, or attached to. */
export class ClientClosed extends Error {
  readonly _tag = "ClientClosed"
  readonly task: string
  constructor(task: string, undone: Undone = "submitted") {
    super(
      `task "${task}" was not ${undone}: the client is closed; ` +
        (undone === "submitted" ? "submit before it disconnects" : "attach before it disconnects"),
    )
    this.name = "ClientClosed"
    this.task = task
  }
}

/** The connection to the scheduler is gone for good. Nothing was submitted, or attached to. */
export class ConnectionLost extends Error {
  readonly _tag = "ConnectionLost"
  readonly task: string
  readonly reason: string
  constructor(task: string, reason: string, undone: Undone = "submitted") {
    super(
      `task "${task}" was not ${undone}: the connection to the scheduler is gone (${reason}); make a new client`,
    )
    this.name = "ConnectionLost"
    this.task = task
    this.reason = reason
  }
}

/** How much of a client is unfinished, and what waits for that. */
export interface Load {
  /** What the scheduler takes more of this client's now: not above zero where that is at its bound. */
  readonly credit: Credit.Amount
  /** How many tasks wait to be sent already. */
  readonly waiting: number
}

/**
 * The scheduler takes no more of this client's tasks for now, or so many wait for it here that no more may.
 * Nothing was submitted.
 */
export class Overloaded extends Error implements Load {
  readonly _tag = "Overloaded"
  readonly task: string
  readonly credit: Credit.Amount
  readonly waiting: number
  constructor(task: string, { credit, waiting }: Load) {
    super(
      `task "${task}" was not submitted: ${loadSentence(credit)}, and ${waiting} tasks wait here already; ` +
        "submit fewer at a time, and wait for some to end",
    )
    this.name = "Overloaded"
    this.task = task
    this.credit = credit
    this.waiting = waiting
  }
}

const loadSentence = ({ tasks, bytes }: Credit.Amount): string => {
  const bound = tasks > 0 ? (bytes > 0 ? undefined : "bytes of inputs") : "tasks"
  return bound === undefined
    ? "the scheduler takes more only after those that wait"
    : `the scheduler has as many unfinished ${bound} of this client as it takes`
}

/** Made when a message arrives, so its frames would show this library's loop; the task's own are in the cause. */
const withoutFrames = (error: Error): void => {
  error.stack = `${error.name}: ${error.message}`
}

const cancelSentence = (receipt: Receipt<unknown> | undefined): string => {
  if (receipt === undefined) return "was cancelled"
  switch (receipt._tag) {
    case "Refused":
      return "was asked to stop and refused; it runs on"
    case "Unconfirmed":
      return `was asked to stop, and nobody confirmed that it did within ${Math.round(receipt.waitedMs)} ms`
    default:
      return `was cancelled (${receipt._tag})`
  }
}

const lossSentence = (
  reason: ClientTask.LostReason,
  { attempts, workers, why, id }: LossDetail,
): string => {
  switch (reason) {
    case "workerDied":
      return `${why} (attempt ${attempts}, on ${workers.map((name) => name || "an unknown worker").join(", ")})`
    case "connectionLost":
      return (
        `the connection to the scheduler is gone (${why})` +
        (id === undefined ? "" : `; it may go on, so attach to ${id} with a new client`)
      )
    case "clientClosed":
      return "the client closed before anybody confirmed that it had stopped"
    case "forgotten":
      return "it was forgotten"
    case "detached":
      return `its client closed and let it go on; attach to ${id} to know how it ends`
    case "notAttached":
      return why
  }
}
