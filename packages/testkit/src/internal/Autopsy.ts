/** What is done with a schedule that fails: made short, told in words and pictures, packed into a token. */
import * as Hex from "effect/encoding/Hex"
import { faultKinds, type Happening } from "@scaler-ts/adapter-memory"
import type { Execution } from "../cluster/Execution.ts"
import type { Violation } from "../cluster/guarantees.ts"
import { columns } from "../report/columns.ts"
import { type Told, Teller } from "../report/describe.ts"
import { mermaid } from "../report/mermaid.ts"
import { type Driven, drive, following } from "../search/drive.ts"
import { type Attempt as Nearby, NeighbourSearch, type Passing } from "../search/neighbour.ts"
import { type Attempt, type Failing, Shrinking } from "../search/shrink.ts"
import { tokenOf } from "../search/token.ts"
import type { RaceOptions } from "../Explore.ts"
import type { Account, Failure, Neighbour, Stats, Violated } from "../Verdict.ts"
import type { AmbientGuard } from "./ambient.ts"
import { boundsOf, type Level, raceOf } from "./bounds.ts"

/** What cannot be repeated cannot be made shorter, and neither can what has no end. */
const unshrinkable: ReadonlySet<string> = new Set(["determinism", "endless"])

/** Of these, and of what does not hang on the order, no schedule that passes says anything. */
const lonely: ReadonlySet<string> = new Set([...unshrinkable, "ambient"])

/** Of a schedule with more steps than this only the first are drawn. */
const stepsDrawnMax = 200
const stepsOfLong = 40

/** A failing schedule, and what looks at it within the bounds that it needs. */
interface Narrowed {
  readonly autopsy: Autopsy
  readonly ids: ReadonlyArray<string>
}

export class Autopsy {
  private readonly freshAt: (level: Level) => Execution
  private readonly race: number
  private readonly options: RaceOptions
  private readonly level: Level
  private readonly guard: AmbientGuard

  /** `freshAt` gives a new execution of the race each time. */
  constructor(
    freshAt: (level: Level) => Execution,
    options: RaceOptions,
    level: Level,
    guard: AmbientGuard,
  ) {
    this.freshAt = freshAt
    this.options = options
    this.race = raceOf(options)
    this.level = level
    this.guard = guard
  }

  /** What makes a failing schedule short; `undefined` if it does not fail again, or cannot be made shorter. */
  shrinking(violation: Violation, ids: ReadonlyArray<string>): Shrinking | undefined {
    if (!this.isWanted || unshrinkable.has(violation.guarantee)) return undefined
    const attempt: Attempt = (shorter) => this.fails(violation, shorter)
    return attempt(ids) === undefined
      ? undefined
      : new Shrinking({ ids, cost: costOf(ids) }, attempt, lighterThan)
  }

  /** What is not in a failing schedule need not be allowed, or told of; and random executions may do all there is. */
  narrowed(violation: Violation, ids: ReadonlyArray<string>): Narrowed {
    const used = levelOf(ids)
    const isLess = used.faults < this.level.faults || used.earlyTimers < this.level.earlyTimers
    if (!this.isWanted || !isLess || unshrinkable.has(violation.guarantee)) {
      return { autopsy: this, ids }
    }
    const narrow = new Autopsy(this.freshAt, this.options, used, this.guard)
    const failing = narrow.fails(violation, ids)
    return failing === undefined ? { autopsy: this, ids } : narrow.narrowed(violation, failing.ids)
  }

  /** What looks for a schedule near a failing one that passes; `undefined` if it does not fail again. */
  neighbours(violation: Violation, ids: ReadonlyArray<string>): NeighbourSearch | undefined {
    if (!this.isWanted || lonely.has(violation.guarantee)) return undefined
    const execution = this.fresh()
    const driven = drive(execution, following(ids))
    if (sameIn(violation, execution, driven) === undefined) return undefined
    return new NeighbourSearch(driven, (other) => this.judged(other))
  }

