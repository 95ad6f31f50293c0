/**
 * Everything that is said between client, scheduler, worker and operator.
 *
 * One interface per message, one union per direction. `TaskCancel`, `TaskCancelConfirm` and
 * `TaskResult` keep the names and kinds of the OpenGRIS Scaler protocol, whose meaning they share
 * (that is why the wire says `canceled` where the API says cancelled).
 */
import type { TaskAttach, TaskAttached, TaskAttachRefused, TaskDetach } from "./AttachMessages.ts"
import type { TaskNumber } from "./Ids.ts"
import type { TaskResumes, TaskWaits } from "./NestedMessages.ts"
import type {
  OperatorHello,
  OrderAsked,
  OrderTold,
  StatusAsked,
  StatusTold,
  TasksAsked,
  TasksTold,
  TaskTold,
  WaitingTold,
  WatchAsked,
  WorkerTold,
} from "./OperatorMessages.ts"
import type { TaskStopping, WorkerLoad } from "./WorkerMessages.ts"

export type * from "./AttachMessages.ts"
export type * from "./NestedMessages.ts"
export type * from "./OperatorMessages.ts"
export type * from "./WorkerMessages.ts"

/** The first message of a client's session. The session's name is unique to it, never reused. */
export interface ClientHello {
  readonly _tag: "ClientHello"
  readonly session: string
  /** How many sessions it has begun under this name before; none unless told otherwise. */
  readonly again?: number
}

/** The first message of a worker's session: what it can do. */
export interface WorkerHello {
  readonly _tag: "WorkerHello"
  readonly session: string
  readonly worker: string
  /** How many attempts it runs at the same time. */
  readonly slots: number
  /** How many attempts it will hold beyond those it runs, so that a round trip never idles a slot. */
  readonly prefetch: number
  /** How much it has of what tasks may need beside a slot. */
  readonly capabilities: Readonly<Record<string, number>>
  /** The names of the tasks that it takes; none at all: it takes any. */
  readonly tasks: ReadonlyArray<string>
  /**
   * The names of the tasks of an earlier session of which something still runs here. One that says so
   * has no slots, and says hello in another session once that has ended.
   */
  readonly holds?: ReadonlyArray<string>
}

/** The scheduler's answer to a hello: the session is open. */
export interface HelloEcho {
  readonly _tag: "HelloEcho"
  readonly session: string
  readonly scheduler: string
}

/** A task to be run: from a client (attempt 0) or, dispatched, from the scheduler (attempt 1, 2, …). */
export interface Task {
  readonly _tag: "Task"
  readonly task: TaskNumber
  readonly attempt: number
  /** The name its function was registered under. Data: nothing that arrives is evaluated. */
  readonly name: string
  /** The encoded input. The scheduler never opens it. */
  readonly input: Uint8Array
  /** Higher goes first. */
  readonly priority: number
  /** How much of each capability it takes from its worker, from the dispatch to the end of the attempt. */
  readonly capabilities: Readonly<Record<string, number>>
  /** How long one attempt may run, from `TaskStarted`, in milliseconds; 0 for no limit. */
  readonly timeoutMs: number
  /** How many attempts may be lost with their worker before the task is given up. */
  readonly attemptsMax: number
  /** W3C trace context, or empty. */
  readonly traceparent: string
  /** How long its function may take to stop when it is asked to, in milliseconds; `undefined` for as long as its worker gives. */
  readonly graceMs: number | undefined
  /** Whether its client wants to be sent what it says; otherwise nobody sends it. */
  readonly wantsOutput: boolean
  /** How many tasks it is nested in: 0 for a client's, one more than its parent's for a child. */
  readonly depth: number
}

/** A request that a task stop. */
export interface TaskCancel {
  readonly _tag: "TaskCancel"
  readonly task: TaskNumber
  /** The attempt meant; 0 from a client, for whichever is current. */
  readonly attempt: number
  /** Whether it may be interrupted once it runs. A recall is unforced: it only takes back what has not started. */
  readonly force: boolean
}

/** The answer to a `TaskCancel` that was not overtaken by a result. */
export interface TaskCancelConfirm {
  readonly _tag: "TaskCancelConfirm"
  readonly task: TaskNumber
  readonly attempt: number
  /** The worker that confirms, or the lost one if `how` is `workerLost`; empty when no worker was involved. */
  readonly worker: string
  readonly type: "canceled" | "cancelFailed" | "cancelNotFound"
  /** How a `canceled` task came to stop; `unknown` from peers that do not say, and for the other two types. */
  readonly how: ConfirmHow
  /**
   * How long a `canceled` task took to stop, in milliseconds: from its worker's being asked to the code's
   * having been seen to stop. 0 where nothing had started, and where nobody knows.
   */
  readonly stopMs: number
}

/** How a task that is confirmed `canceled` came to stop. */
export type ConfirmHow = "unknown" | "neverStarted" | "cooperative" | "killed" | "workerLost"

/** An attempt has been given a slot and its function is being run. */
export interface TaskStarted {
  readonly _tag: "TaskStarted"
  readonly task: TaskNumber
  readonly attempt: number
  readonly worker: string
}

