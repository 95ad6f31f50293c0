import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as EffectFuture from "../Future.ts"
import { entryOf } from "../internal/FutureEntry.ts"
import type { Future } from "./Future.ts"

/** Which futures had ended when a `wait` was over, each list in the order the futures were given. */
export interface Waited<F> {
  readonly done: ReadonlyArray<F>
  readonly pending: ReadonlyArray<F>
}

/**
 * Waits for the first, the first failing, or all of the futures, and resolves with who had ended.
 *
 * When the bound passes it resolves with what there is (G8). `first-failure` is over when all have
 * ended well, too. Rejects only for options nobody can mean.
 */
export const wait = async <F extends Future<unknown>>(
  futures: Iterable<F>,
  options: EffectFuture.WaitOptions = {},
): Promise<Waited<F>> => {
  const all = [...futures]
  const { until, boundMs } = options
  if (boundMs !== undefined) Checked.milliseconds("boundMs", boundMs)
  if (until !== undefined) Checked.oneOf("until", until, EffectFuture.waysToWait)
  const [first] = all
  if (first !== undefined) {
    const { loop } = entryOf(first).table
    await new Promise((resolve) => {
      loop.fork(Effect.map(EffectFuture.wait(all, options), resolve))
    })
  }
  const hasEnded = (future: F): boolean => entryOf(future).end !== undefined
  const done = all.filter(hasEnded)
  for (const future of done) entryOf(future).onSeen()
  return { done, pending: all.filter((future) => !hasEnded(future)) }
}
