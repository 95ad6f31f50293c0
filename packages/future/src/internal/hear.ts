/** What the scheduler says, to the future that it is about. */
import type { Message, TaskNumber } from "@scaler-ts/protocol"
import type { FutureTable } from "./FutureTable.ts"

/** What is said of one task. */
type TaskNews = Extract<Message.SchedulerToClient, { readonly task: TaskNumber }>

export const hear = (table: FutureTable, message: TaskNews): void => {
  const { output } = table
  switch (message._tag) {
    case "TaskStarted":
      return table.applyTo(message.task, { _tag: "Started" })
    case "TaskResult":
      output.ended(message.task)
      return table.applyTo(message.task, { _tag: "ResultArrived", result: message })
    case "TaskCancelConfirm":
      if (message.type !== "cancelFailed") output.ended(message.task)
      return table.applyTo(message.task, { _tag: "ConfirmArrived", confirm: message })
    case "TaskProgress":
      return tellProgress(table, message)
    case "TaskLog":
      if (!table.isKnown(message.task)) return table.count("unknownTask")
      return output.hear(message, table.futures.get(message.task))
    case "TaskAttached":
      return nameTask(table, message)
    case "TaskAttachRefused":
      output.ended(message.task)
      return table.applyTo(message.task, { _tag: "AttachRefused", refusal: message })
  }
}

/** A confirm that does not say how the task stopped. */
export const hearCanceled = (table: FutureTable, task: TaskNumber): void =>
  table.applyTo(task, {
    _tag: "ConfirmArrived",
    confirm: {
      _tag: "TaskCancelConfirm",
      task,
      attempt: 0,
      worker: "",
      type: "canceled",
      how: "unknown",
      stopMs: 0,
    },
  })

const tellProgress = (table: FutureTable, { task, fraction }: Message.TaskProgress): void => {
  const entry = table.futures.get(task)
  const onProgress = entry?.hooks?.onProgress
  if (entry && onProgress) table.tell(entry, () => onProgress(fraction))
}

/** One that was attached to by nothing but its id learns what task it is. */
const nameTask = (table: FutureTable, { task, name }: Message.TaskAttached): void => {
  const entry = table.futures.get(task)
  if (entry?.task === "") entry.task = name
}