  /** The verdict on a violation that these steps lead to; it was found with so many. */
  verdict(
    violation: Violation,
    ids: ReadonlyArray<string>,
    passing: Passing | undefined,
    shrunkFrom: number,
    stats: Stats,
  ): Violated {
    const { driven, told, execution } = this.narrate(ids)
    const final = sameIn(violation, execution, driven) ?? violation
    const steps = final.step === undefined ? told.length : final.step + 1
    const neighbour = passing === undefined ? undefined : this.neighbour(passing)
    const nodes = nodesOf(execution)
    return {
      _tag: "Violated",
      failure: failureOf(final, nodes, told.slice(0, steps), neighbour),
      bounds: boundsOf(this.options, this.level),
      token: tokenOf(this.race, this.level, driven, steps),
      shrunkFrom,
      stats,
    }
  }

  /** Runs the same steps twice and compares everything that can be seen of them. */
  checkAgain(ids: ReadonlyArray<string>): Violation | undefined {
    const first = this.traceOf(ids)
    const second = this.traceOf(ids)
    const step = first.findIndex((line, index) => line !== second[index])
    if (step < 0 && first.length === second.length) return undefined
    const at = step < 0 ? first.length : step
    const [one = "nothing", other = "nothing"] = [first[at], second[at]].map((line) =>
      line?.replace(/ bytes .*$/, ""),
    )
    const what =
      `the same ${at} steps gave something else the second time: ` +
      (one === other ? `other bytes in ${one}` : `${one}, and then ${other}`) +
      "; a race may depend on nothing but its world"
    return { guarantee: "determinism", what, step: at }
  }

  /** Whether anybody wants more of a failing schedule than what it was found as. */
  private get isWanted(): boolean {
    return this.options.shrink !== false
  }

  private fresh(): Execution {
    return this.freshAt(this.level)
  }

  private traceOf(ids: ReadonlyArray<string>): ReadonlyArray<string> {
    const trace: Array<string> = []
    const driven = drive(this.fresh(), following(ids), ({ frame }) => {
      trace.push(frame === undefined ? "" : ` bytes ${Hex.encode(frame)}`)
    })
    return driven.steps.map(
      ({ id }, step) => `${id} of [${driven.enabled[step]?.join(", ") ?? ""}]${trace[step] ?? ""}`,
    )
  }

  private fails(violation: Violation, ids: ReadonlyArray<string>): Failing | undefined {
    const execution = this.fresh()
    const driven = drive(execution, following(ids))
    const same = sameIn(violation, execution, driven)
    if (same === undefined) return undefined
    const all = idsOf(driven)
    const shorter = same.step === undefined ? all : all.slice(0, same.step + 1)
    // What comes after the step at which it shows may be what made it wrong.
    const isEnough = shorter.length === all.length || this.shows(violation, shorter)
    return { ids: isEnough ? shorter : all, cost: costOf(shorter) }
  }

  private shows(violation: Violation, ids: ReadonlyArray<string>): boolean {
    const execution = this.fresh()
    return sameIn(violation, execution, drive(execution, following(ids))) !== undefined
  }

  private judged(ids: ReadonlyArray<string>): ReturnType<Nearby> {
    this.guard.refused = undefined
    const execution = this.fresh()
    const run = drive(execution, following(ids))
    const { refused } = this.guard
    return {
      run,
      passes: refused === undefined && execution.violations(run.steps, true).length === 0,
    }
  }

  private neighbour({ ids, shared }: Passing): Neighbour {
    const { driven, told, execution } = this.narrate(ids)
    const token = tokenOf(this.race, this.level, driven, told.length)
    const end = "✓ nothing is wrong"
    return { ...accountOf(nodesOf(execution), told, end), shared, token }
  }

