/** One execution of a race: a fresh cluster, the scripts on it, and what was found wrong with it. */
import { type Happening, NeverRests } from "@scaler-ts/adapter-memory"
import type { Step } from "../search/Order.ts"
import type { Footprint, System } from "../search/System.ts"
import { AmbientCall } from "../internal/ambient.ts"
import { NoJob } from "./JobExecutor.ts"
import { Cluster, type ClusterOptions } from "./Cluster.ts"
import { isOpen } from "./evidence.ts"
import { judge, type Violation } from "./guarantees.ts"
import { Race, type RaceBody, type Script } from "./Race.ts"

export interface ExecutionOptions extends ClusterOptions {
  /** How many steps it may take. 10,000 unless told otherwise. */
  readonly stepsMax?: number
  /** How much may go wrong in all. As much as its budgets allow unless told otherwise. */
  readonly faultsMax?: number
}

const stepsMaxDefault = 10_000

export class Execution implements System<Happening> {
  readonly cluster: Cluster
  readonly race: Race
  /** What went wrong in such a way that nothing can be said about what follows. */
  private broken: Violation | undefined
  private readonly stepsMax: number
  /** The scripts that had not come to their end when the world was at rest. */
  private waiting: ReadonlyArray<Script> = []

  constructor(body: RaceBody, options: ExecutionOptions) {
    this.stepsMax = options.stepsMax ?? stepsMaxDefault
    this.cluster = new Cluster(options, options.faultsMax)
    this.race = new Race(this.cluster)
    try {
      this.race.start(this.cluster.clientNodes[0]?.name ?? "client", body, 0)
      this.cluster.world.wake()
    } catch (error) {
      this.break(error)
    }
  }

  enabled(): ReadonlyArray<Happening> {
    return this.broken === undefined ? this.cluster.world.enabled() : []
  }

  apply(happening: Happening): Footprint {
    if (this.cluster.world.step + 1 >= this.stepsMax) return this.giveUp()
    try {
      return this.cluster.world.apply(happening)
    } catch (error) {
      this.break(error)
      return { acts: -1, sees: -1, causes: [], isLast: true }
    }
  }

  /** Everything wrong with it, what shows first first. Asked once it is at rest, or was given up. */
  violations(steps: ReadonlyArray<Step>, isAtRest: boolean): ReadonlyArray<Violation> {
    const { findings } = this.race
    const found = [...findings.violations]
    const stranger = this.stranger
    if (stranger !== undefined) found.push(stranger)
    if (this.broken !== undefined) found.push(this.broken)
    else if (isAtRest) {
      const stuck = this.stuck()
      found.push(...judge(this.cluster.record, steps, this.cluster.rest()))
      // A guarantee says better what is wrong, and who waits for what explains it.
      const atRest = found.find(({ step }) => step === undefined)
      if (stuck !== undefined && atRest === undefined) {
        found.push({ guarantee: "stuck", what: stuck, step: undefined })
      } else if (stuck !== undefined && atRest !== undefined) {
        found[found.indexOf(atRest)] = { ...atRest, what: `${atRest.what}; ${stuck}` }
      }
    }
    return found.toSorted((a, b) => (a.step ?? Infinity) - (b.step ?? Infinity))
  }

  /** A task that no worker of the race can run: nothing the race says of it means anything. */
  private get stranger(): Violation | undefined {
    const { jobs, record } = this.cluster
    const one = record.futures.find(
      ({ future, isAttached }) => !isAttached && !jobs.has(future.task),
    )
    if (one === undefined) return undefined
    const what =
      `"${one.future.task}" was submitted, and is no job of this race; make it with job(), or give the ` +
      `race its module as tasks, and an executor that calls functions, such as inline()`
    return { guarantee: "body", what, step: one.submitted.step }
  }

  /** Where something went on although the world stood still, if anywhere. */
  get intruded(): string | undefined {
    const ended = this.waiting.find(({ fiber }) => fiber.pollUnsafe() !== undefined)
    return this.cluster.world.intruded ?? ended?.name
  }

  /** Who waits for what, once nothing can happen any more. */
  private stuck(): string | undefined {
    // A script dies with its node: nothing of it is to be expected any more.
    const waiting = this.race.scripts.filter(
      ({ node, fiber }) => node.alive && fiber.pollUnsafe() === undefined,
    )
    this.waiting = waiting
    if (waiting.length === 0) return undefined
    const { record, world } = this.cluster
    const rest = this.cluster.rest()
    const lines = waiting.map(({ name, doing, steps }) =>
      steps === 0
        ? `${name} waits to be connected`
        : `${name} waits in step ${steps}: ${doing.startsWith("step") ? "something that is no future (a Deferred, a latch, Effect.never)" : doing}`,
    )
    const futures = record.futures.flatMap((one) => {
      if (one.ends.length > 0) return []
      const at = one.attempts.filter((attempt) => isOpen(attempt, rest))
      const where = at.map(
        ({ worker, number, began }) =>
          `attempt ${number} ${began === undefined ? "waits" : "runs"} on ${worker}`,
      )
      const state = one.asked.length > 0 ? "being cancelled" : "pending"
      return [`${one.future.task} is ${state}: ${where.join(", ") || "no worker has it"}`]
    })
    const held = world.held.map((link) => `messages on ${link} are held`)
    const { queued } = rest.scheduler.tasks
    const queue = queued > 0 ? [`${queued} tasks are queued at the scheduler`] : []
    return ["nothing can happen any more, and", ...lines, ...futures, ...queue, ...held].join(
      "\n  ",
    )
  }

  private giveUp(): Footprint {
    const what =
      `after ${this.stepsMax} steps it has not come to rest; something in it goes on for ever, ` +
      `such as a timer that sets itself again`
    this.broken ??= { guarantee: "endless", what, step: undefined }
    return { acts: -1, sees: -1, causes: [], isLast: true }
  }

  private break(error: unknown): void {
    const what = error instanceof Error ? error.message : String(error)
    this.broken ??= { guarantee: kindOf(error), what, step: Math.max(0, this.cluster.world.step) }
  }
}

/** What was thrown on a node and reached the world: the library's fault only where the race's own is ruled out. */
const kindOf = (error: unknown): string =>
  error instanceof AmbientCall
    ? "ambient"
    : error instanceof NeverRests
      ? "endless"
      : error instanceof NoJob
        ? "body"
        : "G10"
