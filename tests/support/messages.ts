/** What a scheduler says to a client, in one word each. The worker is "w" and the attempt 1 unless told otherwise. */
import { type Message, Values } from "@scaler-ts/protocol"

type Confirm = Message.TaskCancelConfirm

const worker = "w"

export const started = (task: number): Message.TaskStarted => ({
  _tag: "TaskStarted",
  task,
  attempt: 1,
  worker,
})

export const credit = (tasks: number, bytes: number = 1_000_000): Message.TaskCredit => ({
  _tag: "TaskCredit",
  tasks,
  bytes,
})

export const result = (
  task: number,
  type: Message.TaskResult["type"],
  value: unknown,
): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: 1,
  worker,
  type,
  payload: Values.encode(value),
  runMs: 1,
})

export const succeeded = (task: number, value: unknown = task): Message.TaskResult =>
  result(task, "success", value)

export const failed = (task: number, error: unknown = new RangeError("no")): Message.TaskResult =>
  result(task, "failed", error)

export const timedOut = (task: number): Message.TaskResult => result(task, "failedTimeout", 250)

export const died = (task: number): Message.TaskResult =>
  result(task, "failedWorkerDied", { reason: "killed by SIGKILL", workers: ["w"] })

const confirm = (task: number, fields: Partial<Confirm>): Confirm => ({
  _tag: "TaskCancelConfirm",
  task,
  attempt: 1,
  worker,
  type: "canceled",
  how: "unknown",
  stopMs: 0,
  ...fields,
})

export const stopped = (task: number, how: Message.ConfirmHow = "cooperative"): Confirm =>
  confirm(task, { how })

export const neverStarted = (task: number): Confirm =>
  confirm(task, { how: "neverStarted", worker: "", attempt: 0 })

export const workerLost = (task: number): Confirm => confirm(task, { how: "workerLost" })

export const refused = (task: number): Confirm => confirm(task, { type: "cancelFailed" })

export const notFound = (task: number): Confirm =>
  confirm(task, { type: "cancelNotFound", worker: "", attempt: 0 })

export const progress = (task: number, fraction: number): Message.TaskProgress => ({
  _tag: "TaskProgress",
  task,
  attempt: 1,
  fraction,
})

export const line = (task: number, text: string): Message.TaskLog => ({
  _tag: "TaskLog",
  task,
  attempt: 1,
  line: text,
  from: "log",
})