/** How a task ended. */
export interface TaskResult {
  readonly _tag: "TaskResult"
  readonly task: TaskNumber
  readonly attempt: number
  readonly worker: string
  readonly type: "success" | "failed" | "failedWorkerDied" | "failedTimeout"
  /** The encoded value for `success`, the encoded error for the others. */
  readonly payload: Uint8Array
  /** How long the function ran, in milliseconds. */
  readonly runMs: number
}

/** How far a running task says it has come, from 0 to 1. */
export interface TaskProgress {
  readonly _tag: "TaskProgress"
  readonly task: TaskNumber
  readonly attempt: number
  readonly fraction: number
}

/** A line of what a running task says. */
export interface TaskLog {
  readonly _tag: "TaskLog"
  readonly task: TaskNumber
  readonly attempt: number
  readonly line: string
  readonly from: OutputSource
}

/** What a line was said by: the task's own `log`, or one of the two streams of what runs it. */
export type OutputSource = "log" | "stdout" | "stderr"

/** A client has taken lines of an attempt, so that as many more may be sent. */
export interface TaskLogTaken {
  readonly _tag: "TaskLogTaken"
  readonly task: TaskNumber
  readonly attempt: number
  /** How many since it last said so: the oldest that it had not. */
  readonly lines: number
}

/**
 * A client may have so many tasks more, and so many bytes more of their inputs, unfinished at the scheduler.
 *
 * Each `Task` takes one and its input's bytes from what a client was given, and may be sent while both are
 * above zero: so an input that is longer than all of it has its turn too. The first one comes with the
 * `HelloEcho`; a client that was never given any has no bound.
 */
export interface TaskCredit {
  readonly _tag: "TaskCredit"
  readonly tasks: number
  readonly bytes: number
}

/** What a client says of a task, and a worker of a child that one of its attempts has submitted. */
export type OfSubmitter = Task | TaskCancel | TaskLogTaken

/** What a worker says of an attempt, a client is told of its task, and a worker of such a child. */
export type ToSubmitter = TaskStarted | TaskResult | TaskCancelConfirm | TaskProgress | TaskLog

/** A peer's sign of life. A worker's may say what it uses; one that says nothing of it changes nothing. */
export interface Heartbeat extends Partial<WorkerLoad> {
  readonly _tag: "Heartbeat"
}

/** The scheduler's sign of life, in answer to a `Heartbeat`. */
export interface HeartbeatEcho {
  readonly _tag: "HeartbeatEcho"
}

/** A client's last message: its tasks have no owner from here on. */
export interface ClientDisconnect {
  readonly _tag: "ClientDisconnect"
}

/** The scheduler's last message to a client that disconnected. */
export interface ClientDisconnectEcho {
  readonly _tag: "ClientDisconnectEcho"
}

/**
 * The scheduler's order to a worker to take no more attempts, finish those it runs, and say goodbye.
 * From a worker: it asks to be given that order, so that nothing more is sent to it.
 */
export interface Drain {
  readonly _tag: "Drain"
  /** How long the running attempts may take before they are stopped, in milliseconds. */
  readonly boundMs: number
}

/** A worker's last message. For whatever it still holds, it is lost. */
export interface WorkerGoodbye {
  readonly _tag: "WorkerGoodbye"
}

/** What one side could not accept from the other. The session ends with it. */
export interface ProtocolErrorMessage {
  readonly _tag: "ProtocolError"
  readonly reason: string
}

export type ClientToScheduler =
  | ClientHello
  | OfSubmitter
  | TaskDetach
  | TaskAttach
  | Heartbeat
  | ClientDisconnect
  | ProtocolErrorMessage

export type SchedulerToClient =
  | HelloEcho
  | ToSubmitter
  | TaskCredit
  | TaskAttached
  | TaskAttachRefused
  | HeartbeatEcho
  | ClientDisconnectEcho
  | ProtocolErrorMessage

export type SchedulerToWorker =
  | HelloEcho
  | Task
  | TaskCancel
  | TaskLogTaken
  | ToSubmitter
  | HeartbeatEcho
  | Drain
  | ProtocolErrorMessage

export type WorkerToScheduler =
  | WorkerHello
  | ToSubmitter
  | TaskStopping
  | TaskWaits
  | TaskResumes
  | OfSubmitter
  | Heartbeat
  | Drain
  | WorkerGoodbye
  | ProtocolErrorMessage

export type OperatorToScheduler =
  | OperatorHello
  | StatusAsked
  | TasksAsked
  | WatchAsked
  | OrderAsked
  | Heartbeat
  | ProtocolErrorMessage

export type SchedulerToOperator =
  | HelloEcho
  | WorkerTold
  | WaitingTold
  | StatusTold
  | TaskTold
  | TasksTold
  | OrderTold
  | HeartbeatEcho
  | ProtocolErrorMessage

/** What a scheduler may hear, from whichever side. */
export type ToScheduler = ClientToScheduler | WorkerToScheduler | OperatorToScheduler

/** What a scheduler says, to whichever side. */
export type FromScheduler = SchedulerToClient | SchedulerToWorker | SchedulerToOperator

export type Message = ToScheduler | FromScheduler
