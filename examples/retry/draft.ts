/** The first draft of `retrying.ts`, with the bug that docs/testing.md finds. */
import { Client, Future, type Outcome, type Receipt, type SubmitError } from "@scaler-ts/future"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

export interface Retrying<A> {
  /** How the last try ended. */
  readonly outcome: Effect.Effect<Outcome<A>, SubmitError>
  /** Stops the try under way and starts no other. Succeeds with the receipt of the last try. */
  readonly cancel: Effect.Effect<Receipt<A>>
}

/** Submits a task, and again after a pause when it fails, so many times in all. */
export const retrying = <A>(
  task: TaskDefinition<void, A>,
  { tries, pauseMs }: { readonly tries: number; readonly pauseMs: number },
): Effect.Effect<Retrying<A>, SubmitError, Client> =>
  Effect.gen(function* () {
    const client = yield* Client
    let future = yield* client.submit(task)
    const run = Effect.gen(function* () {
      for (let left = tries - 1; ; left--) {
        const outcome: Outcome<A> = yield* Future.outcome(future)
        if (outcome._tag !== "Failed" || left === 0) return outcome
        yield* Effect.sleep(pauseMs)
        future = yield* client.submit(task)
      }
    })
    const fiber = yield* Effect.forkChild(run)
    const cancel = Effect.suspend(() => Future.cancel(future))
    return { outcome: Fiber.join(fiber), cancel }
  })
