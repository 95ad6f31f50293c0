/** What worker "w" says of first attempts. */
import type { Message } from "@scaler-ts/protocol"

export const started = (task: number): Message.TaskStarted => ({
  _tag: "TaskStarted",
  task,
  attempt: 1,
  worker: "w",
})

export const confirmed = (
  task: number,
  type: Message.TaskCancelConfirm["type"],
  how: Message.ConfirmHow,
): Message.TaskCancelConfirm => ({
  _tag: "TaskCancelConfirm",
  task,
  attempt: 1,
  worker: "w",
  type,
  how,
  stopMs: 7,
})

export const stopping = (
  task: number,
  rung: Message.StopRung,
  attempt = 1,
): Message.TaskStopping => ({ _tag: "TaskStopping", task, attempt, rung })

export const resultOf = (task: number): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: 1,
  worker: "w",
  type: "success",
  payload: Uint8Array.of(),
  runMs: 3,
})
