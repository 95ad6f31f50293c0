/** Waiting for a future that is nobody else's yet. */
import * as Effect from "effect/Effect"
import * as Future from "../Future.ts"
import type { ClientClosed, ConnectionLost } from "../FutureError.ts"
import type { Receipt } from "../Receipt.ts"
import type { ClientShell } from "./ClientShell.ts"

/** Cancels all of them at the same time; the receipts are in their order. */
export const cancelEach = (
  futures: ReadonlyArray<Future.Future<unknown>>,
  options: Future.CancelOptions,
): Effect.Effect<ReadonlyArray<Receipt<unknown>>> =>
  Effect.forEach(futures, (future) => Future.cancel(future, options), { concurrency: "unbounded" })

export const cancelOnInterrupt = <A, B, E>(
  future: Future.Future<A>,
  waiting: Effect.Effect<B, E>,
): Effect.Effect<B, E> => Effect.onInterrupt(waiting, () => Future.cancel(future))

/** Goes on once a task has been sent, or was cancelled before; fails where it never can be sent. */
export const afterSent = <A, E>(
  shell: ClientShell,
  { number, task }: Future.Future<unknown>,
  next: Effect.Effect<A, E>,
): Effect.Effect<A, E | ClientClosed | ConnectionLost> => {
  const { line, table } = shell
  if (!line.isWaiting(number)) return next
  return Effect.callback((resume) => {
    const stop = table.whenSent(number, (isSent) => {
      const error = isSent ? undefined : shell.refusal(task)
      resume(error === undefined ? next : Effect.fail(error))
    })
    return Effect.sync(stop)
  })
}
