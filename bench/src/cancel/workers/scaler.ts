/** The functions, as tasks of scaler-ts. */
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { awaitChild, blockOnChild, cleanUp, idle, type Input, spin } from "../functions.ts"

export const tasks = defineTasks(import.meta.url, {
  spin,
  idle,
  blockOnChild,
  awaitChild,
  cleanUp: (input: Input, { signal }: TaskContext) => cleanUp(input, signal),
})
