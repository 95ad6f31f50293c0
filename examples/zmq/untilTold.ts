import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { once } from "node:events"

/** Runs something until it ends or the process is told to stop; then it closes what it has opened. */
export const untilTold = async <E>(run: Effect.Effect<unknown, E, Scope.Scope>): Promise<void> => {
  const told = Effect.promise(() =>
    Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]),
  )
  await Effect.runPromise(Effect.scoped(Effect.raceFirst(run, told)))
}
