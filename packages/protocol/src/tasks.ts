/**
 * Named tasks: what a task module exports, and what clients, workers and threads import.
 *
 * Free of Effect and of Node, so that everybody can load it for next to nothing.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec"

/** What a running function is handed beside its input. */
export interface TaskContext {
  /** Aborted when the task is to stop. A function that never looks at it can only be killed. */
  readonly signal: AbortSignal
  /** The number of this attempt, from 1. */
  readonly attempt: number
  /**
   * Tells the client how far the task has come, from 0 to 1; throws a `RangeError` for any other number. Of what
   * is told in quick succession some is left out, and never the newest.
   */
  readonly progress: (fraction: number) => void
  /** Tells the client a line of text, if it asked to be told. */
  readonly log: (line: string) => void
  /**
   * The span that this attempt is, as a W3C `traceparent`, for what it asks of others; `undefined` if nobody
   * traces it. Its children belong to that span, and so do the spans of the Effect that it returns.
   */
  readonly traceparent: string | undefined
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

/**
 * A schema of any library that speaks [Standard Schema](https://standardschema.dev): Zod, Valibot,
 * ArkType, Effect's `Schema.toStandardSchemaV1`, and others.
 */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>

/** What a task's input has to be before its function is called, and what the function yields has to be. */
export interface TaskSchemas {
  readonly input?: Schema
  readonly output?: Schema
}

/** A function and its schemas, as `withSchema` puts them together. */
export interface SchemaFunction<in Input, out Output> {
  readonly schemas: TaskSchemas
  readonly run: TaskFunction
  /** Carries the types; nothing is there. */
  readonly "~types"?: { readonly input: (input: Input) => void; readonly output: Output }
}

/** What `defineTasks` makes a task of. */
export type TaskSource = TaskFunction | SchemaFunction<never, unknown>

/** What a task finally yields, once its promise or Effect has been run and its schema has had its say. */
export type OutputOf<F extends TaskSource> =
  F extends SchemaFunction<never, infer Output>
    ? Output
    : F extends TaskFunction
      ? Yielded<ReturnType<F>>
      : never

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

/** What a task is submitted with; `void` where it takes nothing. */
export type InputOf<F extends TaskSource> =
  F extends SchemaFunction<infer Input, unknown>
    ? Input
    : F extends TaskFunction
      ? Parameters<F> extends []
        ? void
        : Parameters<F>[0]
      : never

/** A task by name, with its types. Clients submit it; only workers and threads look at `run`. */
export interface TaskDefinition<in Input, out Output> {
  readonly name: string
  /** The URL of the module that defines it, for threads and processes to load. */
  readonly module: string
  /** The function itself. Where there is a schema of the input, it takes what that has made of it. */
  readonly run: TaskFunction
  readonly schemas?: TaskSchemas
  /** Carries the types; nothing is there. */
  readonly "~types"?: { readonly input: (input: Input) => void; readonly output: Output }
}

/** A task whose types are not known here. */
export type AnyTask = TaskDefinition<never, unknown>

/** What `defineTasks` returns: a definition for every function, under its name. */
export type Tasks<Functions extends Readonly<Record<string, TaskSource>>> = {
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
const schemaFunction = Symbol.for("@scaler-ts/protocol/SchemaFunction")

/** Every frame carries the names of its tasks, and a scheduler takes texts up to a limit. */
const nameLengthMax = 65_536

/** What a function yields, in every way it may yield it. */
type Yields<A> = A | PromiseLike<A> | EffectLike<A>

/**
 * A task's function with schemas for what it takes and what it yields.
 *
 * The worker holds an input to its schema before it calls the function, which gets what the schema
 * made of it; and what the function yields to the other before it is sent. The task is submitted
 * with the one schema's input type and succeeds with the other's output type. An input or output
 * that is refused fails the task with an error named `InvalidInput` or `InvalidOutput`, which has
 * `issues`. A cancel during a check is carried out when the check is over: the function is not
 * called then. A check that never ends can only be killed, as a function that ignores its signal.
 *
 * @example A task with a schema of Valibot's
 * ```ts
 * import { defineTasks, withSchema } from "@scaler-ts/protocol/tasks"
 * import * as v from "valibot"
 *
 * export const tasks = defineTasks(import.meta.url, {
 *   year: withSchema({ input: v.pipe(v.string(), v.isoDate()) }, (date) => date.slice(0, 4)),
 * })
 * tasks.year.name // => "year"
 * ```
 */
export const withSchema: WithSchema = (schemas: TaskSchemas, run: TaskFunction) =>
  Object.freeze({ [schemaFunction]: true, schemas, run })

interface WithSchema {
  <In extends Schema, Out extends Schema>(
    schemas: { readonly input: In; readonly output: Out },
    run: (
      input: StandardSchemaV1.InferOutput<In>,
      task: TaskContext,
    ) => Yields<StandardSchemaV1.InferInput<Out>>,
  ): SchemaFunction<StandardSchemaV1.InferInput<In>, StandardSchemaV1.InferOutput<Out>>
  <In extends Schema, Returned>(
    schemas: { readonly input: In; readonly output?: never },
    run: (input: StandardSchemaV1.InferOutput<In>, task: TaskContext) => Returned,
  ): SchemaFunction<StandardSchemaV1.InferInput<In>, Yielded<Returned>>
  <
    Out extends Schema,
    Run extends (input: never, task: TaskContext) => Yields<StandardSchemaV1.InferInput<Out>>,
  >(
    schemas: { readonly input?: never; readonly output: Out },
    run: Run,
  ): SchemaFunction<InputOf<Run>, StandardSchemaV1.InferOutput<Out>>
}

const partsOf = (name: string, source: unknown): { run: unknown; schemas?: TaskSchemas } => {
  if (typeof source === "function") return { run: source }
  if (typeof source !== "object" || source === null || !Object.hasOwn(source, schemaFunction)) {
    throw new TypeError(
      `defineTasks: "${name}" is of type ${source === null ? "null" : typeof source}, not a function; ` +
        "give every task a function (input, task) => result, or what withSchema returns",
    )
  }
  const { run, schemas } = source as SchemaFunction<never, unknown>
  if (typeof run !== "function") {
    throw new TypeError(`defineTasks: "${name}" has schemas and no function; give withSchema both`)
  }
  for (const part of ["input", "output"] as const) {
    if (schemas[part] === undefined || isSchema(schemas[part])) continue
    throw new TypeError(
      `defineTasks: the ${part} schema of "${name}" is no Standard Schema; ` +
        "give one of a library that has them, and of Effect what Schema.toStandardSchemaV1 returns",
    )
  }
  return { run, schemas }
}

// Some libraries' schemas are functions.
const isSchema = (value: unknown): boolean =>
  ((typeof value === "object" && value !== null) || typeof value === "function") &&
  typeof (value as Partial<Schema>)["~standard"]?.validate === "function"

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
export const defineTasks = <const Functions extends Readonly<Record<string, TaskSource>>>(
  module: string,
  functions: Functions,
): Tasks<Functions> => {
  // A null prototype, so that no name means anything but the task of that name.
  const tasks: Record<string, AnyTask> = Object.create(null)
  for (const name of Object.keys(functions)) {
    if (!name.isWellFormed()) {
      throw new TypeError(
        `defineTasks: ${JSON.stringify(name)} has half of a surrogate pair in it, which no text on the wire can have`,
      )
    }
    if (name.length > nameLengthMax) {
      throw new RangeError(
        `defineTasks: "${name.slice(0, 50)}…" has ${name.length} characters; ${nameLengthMax} is the most`,
      )
    }
    tasks[name] = Object.freeze({
      [definition]: true,
      name,
      module,
      ...partsOf(name, functions[name]),
    }) as unknown as AnyTask
  }
  // Built name by name from `functions`, which is what the mapped type says.
  return Object.freeze(tasks) as Tasks<Functions>
}

/** Whether a value is a task that `defineTasks` made, by whichever copy of this package. */
export const isTask = (value: unknown): value is AnyTask =>
  typeof value === "object" && value !== null && Object.hasOwn(value, definition)
