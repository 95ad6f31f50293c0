/** What both faces speak of: errors, ends and receipts. */
import type { ClientTask, Message } from "@scaler-ts/protocol"

export {
  type AttachError,
  ClientClosed,
  ConnectionLost,
  type FutureError,
  InputRefused,
  InvalidTaskId,
  type Load,
  Overloaded,
  type SubmitError,
  TaskCancelled,
  TaskFailed,
  TaskLost,
  type TaskRef,
  TaskTimedOut,
} from "./FutureError.ts"
export type { ClientStatus } from "./internal/FutureTable.ts"
export type {
  Cancelled,
  Failed,
  ItemOutcome,
  Lost,
  NotSubmitted,
  Outcome,
  Succeeded,
} from "./Outcome.ts"
export type {
  AlreadyDone,
  Finished,
  NotFound,
  Receipt,
  Refused,
  Stopped,
  StoppedHow,
  Unconfirmed,
  WorkerLost,
} from "./Receipt.ts"

/** Whether a result that races a cancel is only reported (`cancel-wins`) or also kept (`result-wins`). */
export type CancelPolicy = ClientTask.CancelPolicy

/** What a line was said by: the task's own `log`, or one of the two streams of what runs it. */
export type OutputSource = Message.OutputSource

/** Why nobody can tell any more what became of a task. */
export type LostReason = ClientTask.LostReason
export { ConnectionFailed } from "@scaler-ts/runtime"
