/** What links are given to say in tests, and what they are asked for. */
import type { Message } from "@scaler-ts/protocol"

export const cancel = (task: number): Message.TaskCancel => ({
  _tag: "TaskCancel",
  task,
  attempt: 0,
  force: true,
})
export const started = (task: number): Message.TaskStarted => ({
  _tag: "TaskStarted",
  task,
  attempt: 1,
  worker: "w",
})
export const confirmed = (task: number): Message.TaskCancelConfirm => ({
  _tag: "TaskCancelConfirm",
  task,
  attempt: 1,
  worker: "w",
  type: "canceled",
  how: "unknown",
  stopMs: 0,
})
export const hello: Message.ClientHello = { _tag: "ClientHello", session: "s" }
export const echo: Message.HelloEcho = { _tag: "HelloEcho", session: "s", scheduler: "scheduler" }

/** The tasks of messages, in their order. */
export const tasksOf = (messages: ReadonlyArray<Message.Message>): ReadonlyArray<number> =>
  messages.flatMap((message) => ("task" in message ? [message.task] : []))

/** From 1 up. */
export const numbers = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => index + 1)
