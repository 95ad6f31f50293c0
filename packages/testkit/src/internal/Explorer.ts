/** The search of one race, in slices, so that whoever waits for it can still be interrupted. */
import type { Happening } from "@scaler-ts/adapter-memory"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Violation } from "../cluster/guarantees.ts"
import type { Execution } from "../cluster/Execution.ts"
import type { RaceBody } from "../cluster/Race.ts"
import type { RaceOptions } from "../Explore.ts"
import { drive } from "../search/drive.ts"
import { NotDeterministic, Search } from "../search/Search.ts"
import { type Anatomy, Portfolio } from "../search/strategies.ts"
import { confirm, readToken, replaying, TokenRefused } from "../search/token.ts"
import type { Bounds, Verdict } from "../Verdict.ts"
import { outsideNowMs } from "./ambient.ts"
import { boundsOf, fullLevel, type Level, levelsOf, lowest, raceOf } from "./bounds.ts"
import { checkedOptions } from "./checkedOptions.ts"
import { sliced, sliceMs } from "./sliced.ts"
import { type Found, Trials } from "./Trials.ts"

const budgetMsDefault = 5_000

/** How much of the budget the exhaustive search may use before the rest goes to random executions. */
const exhaustiveShare = 0.8

/** Random executions by which the number of raw orders is estimated. */
const probes = 20

/** How long a failing schedule is made shorter, in milliseconds. */
const shrinkMsMax = 10_000

/** How long a passing schedule near a failing one is looked for, in milliseconds. */
const neighbourMsMax = 3_000

/** How long something outside the world may take to show that it was being waited for, in milliseconds. */
const intrusionMs = 25

export class Explorer {
  private readonly options: RaceOptions
  private readonly trials: Trials
  private readonly budgetMs: number
  private readonly full: Level
  private hasLookedOutside = false
  private readonly seed: string

  constructor(body: RaceBody, options: RaceOptions) {
    this.options = checkedOptions(options)
    this.trials = new Trials(body, options)
    this.budgetMs = options.budgetMs ?? budgetMsDefault
    this.full = fullLevel(options)
    this.seed = options.seed ?? "race"
  }

  readonly verdict: Effect.Effect<Verdict> = Effect.suspend(() => {
    const { replay, explore = "exhaustive" } = this.options
    if (replay !== undefined) return this.replay(replay)
    return explore === "sample" ? this.sample(undefined, 0, 0) : this.exhaust
  })

  private readonly exhaust: Effect.Effect<Verdict> = Effect.gen({ self: this }, function* () {
    let verified: Bounds | undefined
    let classes = 0
    for (const level of levelsOf(this.options)) {
      const { reduction = "source" } = this.options
      // Executions end by themselves when they have taken too many steps.
      const search = new Search({ reduction, stepsMax: Infinity })
      let complete = 0
      for (;;) {
        const slice = this.trials.guard.during(() => this.slice(search, level))
        complete += slice.complete
        if (slice.found !== undefined) return yield* this.violated(slice.found)
        const outside = yield* this.outside
        if (outside !== undefined) return yield* this.violated(outside)
        if (slice.isOver) break
        if (this.trials.tally.elapsedMs > this.budgetMs * exhaustiveShare) {
          return yield* this.sample(verified, complete, complete / search.progress)
        }
        yield* Effect.yieldNow
      }
      verified = boundsOf(this.options, level)
      classes = complete
    }
    this.trials.guard.during(() => this.probe())
    const bounds = boundsOf(this.options, this.full)
    return this.missing ?? { _tag: "Verified", classes, bounds, stats: this.trials.tally.stats }
  })

  /** Random executions until the budget ends, after an exhaustive search that tried so many classes. */
  private sample(
    verified: Bounds | undefined,
    tried: number,
    estimate: number,
  ): Effect.Effect<Verdict> {
    return Effect.gen({ self: this }, function* () {
      const random = yield* randomOf(this.seed)
      const portfolio = new Portfolio<Happening>(
        () => random.nextDoubleUnsafe(),
        anatomy,
        this.full.faults,
      )
      do {
        const found = this.trials.guard.during(() => this.randomSlice(portfolio))
        if (found !== undefined) return yield* this.violated(found)
        const outside = yield* this.outside
        if (outside !== undefined) return yield* this.violated(outside)
        yield* Effect.yieldNow
      } while (this.trials.tally.elapsedMs < this.budgetMs)
      if (this.full.faults > 0) this.trials.guard.during(() => this.probe())
      const classes = Math.max(tried, this.trials.tally.sampledClasses)
      return (
        this.missing ?? {
          _tag: "Sampled",
          classes,
          estimate: Math.round(Math.max(estimate, this.trials.tally.sampledEstimate, classes)),
          verified,
          bounds: boundsOf(this.options, this.full),
          seed: this.seed,
          replayed: false,
          strategies: this.trials.tally.strategies,
          stats: this.trials.tally.stats,
        }
      )
    })
  }

  private replay(token: string): Effect.Effect<Verdict> {
    return Effect.gen({ self: this }, function* () {
      const schedule = readToken(token)
      if (schedule.race !== raceOf(this.options)) {
        throw new TokenRefused(
          `the token belongs to another race, or to this one under another name or with other bounds; ` +
            `run the race without it to search it anew`,
        )
      }
      const { earlyTimers, faults } = schedule
      const level = { earlyTimers, faults }
      const found = this.trials.guard.during(() => {
        const execution = this.trials.fresh(level)
        const driven = drive(execution, replaying(schedule))
        confirm(schedule, driven)
        return this.trials.judge(execution, driven.steps, level, true)
      })
      if (found !== undefined) return yield* this.violated(found)
      const bounds = boundsOf(this.options, level)
      const { stats } = this.trials.tally
      return {
        _tag: "Sampled",
        classes: 1,
        estimate: 1,
        verified: undefined,
        bounds,
        seed: this.seed,
        replayed: true,
        strategies: [],
        stats,
      }
    })
  }

