/** The tasks a worker has functions for, by name. */
import { type AnyTask, type AnyTasks, isTask } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"

/**
 * What `defineTasks` returned, once or several times; or a map of tasks by name, which is looked at
 * anew for each task, so that tasks may be added while a worker runs.
 */
export type TaskModules = AnyTasks | ReadonlyArray<AnyTasks> | ReadonlyMap<string, AnyTask>

/** Two tasks of one worker share a name, so nobody could tell which of them is meant. */
export class InvalidTasks extends Error {
  readonly _tag = "InvalidTasks"
  /** The name both have. */
  readonly task: string
  constructor(task: string, modules: readonly [string, string]) {
    super(
      `two tasks are named "${task}", one in ${modules[0]} and one in ${modules[1]}; rename one of them`,
    )
    this.name = "InvalidTasks"
    this.task = task
  }
}

/**
 * Every task of the collections by its name; fails when two of them share one. A worker that is given
 * this map, and not the collections, is sent tasks of any name, and fails those that it does not have.
 */
export const byName = (
  modules: TaskModules,
): Effect.Effect<ReadonlyMap<string, AnyTask>, InvalidTasks> => {
  if (isMap(modules)) return Effect.succeed(modules)
  const named = new Map<string, AnyTask>()
  for (const collection of isList(modules) ? modules : [modules]) {
    for (const [key, task] of Object.entries(collection)) {
      // Untyped programs may pass anything: a bare function, most of all.
      if (!isTask(task)) return Effect.die(new TypeError(`"${key}" is no task; ${howTo}`))
      const other = named.get(task.name)
      if (other !== undefined && other !== task) {
        return Effect.fail(new InvalidTasks(task.name, [other.module, task.module]))
      }
      named.set(task.name, task)
    }
  }
  return Effect.succeed(named)
}

const howTo = "pass what defineTasks returned, as in defineTasks(import.meta.url, { add })"

// `Array.isArray` narrows to mutable arrays only.
const isList = (modules: AnyTasks | ReadonlyArray<AnyTasks>): modules is ReadonlyArray<AnyTasks> =>
  Array.isArray(modules)

const isMap = (modules: TaskModules): modules is ReadonlyMap<string, AnyTask> =>
  modules instanceof Map
