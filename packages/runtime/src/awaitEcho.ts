import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { ConnectionFailed } from "./ConnectionFailed.ts"

/**
 * Waits until a hello has been accepted, for `connectMs` milliseconds at most.
 *
 * Fails with `ConnectionFailed`: with the reason for which `accepted` fails, or because nobody has answered.
 */
export const awaitEcho = (
  accepted: Deferred.Deferred<void, string>,
  scheduler: string,
  connectMs: number,
): Effect.Effect<void, ConnectionFailed> => {
  const failed = (reason: string): ConnectionFailed => new ConnectionFailed(scheduler, reason)
  return Deferred.await(accepted).pipe(
    Effect.mapError(failed),
    Effect.timeoutOrElse({
      duration: connectMs,
      orElse: () => Effect.fail(failed(`no answer within ${connectMs} ms; is it running?`)),
    }),
  )
}
