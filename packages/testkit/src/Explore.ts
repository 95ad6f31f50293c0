/** Runs a race under every schedule its bounds allow. */
import * as Effect from "effect/Effect"
import type { ClusterOptions } from "./cluster/Cluster.ts"
import type { RaceBody } from "./cluster/Race.ts"
import { Explorer } from "./internal/Explorer.ts"
import type { Reduction } from "./search/Search.ts"
import type { Verdict } from "./Verdict.ts"

export interface RaceOptions extends ClusterOptions {
  /** What the race is called, in reports and in tokens. `"race"` unless told otherwise. */
  readonly name?: string
  /**
   * How many timers may go off although something else could have happened first: each is a timeout
   * that was too short. Tried with none first, then with one, and so on. 0 unless told otherwise. The
   * bound of a cancel is a timer, too; `cancelBoundMs: Infinity` leaves it out.
   */
  readonly earlyTimers?: number
  /** How long to search, in milliseconds. Of what has not been tried after four fifths of it, samples are taken. 5,000 unless told otherwise. */
  readonly budgetMs?: number
  /** Replays the schedule of this token and nothing else. */
  readonly replay?: string
  /** `"exhaustive"` (the default): every order, and samples only where there is no time for all. `"sample"`: random orders from the start. */
  readonly explore?: "exhaustive" | "sample"
  /** How orders that differ in nothing are left out. `"source"` unless told otherwise; `"none"` tries every order there is. */
  readonly reduction?: Reduction
  /** One execution in so many is run twice and compared event by event. 50 unless told otherwise; 0 for never. */
  readonly selfCheckEvery?: number
  /**
   * Whether a failing schedule is made short, and the nearest that passes is looked for. That takes up to
   * 13 seconds; without it the first failing schedule is told as it was found. `true` unless told otherwise.
   */
  readonly shrink?: boolean
  /** How many steps an execution may take. 10,000 unless told otherwise. */
  readonly stepsMax?: number
}

/**
 * Searches a race and succeeds with the verdict; a race that fails is a verdict too.
 *
 * The body is run anew for every schedule, so it must begin from nothing: what it changes outside of
 * itself it finds changed. Everything it does happens in the race's own world; the clock, timers and
 * random numbers of the world outside throw.
 *
 * Fails with nothing. Dies with `TokenRefused` when `replay` is no token of this race as it is now.
 *
 * @example A confirmed cancel means that the function never came to its end
 * ```ts
 * import { Future } from "@scaler-ts/future"
 * import { Explore } from "@scaler-ts/testkit"
 * import * as Effect from "effect/Effect"
 *
 * const verdict = await Effect.runPromise(
 *   Explore.run(function* ({ submit, job, never }) {
 *     const work = job("work")
 *     const future = yield* submit(work)
 *     const receipt = yield* Future.cancel(future)
 *     never(receipt._tag === "Stopped" && work.ended)
 *   }),
 * )
 * verdict._tag // => "Verified"
 * ```
 */
export const run = (body: RaceBody, options: RaceOptions = {}): Effect.Effect<Verdict> =>
  Effect.suspend(() => new Explorer(body, options).verdict)
