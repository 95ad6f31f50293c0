/** Progress without time: turns of the event loop, never a sleep. */
import * as Effect from "effect/Effect"

/** More turns than any exchange of messages within one process takes to come to rest. */
const turnsToRest = 60

const turnsMax = 5_000

/** Lets everything that is under way, and does not wait for time, come to rest. */
export const settle: Effect.Effect<void> = Effect.gen(function* () {
  for (let turn = 0; turn < turnsToRest; turn++) yield* Effect.yieldNow
})

/** Goes on, turn by turn, until something holds; dies with its name when it never does. */
export const until = (what: string, holds: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let turn = 0; turn < turnsMax; turn++) {
      if (holds()) return
      yield* Effect.yieldNow
    }
    return yield* Effect.die(new Error(`never came true: ${what}`))
  })
