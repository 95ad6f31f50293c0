/** What is done with a schedule that fails: made short, told in words and pictures, packed into a token. */
import * as Hex from "effect/encoding/Hex"
import { faultKinds, type Happening } from "@scaler-ts/adapter-memory"
import type { Execution } from "../cluster/Execution.ts"
import type { Violation } from "../cluster/guarantees.ts"
import { columns } from "../report/columns.ts"
import { type Told, Teller } from "../report/describe.ts"
import { mermaid } from "../report/mermaid.ts"
import { type Driven, drive, following } from "../search/drive.ts"
import { type Attempt, type Failing, Shrinking } from "../search/shrink.ts"
import { tokenOf } from "../search/token.ts"
import type { Level } from "./bounds.ts"
import type { Failure, Stats, Violated } from "../Verdict.ts"

/** What cannot be repeated cannot be made shorter, and neither can what has no end. */
const unshrinkable: ReadonlySet<string> = new Set(["determinism", "endless"])

/** Of a schedule with more steps than this only the first are drawn. */
const stepsDrawnMax = 200
const stepsOfLong = 40

export class Autopsy {
  private readonly freshAt: (level: Level) => Execution
  private readonly race: number
  private readonly level: Level

  /** `freshAt` gives a new execution of the race each time. */
  constructor(freshAt: (level: Level) => Execution, race: number, level: Level) {
    this.freshAt = freshAt
    this.race = race
    this.level = level
  }

  /** What makes a failing schedule short; `undefined` if it does not fail again, or cannot be made shorter. */
  shrinking(violation: Violation, ids: ReadonlyArray<string>): Shrinking | undefined {
    if (unshrinkable.has(violation.guarantee)) return undefined
    const attempt: Attempt = (shorter) => this.fails(violation, shorter)
    return attempt(ids) === undefined
      ? undefined
      : new Shrinking({ ids, cost: costOf(ids) }, attempt, lighterThan)
  }

  /** The verdict on a violation that these steps lead to; it was found with so many. */
  verdict(
    violation: Violation,
    ids: ReadonlyArray<string>,
    shrunkFrom: number,
    stats: Stats,
  ): Violated {
    const used = levelOf(ids)
    const isLess = used.faults < this.level.faults || used.earlyTimers < this.level.earlyTimers
    const narrow = new Autopsy(this.freshAt, this.race, used)
    // What may not happen need not be told of, and random executions may do all there is.
    if (isLess && !unshrinkable.has(violation.guarantee)) {
      const failing = narrow.fails(violation, ids)
      if (failing !== undefined) return narrow.verdict(violation, failing.ids, shrunkFrom, stats)
    }
    const { driven, told, execution } = this.narrate(ids)
    const final = sameIn(violation, execution, driven) ?? violation
    const steps = final.step === undefined ? told.length : final.step + 1
    return {
      _tag: "Violated",
      failure: failureOf(final, told.slice(0, steps), execution.cluster),
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
    const all = driven.steps.map(({ id }) => id)
    const shorter = same.step === undefined ? all : all.slice(0, same.step + 1)
    // What comes after the step at which it shows may be what made it wrong.
    const isEnough = shorter.length === all.length || this.shows(violation, shorter)
    return { ids: isEnough ? shorter : all, cost: costOf(shorter) }
  }

  private shows(violation: Violation, ids: ReadonlyArray<string>): boolean {
    const execution = this.fresh()
    return sameIn(violation, execution, drive(execution, following(ids))) !== undefined
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
          told.push(teller.tell(happening, { atNode, doing: record.doing, told: [...record.told] }))
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
  shown: ReadonlyArray<Told>,
  { clientNodes, workerNodes }: Execution["cluster"],
): Failure => {
  const nodes = [...clientNodes, { name: "scheduler" }, ...workerNodes].map(({ name }) => name)
  const verdict = `${violation.guarantee}: ${violation.what}`
  const drawn = shown.slice(0, shown.length > stepsDrawnMax ? stepsOfLong : undefined)
  const rest = drawn.length < shown.length ? `\n… ${shown.length - drawn.length} more steps` : ""
  return {
    ...violation,
    steps: shown.map(({ id }) => id),
    diagram: mermaid(nodes, drawn, verdict),
    columns: `${drawn.length === 0 ? "before its first step" : columns(nodes, drawn)}${rest}\n✗ ${verdict}`,
  }
}

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
