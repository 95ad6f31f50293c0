/** The messages about one task as they leave the scheduler, and what those of workers come to. */
import {
  type Credit,
  type Message,
  type SchedulerTask,
  type TaskNumber,
  Values,
} from "@scaler-ts/protocol"
import type { Entry } from "./entries.ts"

// Field by field, because a spread of these two, made for every task, costs several times as much.

/** The task as its worker is sent it, under the number that workers know it by. */
export const dispatched = (
  { task, id, depth, isHeard }: Pick<Entry, "task" | "id" | "depth" | "isHeard">,
  attempt: number,
): Message.Task => ({
  _tag: "Task",
  task: id,
  attempt,
  name: task.name,
  input: task.input,
  priority: task.priority,
  capabilities: task.capabilities,
  timeoutMs: task.timeoutMs,
  attemptsMax: task.attemptsMax,
  traceparent: task.traceparent,
  graceMs: task.graceMs,
  wantsOutput: isHeard,
  depth,
})

/** Whoever says that more were lost is believed no more. */
const lostMax = 1_000

/** A task as its client has sent it, maybe to schedulers before this one, too. */
export const arrived = ({ attemptsMax, attempt }: Message.Task): SchedulerTask.Event => ({
  _tag: "TaskArrived",
  attemptsMax,
  lost: Math.min(attempt, lostMax),
})

/** A worker's result as its client is sent it, under the client's own number. */
export const forwarded = (result: Message.TaskResult, task: TaskNumber): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: result.attempt,
  worker: result.worker,
  type: result.type,
  payload: result.payload,
  runMs: result.runMs,
})

/** The end of a task that is not started again after its last attempt was lost (R7, R39). */
export const died = (
  { task, attemptsMax }: Message.Task,
  attempt: number,
  lostWorkers: ReadonlyArray<string>,
): Message.TaskResult => {
  const reason =
    lostWorkers.length >= attemptsMax
      ? `${lostWorkers.length} of ${attemptsMax} attempts were lost with their worker`
      : "it was to be stopped, and is not started again"
  return {
    _tag: "TaskResult",
    task,
    attempt,
    worker: lostWorkers.at(-1) ?? "",
    type: "failedWorkerDied",
    payload: Values.encode({ reason, workers: lostWorkers }),
    runMs: 0,
  }
}

/** The end of a task that was stopped for its timeout and not because its client asked. */
export const timedOut = (
  { task, timeoutMs }: Message.Task,
  attempt: number,
  worker: string,
): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt,
  worker,
  type: "failedTimeout",
  payload: Values.encode(timeoutMs),
  runMs: 0,
})

export const confirmEvent = (
  confirm: Message.TaskCancelConfirm,
  worker: string,
): SchedulerTask.Event => {
  const { attempt, how, stopMs } = confirm
  switch (confirm.type) {
    case "canceled":
      return { _tag: "Canceled", worker, attempt, how, stopMs }
    case "cancelFailed":
      return { _tag: "CancelFailed", worker, attempt }
    case "cancelNotFound":
      return { _tag: "CancelNotFound", worker, attempt }
  }
}

/** What a client is told that sends more than it may: nothing that counts its credit comes to that. */
export const overdrawn = ({ tasks, bytes }: Credit.Amount): string =>
  `a client sent a task without credit for it: ${tasks} unfinished tasks and ${bytes} bytes of their inputs ` +
  `are allowed per client (clientTasksMax, clientBytesMax); wait for TaskCredit before sending more, or ` +
  `give the scheduler larger ones`

/** What a client is told that asks and asks, and takes no answer. */
export const asksTooMuch = (most: number): string =>
  `a client cancelled or attached to ${most} tasks while it took too slowly what it is sent (backlogBytesMax); ` +
  "read what has come before asking for more"

export const startedBy = (
  { worker, attempt }: { readonly worker: string; readonly attempt: number },
  task: TaskNumber,
): Message.TaskStarted => ({ _tag: "TaskStarted", task, attempt, worker })

/** The answer to a client's cancel, under the client's own number. */
export const confirmed = (
  { type, how, worker, attempt, stopMs }: SchedulerTask.Confirm,
  task: TaskNumber,
): Message.TaskCancelConfirm => ({
  _tag: "TaskCancelConfirm",
  task,
  attempt,
  worker,
  type,
  how,
  stopMs,
})
