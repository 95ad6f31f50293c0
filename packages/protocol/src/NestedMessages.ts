/** What a worker says of an attempt that waits for tasks of its own. */
import type { TaskNumber } from "./Ids.ts"

/** An attempt waits for children of its own: until it goes on, its slot is lent to tasks that are nested. */
export interface TaskWaits {
  readonly _tag: "TaskWaits"
  readonly task: TaskNumber
  readonly attempt: number
}

/** An attempt that waited for its children goes on. */
export interface TaskResumes {
  readonly _tag: "TaskResumes"
  readonly task: TaskNumber
  readonly attempt: number
}
