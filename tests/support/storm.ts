/**
 * A storm of cancels at random moments of the tasks of a whole cluster, whose every receipt is held to
 * what the tasks themselves have written.
 *
 * The seed decides what is submitted, and when it is cancelled; not how fast the machine is meanwhile.
 */
import type { Receipt } from "@scaler-ts/future/promise"
import type { Cluster } from "@scaler-ts/local"
import * as Exit from "effect/Exit"
import { setImmediate, setTimeout } from "node:timers/promises"
import { holding } from "../evidence/fixtures/stormTasks.ts"
import { isGone } from "./belongings.ts"
import { lieOf, type Told, type Word, wordOf } from "./stormJudge.ts"
import { hasBegun, StormLog } from "./stormLog.ts"
import { type Plan, planOf, type PlanSettings } from "./stormPlan.ts"

export interface StormSettings extends PlanSettings {
  /** All slots of the cluster. */
  readonly slots: number
  /** Whether it may go on; for as long as it takes unless told otherwise. */
  readonly mayGoOn?: () => boolean
}

/** How much there was of what, and what of it was not true. */
export interface StormTally {
  readonly words: Readonly<Record<Word, number>>
  readonly lies: ReadonlyArray<string>
}

/** How many tasks are under way, for each slot. */
const perSlot = 6

/** What is still there writes in this time, however busy the machine is. */
const watchedMs = 250

/** Within this time a task has its turn, and a free slot is taken by the next one. */
const turnWithinMs = 60_000

interface Case {
  readonly plan: Plan
  readonly told: Told
  /** How much had been written when the client was told. */
  readonly toldAt: number
}

export class Storm {
  private readonly cluster: Cluster
  private readonly settings: StormSettings
  private readonly log: StormLog
  private readonly cases: Array<Case> = []
  private readonly lies: Array<string> = []
  private readonly words: Record<Word, number> = {
    "never sent": 0,
    withdrawn: 0,
    cooperative: 0,
    killed: 0,
    finished: 0,
    "too late": 0,
    "left alone": 0,
    wrong: 0,
  }
  private cancels = 0
  private nextId = 0

  /** `file`: one that nobody has written to yet. */
  constructor(cluster: Cluster, file: string, settings: StormSettings) {
    this.cluster = cluster
    this.settings = settings
    this.log = new StormLog(file)
  }

  async run(): Promise<StormTally> {
    const lanes = Array.from({ length: perSlot * this.settings.slots }, () => this.lane())
    await Promise.all(lanes)
    // What should have been ended long ago has the time to show itself.
    await setTimeout(watchedMs)
    this.log.read()
    for (const one of this.cases) this.judge(one)
    await this.checkSlots()
    this.log.close()
    return { words: this.words, lies: this.lies }
  }

  private isEnough(): boolean {
    const { cancels, kills, mayGoOn } = this.settings
    if (mayGoOn?.() === false) return true
    return this.cancels >= cancels && this.words.killed >= kills
  }

  private async lane(): Promise<void> {
    while (!this.isEnough()) {
      const id = this.nextId++
      const one = await this.try(planOf(this.settings, id))
      this.cases.push(one)
      const word = wordOf(one.told)
      this.words[word]++
      const wasSent = word !== "left alone" && word !== "too late"
      if (one.plan.manner === "cooperative" && wasSent) this.cancels++
    }
  }

  private async try(plan: Plan): Promise<Case> {
    const { id, task, steps, graceMs, manner, moment } = plan
    let hear: (fraction: number) => void = () => {}
    const heard = new Promise<void>((resolve) => {
      hear = (fraction) => {
        if (moment?.on === "begun" || fraction === 1) resolve()
      }
    })
    const input = { file: this.log.file, id, steps }
    const future = this.cluster.submit(task, input, { graceMs, onProgress: (told) => hear(told) })
    if (moment === undefined) {
      const outcome = await future.outcome()
      const toldAt = this.log.read()
      const value = outcome._tag === "Succeeded" ? outcome.value : undefined
      return { plan, told: { id, manner, receipt: undefined, value }, toldAt }
    }
    if (moment.on === "submitted") {
      for (let turn = 0; turn < moment.turns; turn++) await setImmediate()
    } else if (!(await isInTime(Promise.race([heard, future.outcome()])))) {
      // It is cancelled all the same, so that the storm can end.
      this.lies.push(`task ${id}: nothing was heard of it; ${task.name}, ${future.state}`)
    }
    if (moment.ms > 0) await setTimeout(moment.ms)
    const receipt = await future.cancel()
    const toldAt = this.log.read()
    if (receipt._tag === "Stopped" && receipt.how === "killed") await this.checkKilled(id)
    const told: Told = { id, manner, receipt, value: valueIn(receipt) }
    return { plan, told, toldAt }
  }

  /** What ran it is dead when its client is told, and all that this started in a process, too. */
  private async checkKilled(id: number): Promise<void> {
    for (const where of this.log.whereaboutsOf(id)) {
      // The kernel lets go of a thread that has ended a moment after whoever waits for that is told.
      for (let look = 0; look < 20 && !isGone(where); look++) await setTimeout(5)
      if (!isGone(where)) this.lies.push(`task ${id}: ${where} runs although it was killed`)
    }
  }

  private judge({ plan, told, toldAt }: Case): void {
    const marks = this.log.of(plan.id)
    const before = marks.filter(({ at }) => at < toldAt).map(({ what }) => what)
    const after = marks.filter(({ at }) => at >= toldAt).map(({ what }) => what)
    const lie = lieOf(told, { before, after })
    if (lie === undefined) return
    const { task, moment, steps } = plan
    const wrote = [...before.slice(-5), "(told)", ...after.slice(0, 5)].join(", ")
    this.lies.push(
      `task ${plan.id}: ${lie}; ${task.name}, ${steps} steps, cancelled ${JSON.stringify(moment)}, was told ${JSON.stringify(told)}; it wrote ${wrote}`,
    )
  }

  /** Every slot is free if as many tasks as there are run at the same time. */
  private async checkSlots(): Promise<void> {
    const input = { file: this.log.file, steps: 0 }
    const ids = Array.from({ length: this.settings.slots }, () => this.nextId++)
    const futures = ids.map((id) => this.cluster.submit(holding.hold, { ...input, id }))
    const countBegun = (): number => {
      this.log.read()
      return ids.filter((id) => this.log.of(id).some(({ what }) => hasBegun(what))).length
    }
    const sinceMs = performance.now()
    while (countBegun() < ids.length && performance.now() - sinceMs < turnWithinMs) {
      await setTimeout(5)
    }
    const begun = countBegun()
    if (begun < ids.length) this.lies.push(`${begun} of ${ids.length} slots are free`)
    for (const future of futures) await future.cancel()
  }
}

const isInTime = async (wait: Promise<unknown>): Promise<boolean> => {
  const late = new AbortController()
  const isLate = setTimeout(turnWithinMs, true, { signal: late.signal }).catch(() => false)
  const which = await Promise.race([isLate, wait.then(() => false)])
  late.abort()
  return !which
}

/** What a task was said to have returned. */
const valueIn = (receipt: Receipt<number>): number | undefined => {
  if (receipt._tag === "Finished") {
    return Exit.isSuccess(receipt.exit) ? receipt.exit.value : undefined
  }
  const hasValue = receipt._tag === "AlreadyDone" && receipt.outcome._tag === "Succeeded"
  return hasValue ? receipt.outcome.value : undefined
}
