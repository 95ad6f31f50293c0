import type { Message } from "@scaler-ts/protocol"

/** A task as a client sends it, with nothing but the defaults beside what is given. */
export const taskOf = (
  given: Partial<Message.Task> & Pick<Message.Task, "input">,
): Message.Task => ({
  _tag: "Task",
  task: 1,
  attempt: 0,
  name: "echo",
  priority: 0,
  capabilities: {},
  timeoutMs: 0,
  attemptsMax: 3,
  traceparent: "",
  graceMs: undefined,
  wantsOutput: false,
  depth: 0,
  ...given,
})
