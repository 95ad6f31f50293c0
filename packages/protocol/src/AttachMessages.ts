/** What is said of tasks that outlive their clients, and of futures of tasks that somebody else has submitted. */
import type { TaskNumber } from "./Ids.ts"

/** A client's word that a task of its futures' shall go on when nobody has a future of it any more. */
export interface TaskDetach {
  readonly _tag: "TaskDetach"
  readonly task: TaskNumber
}

/** A client wants a future of a task that somebody has submitted. */
export interface TaskAttach {
  readonly _tag: "TaskAttach"
  /** The number by which this client knows it from now on: a new one, as of a task that it submits. */
  readonly task: TaskNumber
  /** The session of the client that submitted it, a point, and the number it has there. */
  readonly id: string
  /** The name that its function has to be registered under; empty for whichever. */
  readonly name: string
  /** Whether the client wants to be sent what it says from now on. */
  readonly wantsOutput: boolean
}

/** The scheduler's answer to a `TaskAttach`: what is said of the task is said to this client, too. */
export interface TaskAttached {
  readonly _tag: "TaskAttached"
  readonly task: TaskNumber
  /** The name its function is registered under. */
  readonly name: string
}

/** The scheduler's answer to a `TaskAttach` that it cannot follow. Nothing more is said under that number. */
export interface TaskAttachRefused {
  readonly _tag: "TaskAttachRefused"
  readonly task: TaskNumber
  /**
   * `notFound`: nothing is known of it. `ended`: it has ended, and its end is not kept. `otherName`: it is a
   * task of another name. `tooMany`: this client has attached to as many that have not ended as it may.
   */
  readonly type: "notFound" | "ended" | "otherName" | "tooMany"
  /** The name that it has, for `otherName`; otherwise empty. */
  readonly name: string
}
