/** Futures as streams. Apart from the rest, because only who streams should pay for loading Effect's streams. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type * as Future from "./Future.ts"
import { entryOf } from "./internal/FutureEntry.ts"

/**
 * The futures, each as soon as it has ended, cancelled and lost ones included (R19).
 *
 * Ends after the last. Linear in the number of futures; ending the stream early stops the waiting,
 * not the tasks.
 */
export const asCompleted = <A>(
  futures: Iterable<Future.Future<A>>,
): Stream.Stream<Future.Future<A>> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const all = [...futures]
      const ended = yield* Queue.unbounded<Future.Future<A>, Cause.Done>()
      let left = all.length
      if (left === 0) yield* Queue.end(ended)
      const stops: Array<() => void> = []
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          for (const stop of stops) stop()
        }),
      )
      for (const future of all) {
        const entry = entryOf(future)
        const onEnd = (): void => {
          Queue.offerUnsafe(ended, future)
          left--
          if (left === 0) Queue.endUnsafe(ended)
        }
        stops.push(entry.table.listen(entry, onEnd))
      }
      return Stream.fromQueue(ended)
    }),
  )
