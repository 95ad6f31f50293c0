import { type Nesting, nestingKey } from "@scaler-ts/protocol"
import type { TaskContext } from "@scaler-ts/protocol/tasks"

/** The way from a running task to the scheduler of its worker. Throws for what is no context of a task. */
export const nestingOf = (task: TaskContext): Nesting => {
  const context: unknown = task
  const nesting: unknown =
    typeof context === "object" && context !== null ? Reflect.get(context, nestingKey) : undefined
  // Made by the worker, which may be another copy of the package.
  if (typeof nesting === "object" && nesting !== null) return nesting as Nesting
  throw new TypeError(
    "not the context of a running task: pass what a task's function is called with behind its input, whole",
  )
}
