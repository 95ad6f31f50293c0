/**
 * Named tasks: what a task module exports, and what clients, workers and threads import.
 *
 * Free of Effect and of Node, so that everybody can load it for next to nothing.
 */

/** What a running function is handed beside its input. */
export interface TaskContext {
  /** Aborted when the task is to stop. A function that never looks at it can only be killed. */
  readonly signal: AbortSignal
  /** The number of this attempt, from 1. */
  readonly attempt: number
  /** Tells the client how far the task has come, from 0 to 1; throws a `RangeError` for any other number. */
  readonly progress: (fraction: number) => void
  /** Sends the client a line of text. */
  readonly log: (line: string) => void
}

/**
 * An Effect, seen from a module that does not import Effect.
 *
 * The one property that carries an Effect's types; `A` is what it succeeds with.
 */
export interface EffectLike<out A> {
  readonly "~effect/Effect": {
    readonly _A: (_: never) => A
    readonly _E: (_: never) => unknown
    readonly _R: (_: never) => never
  }
}

/** A function that can be a task: plain, async, or one that returns an Effect without requirements. */
// `never` accepts functions of any input; the real input type is inferred from the function.
export type TaskFunction = (input: never, task: TaskContext) => unknown

/** What a task's function finally yields, once its promise or Effect has been run. */
export type OutputOf<F extends TaskFunction> = Yielded<ReturnType<F>>

// Over each member of a union by itself; and `never`, which has no members, stays what it is.
type Yielded<Returned> = [Returned] extends [never]
  ? never
  : Returned extends EffectLike<infer A>
    ? A
    : Returned extends { readonly "~effect/Effect": unknown }
      ? EffectLacksRequirements
      : Awaited<Returned>

/** What a task yields whose Effect still has requirements: nothing anybody could provide on a worker. */
export interface EffectLacksRequirements {
  readonly error: "provide the Effect's requirements before the task returns it"
}

/** What a task's function takes; `void` where it takes nothing. */
export type InputOf<F extends TaskFunction> = Parameters<F> extends [] ? void : Parameters<F>[0]

/** A task by name, with its types. Clients submit it; only workers and threads look at `run`. */
export interface TaskDefinition<in Input, out Output> {
  readonly name: string
  /** The URL of the module that defines it, for threads and processes to load. */
  readonly module: string
  readonly run: (
    input: Input,
    task: TaskContext,
  ) => Output | PromiseLike<Output> | EffectLike<Output>
}

/** A task whose types are not known here. */
export type AnyTask = TaskDefinition<never, unknown>

/** What `defineTasks` returns: a definition for every function, under its name. */
export type Tasks<Functions extends Readonly<Record<string, TaskFunction>>> = {
  readonly [Name in keyof Functions]: TaskDefinition<
    InputOf<Functions[Name]>,
    OutputOf<Functions[Name]>
  >
}

/** Any collection of tasks, as a worker registers them. */
export type AnyTasks = Readonly<Record<string, AnyTask>>

/**
 * Every task among a module's exports: by itself, or in a collection that `defineTasks` made.
 *
 * Looks into plain objects only: anything else may be huge, or run code when it is looked at.
 */
export const tasksIn = (exports: object): ReadonlyArray<AnyTask> =>
  Object.values(exports).flatMap((value: unknown) => {
    if (isTask(value)) return [value]
    return isPlain(value) ? Object.values(value).filter(isTask) : []
  })

const isPlain = (value: unknown): value is object => {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

const definition = Symbol.for("@scaler-ts/protocol/TaskDefinition")

/**
 * Names functions as tasks.
 *
 * `module` is the module's own `import.meta.url`: threads and processes import it to find the
 * functions, so the call belongs at the top level of a module that does nothing else on import.
 *
 * @example A task module
 * ```ts
 * import { defineTasks } from "@scaler-ts/protocol/tasks"
 *
 * export const tasks = defineTasks(import.meta.url, {
 *   sqrt: (x: number) => Math.sqrt(x),
 * })
 * tasks.sqrt.name // => "sqrt"
 * ```
 */
export const defineTasks = <const Functions extends Readonly<Record<string, TaskFunction>>>(
  module: string,
  functions: Functions,
): Tasks<Functions> => {
  // A null prototype, so that no name means anything but the task of that name.
  const tasks: Record<string, AnyTask> = Object.create(null)
  for (const name of Object.keys(functions)) {
    const run: unknown = functions[name]
    if (typeof run !== "function") {
      throw new TypeError(
        `defineTasks: "${name}" is of type ${run === null ? "null" : typeof run}, not a function; ` +
          "give every task a function (input, task) => result",
      )
    }
    tasks[name] = Object.freeze({ [definition]: true, name, module, run }) as unknown as AnyTask
  }
  // Built name by name from `functions`, which is what the mapped type says.
  return Object.freeze(tasks) as Tasks<Functions>
}

/** Whether a value is a task that `defineTasks` made, by whichever copy of this package. */
export const isTask = (value: unknown): value is AnyTask =>
  typeof value === "object" && value !== null && Object.hasOwn(value, definition)
