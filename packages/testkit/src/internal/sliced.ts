/** Attempts one after the other, in slices, so that whoever waits for them can still be interrupted. */
import * as Effect from "effect/Effect"
import { type AmbientGuard, outsideNowMs } from "./ambient.ts"

/** How long executions go on before the event loop has its turn, in milliseconds. */
export const sliceMs = 30

/** Goes on until there is nothing more to attempt, or until the time is up. */
export const sliced = (
  attempts: Generator<void, void>,
  msMax: number,
  guard: AmbientGuard,
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const endsAtMs = outsideNowMs() + msMax
    let isOver = false
    while (!isOver && outsideNowMs() < endsAtMs) {
      const until = outsideNowMs() + sliceMs
      isOver = guard.during(() => {
        while (outsideNowMs() < until) if (attempts.next().done === true) return true
        return false
      })
      yield* Effect.yieldNow
    }
  })
