/** What the messages that end a task come to at its client. */
import type { End, EndCommand, Receipt } from "../machine/ClientTask.ts"
import type { TaskCancelConfirm, TaskResult } from "../Message.ts"

export const endOf = (result: TaskResult): End => {
  switch (result.type) {
    case "success":
      return "succeeded"
    case "failed":
    case "failedTimeout":
      return "failed"
    case "failedWorkerDied":
      return "lost"
  }
}

export const withLoss = (result: TaskResult): Partial<EndCommand> =>
  result.type === "failedWorkerDied" ? { result, lost: "workerDied" } : { result }

export const receiptOf = (confirm: TaskCancelConfirm): Receipt =>
  confirm.how === "workerLost"
    ? { _tag: "WorkerLost", worker: confirm.worker }
    : {
        _tag: "Stopped",
        how: confirm.how,
        worker: confirm.worker,
        attempt: confirm.attempt,
        stopMs: confirm.stopMs,
      }
