/** The races that are searched: two in a cluster, and a counter that says the same with fast-check's scheduler. */
import { Future } from "@scaler-ts/future"
import { Explore, type RaceContext, type RaceOptions, type Stats } from "@scaler-ts/testkit"
import { type Happening, Search, type System } from "@scaler-ts/testkit/search"
import * as Effect from "effect/Effect"
import { asyncProperty, check, type Scheduler, scheduler } from "fast-check"

/** A task and its cancel, on one worker. */
export const oneTask = function* ({ submit, job, never }: RaceContext) {
  const work = job("work")
  const future = yield* submit(work)
  const receipt = yield* Future.cancel(future)
  never(receipt._tag === "Stopped" && work.ended)
}

/** Two tasks, both cancelled at once. */
export const twoTasks = function* ({ submit, job, never }: RaceContext) {
  const [one, other] = [job("one"), job("other")]
  const futures = [yield* submit(one), yield* submit(other)] as const
  const cancels = [Future.cancel(futures[0]), Future.cancel(futures[1])] as const
  const [receipt, theirs] = yield* Effect.all(cancels, { concurrency: "unbounded" })
  never(receipt._tag === "Stopped" && one.ended)
  never(theirs._tag === "Stopped" && other.ended)
}

/** Tries everything there is. Fails when that turns out to be wrong, since its time would then mean nothing. */
export const verify = async (
  body: typeof oneTask | typeof twoTasks,
  options: RaceOptions,
): Promise<Stats> => {
  const race = Explore.run(body, { ...options, budgetMs: Infinity })
  const verdict = await Effect.runPromise(race)
  if (verdict._tag !== "Verified") throw new Error(`the race is ${verdict._tag}`)
  return verdict.stats
}

/** How many executions a search of a system takes until one of them is `wrong`, or until there are no more. */
export const search = <H extends Happening, S>(
  make: () => S & System<H>,
  wrong: (system: S) => boolean,
): number => {
  const search = new Search()
  for (let runs = 1; ; runs++) {
    const system = make()
    const isComplete = search.run(system) === "complete"
    if ((isComplete && wrong(system)) || !search.next()) return runs
  }
}

interface Access extends Happening {
  readonly thread: 0 | 1
  readonly number: number
}

const counterBit = 4

/** Two threads that add one to a counter so many times each: read it, write it back. */
export class Counter implements System<Access> {
  value = 0
  private readonly accesses: number
  private readonly read: [number, number] = [0, 0]
  private left: ReadonlyArray<Access> = [access(0, 0), access(1, 0)]

  constructor(increments: number) {
    this.accesses = 2 * increments
  }

  enabled(): ReadonlyArray<Access> {
    return this.left
  }

  apply({ thread, number }: Access) {
    const isRead = number % 2 === 0
    if (isRead) this.read[thread] = this.value
    else this.value = this.read[thread] + 1
    this.left = this.left.flatMap((one) => {
      if (one.thread !== thread) return [one]
      return number + 1 < this.accesses ? [access(thread, number + 1)] : []
    })
    const own = 1 << thread
    const acts = isRead ? own : own | counterBit
    return { acts, sees: counterBit, causes: [], isLast: false }
  }
}

const access = (thread: 0 | 1, number: number): Access => ({
  id: `${thread}.${number}`,
  thread,
  number,
})

/** The same with promises, for a scheduler that says which goes on. */
const count = async (increments: number, turns: Scheduler): Promise<number> => {
  let value = 0
  const thread = async (): Promise<void> => {
    for (let i = 0; i < increments; i++) {
      await turns.schedule(Promise.resolve(), "read")
      const read = value
      await turns.schedule(Promise.resolve(), "write")
      value = read + 1
    }
  }
  const threads = Promise.all([thread(), thread()])
  await turns.waitFor(threads)
  return value
}

/** How many random runs fast-check takes until one of them is `wrong`, or `runsMax`. */
export const sample = async (
  increments: number,
  wrong: (value: number) => boolean,
  seed: number,
  runsMax: number,
): Promise<number> => {
  const property = asyncProperty(
    scheduler(),
    async (turns) => !wrong(await count(increments, turns)),
  )
  const { numRuns } = await check(property, { seed, numRuns: runsMax, endOnFailure: true })
  return numRuns
}