  private slice(
    search: Search,
    level: Level,
  ): { readonly complete: number; readonly isOver: boolean; readonly found?: Found } {
    const until = outsideNowMs() + sliceMs
    let complete = 0
    do {
      const execution = this.trials.fresh(level)
      try {
        const isAtRest = search.run(execution) === "complete"
        const found = this.trials.judge(execution, search.execution, level, isAtRest)
        if (found !== undefined) return { complete, isOver: true, found }
        if (isAtRest) complete++
      } catch (error) {
        if (!(error instanceof NotDeterministic)) throw error
        return {
          complete,
          isOver: true,
          found: this.trials.unsteady(execution, search, error, level),
        }
      }
      if (!search.next()) return { complete, isOver: true }
    } while (outsideNowMs() < until)
    return { complete, isOver: false }
  }

  private randomSlice(portfolio: Portfolio<Happening>): Found | undefined {
    const until = outsideNowMs() + sliceMs
    do {
      const execution = this.trials.fresh(this.full)
      const { name, choose } = portfolio.next()
      const driven = drive(execution, choose)
      // Only where every choice is as likely as the others does their number say how many orders there are.
      if (name === portfolio.names[0] && this.full.faults === 0)
        this.trials.tally.probed(driven.enabled)
      const found = this.trials.judge(execution, driven.steps, this.full, true, name)
      if (found !== undefined) return found
    } while (outsideNowMs() < until)
    return undefined
  }

  private probe(): void {
    const random = Effect.runSync(randomOf(this.seed))
    for (let probe = 0; probe < probes; probe++) {
      const { enabled } = drive(this.trials.fresh(this.full), (list) =>
        Math.floor(random.nextDoubleUnsafe() * list.length),
      )
      this.trials.tally.probed(enabled)
    }
  }

  private violated(found: Found): Effect.Effect<Verdict> {
    return Effect.gen({ self: this }, function* () {
      const { ids, level, execution } = found
      const { guard, tally } = this.trials
      let { violation } = found
      guard.refused = undefined
      if (violation.guarantee === "stuck") {
        const intruded = yield* intrudedLater(execution)
        if (intruded !== undefined) violation = awaitedOutside(intruded)
      }
      const autopsy = this.trials.autopsy(level)
      const shrinking = guard.during(() => autopsy.shrinking(violation, ids))
      if (shrinking !== undefined) yield* sliced(shrinking.run(), shrinkMsMax, guard)
      const best = shrinking?.best.ids ?? ids
      const narrowed = guard.during(() => autopsy.narrowed(violation, best))
      const search = guard.during(() => narrowed.autopsy.neighbours(violation, narrowed.ids))
      if (search !== undefined) yield* sliced(search.run(), neighbourMsMax, guard)
      return guard.during(() =>
        narrowed.autopsy.verdict(violation, narrowed.ids, search?.nearest, ids.length, tally.stats),
      )
    })
  }

  /** Whether the first execution, long at rest, goes on because something outside the world woke it. Looks once. */
  private readonly outside: Effect.Effect<Found | undefined> = Effect.suspend(() => {
    const { first } = this.trials
    if (first === undefined || this.hasLookedOutside) return Effect.succeed(undefined)
    this.hasLookedOutside = true
    return Effect.map(intrudedLater(first), (intruded) =>
      intruded === undefined
        ? undefined
        : { violation: awaitedOutside(intruded), ids: [], level: lowest, execution: first },
    )
  })

  /** The verdict when something that was to happen sometimes never did. */
  private get missing(): Verdict | undefined {
    const [what] = this.trials.tally.never
    if (what === undefined) return undefined
    const sentence = `in none of the executions: ${what}`
    const violation = { guarantee: "sometimes", what: sentence, step: undefined }
    const { stats } = this.trials.tally
    return {
      _tag: "Violated",
      failure: { ...violation, ...untold },
      bounds: boundsOf(this.options, this.full),
      token: "",
      shrunkFrom: 0,
      stats,
    }
  }
}

/** Of what shows in no execution no execution tells. */
const untold = {
  steps: [],
  nodes: [],
  told: [],
  diagram: "",
  columns: "",
  neighbour: undefined,
}

const anatomy: Anatomy<Happening> = {
  placeOf: ({ node }) => node.name,
  // A link, a script, a call of a job, or the timers of a node: all of an id but its last number.
  processOf: ({ id, kind }) =>
    kind === "offer" ? id.replace(/#\d+$/, "") : id.replace(/#.*$/, ""),
  isFault: ({ kind }) => kind === "fault",
}

/** Effect's own generator, from a seed. */
const randomOf = (seed: string): Effect.Effect<Random.Random> =>
  Random.withSeed(Effect.service(Random.Random), seed)

/** Where something went on in an execution that is at rest, once the world outside has had its turn. */
const intrudedLater = (execution: Execution): Effect.Effect<string | undefined> =>
  Effect.delay(
    Effect.sync(() => execution.intruded),
    intrusionMs,
  )

const awaitedOutside = (node: string): Violation => ({
  guarantee: "ambient",
  what:
    `something on ${node} waited for the world outside (a promise, a timer, a callback), which no ` +
    `explorer can decide about; let the race wait for jobs and futures only`,
  step: undefined,
})
