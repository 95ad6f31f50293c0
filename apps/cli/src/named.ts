/** Tasks and their inputs as they are written on a command line. */
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { CommandError } from "./CommandError.ts"

/** A task of a cluster, of which nothing but its name is known here. */
export const taskNamed = (name: string): TaskDefinition<unknown, unknown> => {
  if (name.includes("#")) {
    const bare = name.slice(name.lastIndexOf("#") + 1)
    throw new CommandError(
      `"${name}" names a module; its workers know the task by its name, so write ${bare === "" ? "that" : bare}.`,
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
