import { entryOf } from "../internal/FutureEntry.ts"
import { Feed } from "./Feed.ts"
import type { Future } from "./Future.ts"

/**
 * The futures, each as soon as it has ended, cancelled and lost ones included (R19).
 *
 * Ends after the last. Linear in the number of futures; leaving the loop early stops the waiting,
 * not the tasks.
 *
 * @example
 * ```ts
 * for await (const future of asCompleted(futures)) console.log(future.number, future.state)
 * ```
 */
export const asCompleted = <F extends Future<unknown>>(
  futures: Iterable<F>,
): AsyncIterableIterator<F, undefined> & AsyncDisposable => {
  const all = [...futures]
  const stops: Array<() => void> = []
  let left = all.length
  const listenTo = (future: F): void => {
    const entry = entryOf(future)
    const onEnd = (): void => {
      feed.offer(future)
      if (--left === 0) feed.end({})
    }
    stops.push(entry.table.listen(entry, onEnd))
  }
  const feed = new Feed<F>({
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