  private narrate(ids: ReadonlyArray<string>): {
    readonly driven: Driven
    readonly told: ReadonlyArray<Told>
    readonly execution: Execution
  } {
    const execution = this.fresh()
    const teller = new Teller()
    const told: Array<Told> = []
    const driven = drive(
      {
        enabled: () => execution.enabled(),
        apply: (happening: Happening) => {
          const { record } = execution.cluster
          record.doing.length = 0
          record.told.length = 0
          const footprint = execution.apply(happening)
          const atNode = didOf(execution, happening.id)
          const { doing } = record
          const { causes } = footprint
          told.push(teller.tell(happening, { atNode, doing, told: [...record.told], causes }))
          return footprint
        },
      },
      following(ids),
    )
    return { driven, told, execution }
  }
}

const failureOf = (
  violation: Violation,
  nodes: ReadonlyArray<string>,
  shown: ReadonlyArray<Told>,
  neighbour: Neighbour | undefined,
): Failure => {
  const verdict = `${violation.guarantee}: ${violation.what}`
  const account = accountOf(nodes, shown, `✗ ${verdict}`)
  const diagram = mermaid(nodes, account.told, verdict)
  return { ...violation, ...account, nodes, diagram, neighbour }
}

const accountOf = (
  nodes: ReadonlyArray<string>,
  shown: ReadonlyArray<Told>,
  end: string,
): Account => {
  const told = shown.slice(0, shown.length > stepsDrawnMax ? stepsOfLong : undefined)
  const rest = told.length < shown.length ? `\n… ${shown.length - told.length} more steps` : ""
  const drawn = told.length === 0 ? "before its first step" : columns(nodes, told)
  return { steps: shown.map(({ id }) => id), told, columns: `${drawn}${rest}\n${end}` }
}

const nodesOf = ({ cluster: { clientNodes, workerNodes } }: Execution): ReadonlyArray<string> =>
  [...clientNodes, { name: "scheduler" }, ...workerNodes].map(({ name }) => name)

const idsOf = ({ steps }: Driven): ReadonlyArray<string> => steps.map(({ id }) => id)

/** The violation of the same guarantee in another execution. */
const sameIn = (
  { guarantee }: Violation,
  execution: Execution,
  driven: Driven,
): Violation | undefined =>
  execution.violations(driven.steps, true).find((other) => other.guarantee === guarantee)

/** How much happened that need not. */
const levelOf = (ids: ReadonlyArray<string>): Level => ({
  earlyTimers: ids.filter((id) => id.startsWith("early ")).length,
  faults: ids.filter((id) => weightOf(id) > 0).length,
})

/** How much happened that need not, how bad it was, then steps, then changes from node to node. */
const costOf = (ids: ReadonlyArray<string>): ReadonlyArray<number> => {
  const { earlyTimers, faults } = levelOf(ids)
  const places = ids.map((id) => /[>@ ]([a-z]+(?:-\d+)?)/.exec(id)?.[1] ?? id)
  const changes = places.filter((place, index) => index > 0 && place !== places[index - 1]).length
  const badness = ids.reduce((sum, id) => sum + weightOf(id), 0)
  return [earlyTimers + faults, badness, ids.length, changes]
}

/** The heavier a fault is the more it takes with it; what is none weighs nothing. */
const weightOf = (id: string): number => {
  const [, word] = /^([a-z]+) [^ ]+#\d+$/.exec(id) ?? []
  return faultKinds.findIndex((kind) => kind === word) + 1
}

/** What might do instead of a fault of a node: each that takes less with it. */
const lighterThan = (id: string): ReadonlyArray<string> => {
  const [, word, victim] = /^([a-z]+) ([^ <>#]+)[^ ]*#\d+$/.exec(id) ?? []
  const weight = weightOf(id)
  return weight === 0 || word === undefined
    ? []
    : faultKinds.slice(0, weight - 1).map((kind) => `${kind} ${victim}#1`)
}

/** What happened at a node by itself: a script's step, or the end of a job. */
const didOf = (execution: Execution, id: string): string => {
  const script = execution.race.scripts.find(({ name }) => id.startsWith(`${name}#`))
  if (script !== undefined) return script.doing
  const [, job, how] = /^(.*) on \S+ #\d+ (\w+)$/.exec(id) ?? []
  return job === undefined ? id : `${job} ${how}`
}
