/** Runs one task's function, whatever kind it is, and says how it ended. */
import { type Nesting, nestingKey } from "@scaler-ts/protocol"
import type { AnyTask, EffectLike, TaskContext } from "@scaler-ts/protocol/tasks"
import type { Attempt } from "../Executor.ts"
import { checkWith } from "./checkWith.ts"
import { isThenable } from "./isThenable.ts"

// As they were before any task could override them (G10).
const { AbortController, Promise } = globalThis

/** How a function ended. `stopped`: it ended because it was interrupted. */
export type RunEnd =
  | { readonly _tag: "returned"; readonly value: unknown }
  | { readonly _tag: "threw"; readonly error: unknown }
  | { readonly _tag: "stopped"; readonly error: unknown }

/** What a run needs of the executor it runs in. */
export interface RunHost {
  readonly progress: (fraction: number) => void
  readonly log: (line: string) => void
  /** The way to the scheduler for the clients within the function, made when it is first asked for. */
  readonly nesting: () => Nesting
  /** Runs an Effect that a function returned. The returned function interrupts it. */
  readonly runEffect: (effect: EffectLike<unknown>, done: (end: RunEnd) => void) => () => void
}

/** What a function is told of its attempt, and its log lines tell. */
export interface RunAttempt extends Pick<Attempt, "attempt" | "traceparent"> {
  readonly task: Pick<AnyTask, "name">
}

/** Asks a function that is being run to stop. */
export type Interrupt = () => void

/**
 * Calls the function and reports its end once: before returning if it is synchronous.
 *
 * An async function counts as stopped when it was interrupted and then rejected with what the
 * abort made of its awaits; one that returns, or throws something else, ended by itself.
 */
export const runTask = (
  task: AnyTask,
  input: unknown,
  attempt: RunAttempt,
  host: RunHost,
  done: (end: RunEnd) => void,
): Interrupt => {
  const context = new RunContext(attempt, host)
  return task.schemas === undefined
    ? call(task, input, context, host, done)
    : callBetweenChecks(task, input, context, host, done)
}

/** Calls a function between the checks of its schemas, which may take their time. */
const callBetweenChecks = (
  task: AnyTask,
  input: unknown,
  context: RunContext,
  host: RunHost,
  done: (end: RunEnd) => void,
): Interrupt => {
  const { name, schemas = {} } = task
  // Nobody can ask a schema to stop. What it does is over before anything is called stopped (G2).
  let interrupt = (): void => context.interrupt()
  checkWith(schemas.input, { task: name, part: "input" }, input, (checked) => {
    if (checked._tag === "threw") return done(checked)
    if (context.interrupted) return done({ _tag: "stopped", error: cancelled })
    interrupt = call(task, checked.value, context, host, (end) => {
      if (end._tag !== "returned") return done(end)
      checkWith(schemas.output, { task: name, part: "output" }, end.value, done)
    })
  })
  return () => interrupt()
}

const call = (
  task: AnyTask,
  input: unknown,
  context: RunContext,
  host: RunHost,
  done: (end: RunEnd) => void,
): Interrupt => {
  let value: unknown
  let promise: Promise<unknown> | undefined
  try {
    // The definition's input type is unknown here; the scheduler matched the task by name.
    value = task.run(input as never, context)
    if (isEffect(value)) return host.runEffect(value, done)
    // A thenable is user code too, and so is a promise with a `then` of its own: adopted by a
    // promise of ours, it settles once and throws nothing at us (G10).
    if (isThenable(value)) promise = new Promise((resolve) => resolve(value))
  } catch (error) {
    done({ _tag: "threw", error })
    return nothing
  }
  if (promise === undefined) {
    done({ _tag: "returned", value })
    return nothing
  }
  promise.then(
    (result) => done({ _tag: "returned", value: result }),
    (error: unknown) =>
      done({ _tag: context.causedByInterrupt(error) ? "stopped" : "threw", error }),
  )
  return () => context.interrupt()
}

const nothing: Interrupt = () => {}

// Checked by the marker, so that this file, and every thread, loads without Effect.
const isEffect = (value: unknown): value is EffectLike<unknown> =>
  typeof value === "object" && value !== null && "~effect/Effect" in value

/**
 * The reason of every aborted signal. One for all, because making one, with its stack, costs more
 * than a trivial task; frozen, because all tasks share it.
 */
const cancelled: DOMException = Object.freeze(
  new DOMException("The task was cancelled", "AbortError"),
)

class RunContext implements TaskContext {
  readonly attempt: number
  readonly traceparent: string | undefined
  private readonly host: RunHost
  // Made when first looked at: an AbortController costs more than a whole trivial task.
  private controller: AbortController | undefined
  interrupted = false

  constructor({ attempt, traceparent }: RunAttempt, host: RunHost) {
    this.attempt = attempt
    this.traceparent = traceparent === "" ? undefined : traceparent
    this.host = host
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      if (this.interrupted) this.controller.abort(cancelled)
    }
    return this.controller.signal
  }

  // Getters that return closures, so that `({ progress, log })` can be taken apart.
  get progress(): TaskContext["progress"] {
    return (fraction) => {
      if (!(fraction >= 0 && fraction <= 1)) {
        throw new RangeError(`progress takes a fraction from 0 to 1, and was given ${fraction}`)
      }
      this.host.progress(fraction)
    }
  }

  get log(): TaskContext["log"] {
    // Untyped code may log anything.
    return (line: unknown) => this.host.log(String(line))
  }

  /** For the client within. */
  get [nestingKey](): Nesting {
    return this.host.nesting()
  }

  interrupt(): void {
    this.interrupted = true
    this.controller?.abort(cancelled)
  }

  /** Whether an error is what our abort made of an await: the signal's reason, or an AbortError around it. */
  causedByInterrupt(error: unknown): boolean {
    if (!this.interrupted || this.controller === undefined) return false
    if (error === cancelled) return true
    try {
      return error instanceof Error && (error.name === "AbortError" || error.cause === cancelled)
    } catch {
      return false // An error whose own getters throw is none of ours.
    }
  }
}
