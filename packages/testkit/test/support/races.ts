/** Races that several tests run. */
import { Future } from "@scaler-ts/future"
import {
  Explore,
  type RaceBody,
  type RaceOptions,
  type Verdict,
  type Violated,
} from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"

/** Runs a race to the end of its search, however long that takes. */
export const explore = (body: RaceBody, options: RaceOptions = {}): Promise<Verdict> =>
  Effect.runPromise(Explore.run(body, { budgetMs: Infinity, ...options }))

export const violated = async (body: RaceBody, options?: RaceOptions): Promise<Violated> => {
  const verdict = await explore(body, options)
  assert.ok(verdict._tag === "Violated", JSON.stringify(verdict))
  return verdict
}

/** A task that is submitted and cancelled. */
export const cancelled: RaceBody = function* ({ submit, job }) {
  const future = yield* submit(job("work"))
  yield* Future.cancel(future)
}

/** Two tasks that are submitted and cancelled. */
export const bothCancelled: RaceBody = function* ({ submit, job }) {
  const one = yield* submit(job("one"))
  const other = yield* submit(job("other"))
  yield* Future.cancel(one)
  yield* Future.cancel(other)
}

/** Takes a result that beat the cancel for something that never happens. */
export const neverFinished: RaceBody = function* ({ submit, job, never }) {
  const future = yield* submit(job("work"))
  const receipt = yield* Future.cancel(future)
  never(receipt._tag === "Finished", "the result was faster")
}
