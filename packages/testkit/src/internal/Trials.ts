/** Executions of one race, each judged and counted. */
import { Execution, type ExecutionOptions } from "../cluster/Execution.ts"
import type { Violation } from "../cluster/guarantees.ts"
import type { RaceBody } from "../cluster/Race.ts"
import type { RaceOptions } from "../Explore.ts"
import type { Driven } from "../search/drive.ts"
import type { NotDeterministic, Search } from "../search/Search.ts"
import { AmbientGuard } from "./ambient.ts"
import { Autopsy } from "./Autopsy.ts"
import type { Level } from "./bounds.ts"
import { Tally } from "./Tally.ts"

const selfCheckEveryDefault = 50

/** A violation, and the steps that led to it. */
export interface Found {
  readonly violation: Violation
  readonly ids: ReadonlyArray<string>
  readonly level: Level
  readonly execution: Execution
}

export class Trials {
  readonly guard: AmbientGuard = new AmbientGuard()
  readonly tally: Tally = new Tally()
  /** The first execution of all. */
  first: Execution | undefined
  private readonly body: RaceBody
  private readonly options: RaceOptions

  constructor(body: RaceBody, options: RaceOptions) {
    this.body = body
    this.options = options
  }

  fresh({ earlyTimers, faults }: Level): Execution {
    const options: ExecutionOptions = { ...this.options, earlyTimers, faultsMax: faults }
    const execution = new Execution(this.body, options)
    this.first ??= execution
    return execution
  }

  /** What is wrong with an execution, if anything; counts it. */
  judge(
    execution: Execution,
    steps: Driven["steps"],
    level: Level,
    isAtRest: boolean,
    strategy?: string,
  ): Found | undefined {
    const ids = steps.map(({ id }) => id)
    const { refused } = this.guard
    const [violation] =
      refused === undefined
        ? execution.violations(steps, isAtRest)
        : [{ guarantee: "ambient", what: refused.message, step: execution.cluster.world.step }]
    if (violation !== undefined) {
      this.tally.executions++
      return { violation, ids, level, execution }
    }
    if (!isAtRest) {
      this.tally.gaveUp()
      return undefined
    }
    this.tally.completed(execution, steps, strategy)
    const { selfCheckEvery = selfCheckEveryDefault } = this.options
    if (selfCheckEvery === 0 || this.tally.executions % selfCheckEvery !== 1 % selfCheckEvery) {
      return undefined
    }
    const unfit = this.autopsy(level).checkAgain(ids) ?? leftBy(execution)
    return unfit === undefined ? undefined : { violation: unfit, ids, level, execution }
  }

  unsteady(
    execution: Execution,
    search: Search,
    { step, message }: NotDeterministic,
    level: Level,
  ): Found {
    const ids = search.execution.slice(0, step).map(({ id }) => id)
    return {
      violation: { guarantee: "determinism", what: message, step },
      ids,
      level,
      execution,
    }
  }

  autopsy(level: Level): Autopsy {
    return new Autopsy((at) => this.fresh(at), this.options, level, this.guard)
  }
}

/** G7: what is left once everybody has closed. */
const leftBy = (execution: Execution): Violation | undefined => {
  const left = execution.cluster.close()
  return left === undefined
    ? undefined
    : { guarantee: "G7", what: `after everything was closed, ${left}`, step: undefined }
}
