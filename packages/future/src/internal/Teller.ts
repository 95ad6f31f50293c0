/**
 * Tells people things on a turn of its own, in order.
 *
 * No user code runs on the stack of whoever has something to tell, and what it throws is logged and
 * harms nobody else (G10).
 */
import { Values } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { TaskRef } from "../FutureError.ts"

interface Telling {
  readonly ref: TaskRef
  readonly run: () => unknown
  readonly over: () => void
}

export class Teller {
  private queue: Array<Telling> = []
  private readonly loop: Loop.Loop

  constructor(loop: Loop.Loop) {
    this.loop = loop
  }

  /** Runs a callback that has to do with a task. `over`: it has come to its end, also that of its promise. */
  tell(ref: TaskRef, run: () => unknown, over: () => void = nothing): void {
    if (this.queue.length === 0) this.loop.defer(this.tellAll)
    this.queue.push({ run, ref, over })
  }

  private readonly tellAll = (): void => {
    const batch = this.queue
    this.queue = []
    for (const one of batch) this.tellOne(one)
  }

  private tellOne({ run, ref, over }: Telling): void {
    try {
      const returned = run()
      // An async callback throws later, and harms nobody either.
      if (returned instanceof Promise) {
        new Promise((resolve) => resolve(returned)).then(over, (error: unknown) => {
          this.log(ref, error)
          over()
        })
        return
      }
    } catch (error) {
      this.log(ref, error)
    }
    over()
  }

  private log(ref: TaskRef, error: unknown): void {
    const sentence = `a callback of task "${ref.task}" (${ref.number}) threw`
    // What a callback throws may be hostile to whoever looks at it, so only errors are logged as they are.
    const thrown = isError(error) ? error : Values.shown(error)
    this.loop.fork(Effect.annotateLogs(Effect.logError(sentence, thrown), annotationsOf(ref)))
  }
}

const nothing = (): void => {}

/** Which task a line is about. */
const annotationsOf = (ref: TaskRef): Record<string, unknown> => ({
  "scaler.task.name": ref.task,
  ...("id" in ref && ref.id !== "" ? { "scaler.task.id": ref.id } : {}),
})

const isError = (value: unknown): value is Error => {
  try {
    return value instanceof Error && typeof value.stack === "string"
  } catch {
    return false
  }
}
