/**
 * Tasks whose ends a test controls, and the record of what their functions really did.
 *
 * Made anew for each test: with the inline executor the functions are the test's own closures.
 */
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { until } from "./turns.ts"

export interface Script {
  /** What the functions did, in order: `began x`, `stopped x`, `ended x`. */
  readonly record: ReadonlyArray<string>
  /** Succeeds once all of this has been recorded. */
  readonly recorded: (...entries: ReadonlyArray<string>) => Effect.Effect<void>
  /** Lets the task of that name return. */
  readonly finish: (name: string) => void
  /** Lets the task of that name throw. */
  readonly fail: (name: string, error: unknown) => void
  readonly tasks: ReturnType<typeof define>
}

interface Ends {
  readonly resolve: (name: string) => void
  readonly reject: (error: unknown) => void
}

export const make = (): Script => {
  const record: Array<string> = []
  const ends = new Map<string, Ends>()
  return {
    record,
    recorded: (...entries) =>
      until(`recorded: ${entries.join(", ")}`, () => entries.every((one) => record.includes(one))),
    finish: (name) => {
      record.push(`ended ${name}`)
      endsOf(ends, name).resolve(name)
    },
    fail: (name, error) => endsOf(ends, name).reject(error),
    tasks: define(record, ends),
  }
}

const define = (record: Array<string>, ends: Map<string, Ends>) => {
  const begin = (name: string): Promise<string> => {
    record.push(`began ${name}`)
    return new Promise((resolve, reject) => ends.set(name, { resolve, reject }))
  }
  return defineTasks(import.meta.url, {
    /** Ends at once. */
    echo: (value: unknown) => value,
    /** Runs until it is told to end, or asked to stop. */
    held: (name: string, { signal }: TaskContext) => {
      const ended = begin(name)
      signal.addEventListener("abort", () => {
        record.push(`stopped ${name}`)
        endsOf(ends, name).reject(signal.reason)
      })
      return ended
    },
    /** Runs until it is told to end, whoever asks it to stop. */
    deaf: (name: string) => begin(name),
    /** An Effect that takes until `finish` to stop, once it is asked to. */
    tidy: (name: string) => {
      record.push(`began ${name}`)
      const tidied = Effect.promise(() => begin(`tidying ${name}`))
      const stopped = Effect.sync(() => record.push(`stopped ${name}`))
      return Effect.never.pipe(Effect.onInterrupt(() => Effect.andThen(tidied, stopped)))
    },
  })
}

const endsOf = (ends: ReadonlyMap<string, Ends>, name: string): Ends => {
  const found = ends.get(name)
  if (found === undefined) throw new Error(`"${name}" has not begun`)
  return found
}
