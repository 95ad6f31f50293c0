/** Where a task is and how it ended, in the words that operators are told. */
import type { Message, SchedulerTask } from "@scaler-ts/protocol"

/** Where the task is; `undefined` while nobody has told the scheduler about it. */
export const placeOf = (state: SchedulerTask.State): Message.TaskState | undefined => {
  switch (state._tag) {
    case "unknown":
      return undefined
    case "running":
      return state.started ? "running" : "dispatched"
    case "queued":
    case "recalling":
    case "cancelling":
    case "ended":
      return state._tag
  }
}

export const endOfResult: Readonly<Record<Message.TaskResult["type"], Message.TaskEnd>> = {
  success: "succeeded",
  failed: "failed",
  failedTimeout: "timedOut",
  failedWorkerDied: "died",
}

/** How a task ended by these commands, and by this result if they forward one. */
export const endBy = (
  commands: ReadonlyArray<SchedulerTask.Command>,
  result: Message.TaskResult | undefined,
): Message.TaskEnd => {
  switch (commands.at(-1)?._tag) {
    case "ForwardResult":
      return result === undefined ? "none" : endOfResult[result.type]
    case "ReportDied":
      return "died"
    case "ReportTimeout":
      return "timedOut"
    case "Confirm":
      return "cancelled"
    default:
      return "disowned"
  }
}

/** The attempt and its worker, as far as there is one. */
export const holderIn = (
  state: SchedulerTask.State,
): { readonly worker: string; readonly attempt: number } => {
  switch (state._tag) {
    case "unknown":
      return { worker: "", attempt: 0 }
    case "queued":
      return { worker: "", attempt: state.attempt }
    case "running":
    case "recalling":
    case "cancelling":
      return { worker: state.worker, attempt: state.attempt }
    case "ended":
      return { worker: state.confirm?.worker ?? "", attempt: state.confirm?.attempt ?? 0 }
  }
}
