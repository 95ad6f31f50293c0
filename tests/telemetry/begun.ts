import { Client } from "@scaler-ts/future"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { tasks } from "./fixtures/tasks.ts"

/** Submits a task that waits until it is cancelled, and goes on once its function runs. */
export const begun = Effect.gen(function* () {
  const { submit } = yield* Client
  const runs = Deferred.makeUnsafe<void>()
  const onLog = (): void => void Deferred.doneUnsafe(runs, Effect.void)
  const future = yield* submit(tasks.wait, undefined, { onLog })
  yield* Deferred.await(runs)
  return future
})
