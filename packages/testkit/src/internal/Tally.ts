/** What a search has seen so far, over all its executions. */
import type { Execution } from "../cluster/Execution.ts"
import { exercised } from "../cluster/guarantees.ts"
import { classOf, type Step } from "../search/Order.ts"
import type { Drawn, Stats } from "../Verdict.ts"
import { outsideNowMs } from "./ambient.ts"

export class Tally {
  executions = 0
  blocked = 0
  private longest = 0
  private readonly beganAtMs = outsideNowMs()
  private readonly premises: Record<string, number> = {}
  private readonly sometimes = new Map<string, boolean>()
  /** How often each class came up in random executions. */
  private readonly classes = new Map<string, number>()
  private readonly byStrategy = new Map<string, { executions: number; firstSeen: number }>()
  private rawSum = 0
  private rawCount = 0

  get elapsedMs(): number {
    return outsideNowMs() - this.beganAtMs
  }

  /** Counts an execution that came to its rest. `strategy`: what drew it, if it was a random one. */
  completed(execution: Execution, steps: ReadonlyArray<Step>, strategy: string | undefined): void {
    this.executions++
    this.longest = Math.max(this.longest, steps.length)
    for (const name of exercised(execution.cluster.record)) {
      this.premises[name] = (this.premises[name] ?? 0) + 1
    }
    for (const [what, held] of execution.race.findings.sometimes) {
      this.sometimes.set(what, held || this.sometimes.get(what) === true)
    }
    if (strategy === undefined) return
    const key = classOf(steps)
    const times = this.classes.get(key) ?? 0
    this.classes.set(key, times + 1)
    const drawn = this.byStrategy.get(strategy) ?? { executions: 0, firstSeen: 0 }
    drawn.executions++
    if (times === 0) drawn.firstSeen++
    this.byStrategy.set(strategy, drawn)
  }

  gaveUp(): void {
    this.executions++
    this.blocked++
  }

  /** Knuth's estimate: how many orders there would be if every random execution were typical. */
  probed(enabled: ReadonlyArray<ReadonlyArray<string>>): void {
    this.rawSum += enabled.reduce((product, { length }) => product * length, 1)
    this.rawCount++
  }

  /** What `sometimes` was asked about and never held. */
  get never(): ReadonlyArray<string> {
    return [...this.sometimes].flatMap(([what, held]) => (held ? [] : [what]))
  }

  get strategies(): ReadonlyArray<Drawn> {
    return [...this.byStrategy].map(([name, drawn]) => ({ name, ...drawn }))
  }

  get sampledClasses(): number {
    return this.classes.size
  }

  /** Chao's estimate of how many classes there are at least, from how many came up once and twice. */
  get sampledEstimate(): number {
    let once = 0
    let twice = 0
    for (const times of this.classes.values()) {
      if (times === 1) once++
      if (times === 2) twice++
    }
    return this.classes.size + (once * (once - 1)) / (2 * (twice + 1))
  }

  get stats(): Stats {
    const { executions, blocked, longest, elapsedMs } = this
    const rawOrders = this.rawCount === 0 ? 1 : this.rawSum / this.rawCount
    return { executions, blocked, longest, elapsedMs, rawOrders, exercised: { ...this.premises } }
  }
}
