import { entryOf } from "../internal/FutureEntry.ts"
import type { Outcome } from "../Outcome.ts"
import { Feed } from "./Feed.ts"
import type { Future } from "./Future.ts"

/** A future that has ended, and how. In an object, because what a loop yields must not be a thing to await. */
export interface Ended<F> {
  readonly future: F
  readonly outcome: Outcome<Awaited<F>>
}

/**
 * The futures with their outcomes, each as soon as it has ended, cancelled and lost ones included (R19).
 *
 * Ends after the last. Linear in the number of futures; leaving the loop early stops the waiting,
 * not the tasks.
 */
export const asCompleted = <F extends Future<unknown>>(
  futures: Iterable<F>,
): AsyncIterableIterator<Ended<F>, undefined> & AsyncDisposable => {
  const all = [...futures]
  const stops: Array<() => void> = []
  let left = all.length
  const listenTo = (future: F): void => {
    const entry = entryOf(future)
    const stop = entry.table.listen(entry, (outcome) => {
      // The future of this very outcome.
      feed.offer({ future, outcome: outcome as Outcome<Awaited<F>> })
      if (--left === 0) feed.end({})
    })
    stops.push(stop)
  }
  const feed = new Feed<Ended<F>>({
    start: () => {
      if (left === 0) feed.end({})
      all.forEach(listenTo)
    },
    onTaken: () => {},
    stop: async () => {
      for (const stop of stops) stop()
    },
  })
  return feed
}
