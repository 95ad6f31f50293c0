/** Finds the task that `<module>#<task>` names, and says what is there when it is not. */
import { type AnyTask, type AnyTasks, tasksIn } from "@scaler-ts/protocol/tasks"
import { statSync } from "node:fs"
import { relative, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { CommandError, exitCodes } from "./CommandError.ts"
import { suggest } from "./suggest.ts"

/** Imports the module and picks the task. Throws a `CommandError` that says what to write instead. */
export const loadTask = async (reference: string, cwd: string): Promise<AnyTask> => {
  const hash = reference.lastIndexOf("#")
  const module = hash < 0 ? reference : reference.slice(0, hash)
  const name = hash < 0 ? "" : reference.slice(hash + 1)
  if (module === "") {
    throw new CommandError(
      `"${reference}" names no module; write the path of the module, #, and the task, such as ./tasks.ts#compress.`,
    )
  }
  const tasks = await loadModule(module, cwd)
  const task = tasks.get(name)
  if (task === undefined) throw noSuchTask(module, name, [...tasks.keys()])
  return task
}

/** Imports modules whole, each a collection of tasks. Throws a `CommandError` for one that has none. */
export const loadTasks = async (
  modules: ReadonlyArray<string>,
  cwd: string,
): Promise<ReadonlyArray<AnyTasks>> => {
  const collections: Array<AnyTasks> = []
  for (const module of new Set(modules)) {
    collections.push(Object.fromEntries(await loadModule(module, cwd)))
  }
  return collections
}

/** Throws a `CommandError` for a module that is not there. */
export const assertModules = (modules: ReadonlyArray<string>, cwd: string): void => {
  for (const module of modules) pathOf(module, cwd)
}

const pathOf = (module: string, cwd: string): string => {
  const path = resolve(cwd, module)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
  throw new CommandError(
    `There is no module ${module} in ${cwd}; give the path of the file that calls defineTasks, such as ./tasks.ts.`,
  )
}

const loadModule = async (module: string, cwd: string): Promise<ReadonlyMap<string, AnyTask>> => {
  const path = pathOf(module, cwd)
  const exports = await importModule(path, module, cwd)
  const tasks = tasksOf(exports)
  if (tasks.size === 0) throw noTasks(module, exports)
  return tasks
}

type Exports = Readonly<Record<string, unknown>>

const importModule = async (path: string, module: string, cwd: string): Promise<Exports> => {
  try {
    return (await import(pathToFileURL(path).href)) as Exports // A module namespace is one.
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const place = placeOf(error, cwd)
    throw new CommandError(
      `${module} throws when it is imported: ${message}${place === undefined ? "" : ` (at ${place})`}\n` +
        "Mend the module and run the command again.",
      exitCodes.failure,
      error,
    )
  }
}

/** Where `defineTasks` is, which throws for what somebody else has written. */
const ours = new URL(".", import.meta.resolve("@scaler-ts/protocol/tasks")).href

/** The first place in a stack that is a file and neither Node's own nor ours; `undefined` if there is none. */
const placeOf = (error: unknown, cwd: string): string | undefined => {
  const stack = error instanceof Error ? (error.stack ?? "") : ""
  // Both `at file:///a.ts:3:7` of a throw and the `file:///a.ts:3` above a syntax error.
  const places = stack.matchAll(/(file:\/\/\/[^\s()]+?|\/[^\s():]+?):(\d+(?::\d+)?)(?=[\s)]|$)/gm)
  const match = Array.from(places).find(([, at = ""]) => !at.startsWith(ours))
  if (match?.[1] === undefined) return undefined
  const path = match[1].startsWith("file:") ? fileURLToPath(match[1]) : match[1]
  return `${relative(cwd, path)}:${match[2]}`
}

const tasksOf = (exports: Exports): ReadonlyMap<string, AnyTask> =>
  new Map(tasksIn(exports).map((task) => [task.name, task]))

const noTasks = (module: string, exports: Exports): CommandError => {
  const found = Object.entries(exports).map(([name, value]) => `${name} (${kindOf(value)})`)
  return new CommandError(
    `${module} exports no tasks: ${found.length === 0 ? "it exports nothing" : `it exports ${found.join(", ")}`}. ` +
      "Export what defineTasks(import.meta.url, { … }) of @scaler-ts/protocol/tasks returns.",
  )
}

const kindOf = (value: unknown): string => (value === null ? "null" : typeof value)

const noSuchTask = (module: string, name: string, names: ReadonlyArray<string>): CommandError => {
  const list = names.length === 1 ? `Its task is ${names[0]}` : `Its tasks are ${names.join(", ")}`
  if (name === "") {
    return new CommandError(
      `Which task of ${module}? ${list}; write ${module}#${names[0]}${names.length > 1 ? " or one of the others" : ""}.`,
    )
  }
  const near = suggest(name, names)
  return new CommandError(
    `${module} has no task "${name}". ` +
      (near === undefined
        ? `${list}; write ${module}#${names[0]}.`
        : `Did you mean ${near}? ${list}; write ${module}#${near}.`),
  )
}
