/** What a worker need not say. */
import type { TaskNumber } from "../Ids.ts"
import type { Message } from "../Message.ts"

/** A start whose result leaves in the same frame tells nobody anything, and costs as much as the result. */
export const withoutFutileStarts = <Out extends Message>(messages: Array<Out>): Array<Out> => {
  const ended = new Set<TaskNumber>()
  for (const message of messages) if (message._tag === "TaskResult") ended.add(message.task)
  if (ended.size === 0) return messages
  return messages.filter((message) => message._tag !== "TaskStarted" || !ended.has(message.task))
}
