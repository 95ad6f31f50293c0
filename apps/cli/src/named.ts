/** Tasks and their inputs as they are written on a command line. */
import { TaskId } from "@scaler-ts/protocol"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { statSync } from "node:fs"
import { CommandError } from "./CommandError.ts"

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Whether a task is named by its module, and runs here; a module without its task is one that was forgotten. */
export const isOfModule = (task: string): boolean =>
  /#|^\.{0,2}\/|\.[cm]?[jt]s$/.test(task) || isFile(task)

/** Throws a `CommandError` for slots of a cluster that is not ours. */
export const assertNoSlots = (slots: number | undefined): void => {
  if (slots === undefined) return
  throw new CommandError(
    "--slots is for a task that runs here, such as ./tasks.ts#compress; a cluster's workers have their own.",
  )
}

/** A task of a cluster, of which nothing but its name is known here. */
export const taskNamed = (name: string): TaskDefinition<unknown, unknown> => {
  if (name.includes("#")) {
    const bare = name.slice(name.lastIndexOf("#") + 1)
    throw new CommandError(
      `"${name}" names a module; its workers know the task by its name, so write ${bare === "" ? "that" : bare}.`,
    )
  }
  if (isFile(name)) {
    throw new CommandError(
      `${name} is a file; write it, #, and the name of one of its tasks, such as ${name}#compress.`,
    )
  }
  if (name === "") throw new CommandError("The task has no name; give one that a worker offers.")
  return {
    name,
    module: "",
    run: () => {
      throw new Error("this is only the name of a task; workers have its function")
    },
  }
}

/** Throws a `CommandError` for what is no id of a task. */
export const assertIds = (ids: ReadonlyArray<string>): void => {
  const wrong = ids.find((id) => TaskId.parse(id) === undefined)
  if (wrong === undefined) return
  throw new CommandError(
    `${JSON.stringify(wrong)} is no id of a task; "scaler-ts tasks" lists those of unfinished ones.`,
  )
}

/** An input: JSON, or with `--text` the text itself; nothing is `undefined`. */
export const inputOf = (
  text: string | undefined,
  isText: boolean,
  where = "The input",
): unknown => {
  if (text === undefined || isText) return text
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(
      `${where} ${JSON.stringify(text)} is no JSON: ${why}. ` +
        `For a text say --text, or quote it twice: '"…"'.`,
    )
  }
}
