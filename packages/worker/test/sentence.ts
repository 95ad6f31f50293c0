import type { Message } from "@scaler-ts/protocol"

/** A message in a few words: its kind, `task.attempt`, and what matters of the rest. */
export const sentence = (message: Message.WorkerToScheduler): string => {
  switch (message._tag) {
    case "TaskStarted":
      return `started ${message.task}.${message.attempt}`
    case "TaskResult":
      return `${message.type} ${message.task}.${message.attempt}`
    case "TaskCancelConfirm":
      return message.type === "canceled"
        ? `canceled ${message.task}.${message.attempt} ${message.how}${message.stopMs > 0 ? ` after ${message.stopMs} ms` : ""}`
        : `${message.type} ${message.task}.${message.attempt}`
    case "TaskProgress":
      return `progress ${message.task}.${message.attempt} ${message.fraction}`
    case "TaskLog":
      return `${message.from} ${message.task}.${message.attempt} ${message.line}`
    case "TaskStopping":
      return `${message.rung} ${message.task}.${message.attempt}`
    default:
      return message._tag
  }
}
